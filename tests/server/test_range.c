/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "range.h"
#include "units.h"

#define EXACTLY  "Sun, 06 Nov 1994 08:49:37 GMT"
#define BEFORE   "Sun, 06 Nov 1994 08:49:36 GMT"
#define AFTER    "Sun, 06 Nov 1994 08:49:38 GMT"
#define MODIFIED 784111777 /* EXACTLY */

/* "0-1 4-5", or "" where nothing was set. */
static char *words_of(range_kind_t kind, const ranges_t *ranges)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; (kind == RANGE_PART || kind == RANGE_PARTS) && i < ranges->count; i++)
        g_string_append_printf(out, "%s%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, i ? " " : "",
                               ranges->range[i].first, ranges->range[i].last);
    return g_string_free(out, false);
}

static const struct {
    const char *header;
    uint64_t size;
    range_kind_t kind;
    const char *ranges;
} rows[] = {
    /* one */
    {"bytes=0-0", 10, RANGE_PART, "0-0"},
    {"bytes=2-5", 10, RANGE_PART, "2-5"},
    {"Bytes=2-5", 10, RANGE_PART, "2-5"},
    {"bytes=5-", 10, RANGE_PART, "5-9"},
    {"bytes=0-", 10, RANGE_PART, "0-9"},
    {"bytes=5-99", 10, RANGE_PART, "5-9"},
    {"bytes=9-9 ", 10, RANGE_PART, "9-9"},
    {"bytes=-3", 10, RANGE_PART, "7-9"},
    {"bytes=-99", 10, RANGE_PART, "0-9"},
    {"bytes=0-99999999999999999999999", 10, RANGE_PART, "0-9"},
    {"bytes=10-", 10, RANGE_UNSATISFIABLE, ""},
    {"bytes=10-20", 10, RANGE_UNSATISFIABLE, ""},
    {"bytes=99999999999999999999999-", 10, RANGE_UNSATISFIABLE, ""},
    {"bytes=-0", 10, RANGE_UNSATISFIABLE, ""},
    {"bytes=0-", 0, RANGE_UNSATISFIABLE, ""},
    {"bytes=-5", 0, RANGE_UNSATISFIABLE, ""},
    {"bytes=5-2", 10, RANGE_WHOLE, ""},
    {"bytes=", 10, RANGE_WHOLE, ""},
    {"bytes=-", 10, RANGE_WHOLE, ""},
    {"bytes=5", 10, RANGE_WHOLE, ""},
    {"bytes=a-b", 10, RANGE_WHOLE, ""},
    {"bytes=+1-2", 10, RANGE_WHOLE, ""},
    {"bytes=1-+2", 10, RANGE_WHOLE, ""},
    {"bytes=1 - 2", 10, RANGE_WHOLE, ""},
    {"lines=1-2", 10, RANGE_WHOLE, ""},
    {"", 10, RANGE_WHOLE, ""},
    /* several: in the order of the request (RFC 9110, 15.3.7.2) */
    {"bytes=0-1,4-5", 10, RANGE_PARTS, "0-1 4-5"},
    {"bytes=4-5,0-1", 10, RANGE_PARTS, "4-5 0-1"},
    {"bytes= 0-1 ,\t4-5 , -2", 10, RANGE_PARTS, "0-1 4-5 8-9"},
    {"bytes=,0-1,,4-5,", 10, RANGE_PARTS, "0-1 4-5"}, /* empty members: 5.6.1.2 */
    {"bytes=0-1,2-3", 10, RANGE_PARTS, "0-1 2-3"},    /* side by side is not overlapping */
    {"bytes=0-0,-1", 10, RANGE_PARTS, "0-0 9-9"},     /* the example of 14.1.2 */
    /* what cannot be had is left out, and one that is left is a plain part */
    {"bytes=0-1,10-", 10, RANGE_PART, "0-1"},
    {"bytes=10-,0-1,20-30,4-5", 10, RANGE_PARTS, "0-1 4-5"},
    {"bytes=10-,20-30,-0", 10, RANGE_UNSATISFIABLE, ""},
    /* two that overlap are one, more are a reason to ignore the header */
    {"bytes=0-4,3-6", 10, RANGE_PART, "0-6"},
    {"bytes=3-6,0-4", 10, RANGE_PART, "0-6"},
    {"bytes=0-9,2-3", 10, RANGE_PART, "0-9"},
    {"bytes=0-3,8-9,3-5", 10, RANGE_PARTS, "0-5 8-9"},
    {"bytes=8-9,0-3,3-5", 10, RANGE_PARTS, "8-9 0-5"},
    {"bytes=0-1,4-5,4-5", 10, RANGE_PARTS, "0-1 4-5"},
    {"bytes=0-3,2-5,4-7", 10, RANGE_WHOLE, ""},
    {"bytes=0-0,0-0,0-0", 10, RANGE_WHOLE, ""},
    /* one bad member spoils the list (14.1.1) */
    {"bytes=0-1,5-4", 10, RANGE_WHOLE, ""},
    {"bytes=0-1,x", 10, RANGE_WHOLE, ""},
    {"bytes=0-1,-", 10, RANGE_WHOLE, ""},
    {"bytes=0-1 4-5", 10, RANGE_WHOLE, ""},
    {"bytes=0-1;4-5", 10, RANGE_WHOLE, ""},
    {"bytes=,", 10, RANGE_WHOLE, ""},
    /* sixteen are taken, seventeen are not */
    {"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30", 99,
     RANGE_PARTS, "0-0 2-2 4-4 6-6 8-8 10-10 12-12 14-14 16-16 18-18 20-20 22-22 24-24 26-26 28-28 30-30"},
    {"bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32", 99,
     RANGE_WHOLE, ""},
    {"bytes=99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,99-,0-0", 99, RANGE_WHOLE, ""},
};

static void test_ranges_are_read(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        ranges_t ranges;
        g_test_message("%s of %u", rows[i].header, (unsigned)rows[i].size);
        range_kind_t kind = range_read(rows[i].header, rows[i].size, &ranges);
        g_assert_cmpint(kind, ==, rows[i].kind);
        g_autofree char *words = words_of(kind, &ranges);
        g_assert_cmpstr(words, ==, rows[i].ranges);
    }
}

static void test_if_range_guards_the_range(void)
{
    static const struct {
        const char *if_range;
        range_kind_t kind;
    } guards[] = {
        {NULL, RANGE_PART},    {"\"e\"", RANGE_PART}, {"\"x\"", RANGE_WHOLE}, {"W/\"e\"", RANGE_WHOLE},
        {EXACTLY, RANGE_PART}, {AFTER, RANGE_WHOLE},  {BEFORE, RANGE_WHOLE},  {"nonsense", RANGE_WHOLE},
    };
    const http_validators_t current = {"\"e\"", MODIFIED};
    ranges_t ranges;

    for (size_t i = 0; i < G_N_ELEMENTS(guards); i++) {
        http_conditions_t conditions = {.range = "bytes=0-1", .if_range = guards[i].if_range};
        g_test_message("row %u", (unsigned)i);
        g_assert_cmpint(range_of(&conditions, &current, 10, &ranges), ==, guards[i].kind);
    }
}

void add_range_tests(void)
{
    g_test_add_func("/range/read", test_ranges_are_read);
    g_test_add_func("/range/if-range", test_if_range_guards_the_range);
}
