/* TCP options: RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "options.h"

#include <glib.h>
#include <string.h>

#include "units.h"

typedef struct {
    const char *sentence;
    const char *bytes;
    uint8_t length;
    lab_options_t expected;
} row_t;

/* clang-format off */
static const row_t rows[] = {
    {"no options are no options", "", 0, {0}},
    {"the maximum segment size is read", "\x02\x04\x05\xb4", 4, {.mss_present = true, .mss = 1460}},
    {"a no-operation is skipped", "\x01\x01\x02\x04\x05\xb4", 6, {.mss_present = true, .mss = 1460}},
    {"what follows the end of the list is not read", "\x00\x02\x04\x05\xb4", 5, {0}},
    {"a window scale is read", "\x03\x03\x07", 3, {.scale_present = true, .scale = 7}},
    {"a window scale above 14 counts as 14", "\x03\x03\xff", 3, {.scale_present = true, .scale = 14}},
    {"a window scale of 0 is an offer all the same", "\x03\x03\x00", 3, {.scale_present = true}},
    {"selective acknowledgment is permitted", "\x04\x02", 2, {.sack_permitted = true}},
    {"timestamps need all eight bytes", "\x08\x0a\1\2\3\4\5\6\7\x08", 10, {.timestamps = true}},
    {"timestamps of another length are none", "\x08\x06\1\2\3\4", 6, {0}},
    {"a maximum segment size of another length is none", "\x02\x03\x05", 3, {0}},
    {"a fast open cookie is seen", "\x22\x06\1\2\3\4", 6, {.fast_open = true}},
    {"a fast open request without cookie is seen", "\x22\x02", 2, {.fast_open = true}},
    {"a multipath reset is seen (RFC 8684 3.6)", "\x1e\x04\x80\x01", 4, {.mptcp_reset = true}},
    {"another multipath option is no reset", "\x1e\x04\x20\x01", 4, {0}},
    {"an unknown option is skipped", "\xfd\x04\1\2\x04\x02", 6, {.sack_permitted = true}},
    {"a length of 0 ends the reading", "\x02\x00\x04\x02", 4, {0}},
    {"a length of 1 ends the reading", "\x02\x01\x04\x02", 4, {0}},
    {"an option that ends after the header is left out", "\x04\x02\x02\x04\x05", 5, {.sack_permitted = true}},
    {"a kind without its length is left out", "\x04\x02\x02", 3, {.sack_permitted = true}},
    {"the options of a Linux SYN are all read",
     "\x02\x04\x05\xb4\x04\x02\x08\x0a\1\2\3\4\0\0\0\0\x01\x03\x03\x07", 20,
     {.mss_present = true, .mss = 1460, .sack_permitted = true, .timestamps = true, .scale_present = true, .scale = 7}},
};
/* clang-format on */

static void options_row(gconstpointer data)
{
    const row_t *r = data;
    uint8_t *exact = g_memdup2(r->bytes, r->length);
    lab_options_t o = lab_options_parse(exact, r->length);
    g_free(exact);
    g_assert_cmpint(o.mss_present, ==, r->expected.mss_present);
    g_assert_cmpint(o.mss, ==, r->expected.mss);
    g_assert_cmpint(o.scale_present, ==, r->expected.scale_present);
    g_assert_cmpint(o.scale, ==, r->expected.scale);
    g_assert_cmpint(o.sack_permitted, ==, r->expected.sack_permitted);
    g_assert_cmpint(o.timestamps, ==, r->expected.timestamps);
    g_assert_cmpint(o.mptcp_reset, ==, r->expected.mptcp_reset);
    g_assert_cmpint(o.fast_open, ==, r->expected.fast_open);
}

void add_options_tests(void)
{
    ADD_ROWS("options", rows, options_row);
}
