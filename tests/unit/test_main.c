/* The engine's unit tests; `test-engine -l` lists them, `-p /http` runs a part.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "units.h"

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_options_tests();
    add_stream_tests();
    add_gaps_tests();
    add_http_tests();
    add_text_tests();
    add_visible_tests();
    add_tokens_tests();
    add_opening_tests();
    add_closing_tests();
    add_reset_tests();
    add_keepalive_tests();
    add_exchange_tests();
    add_engine_tests();
    add_dns_tests();
    add_tls_tests();
    add_names_tests();
    add_decrypted_tests();
    add_pages_tests();
    add_url_tests();
    add_memory_tests();
    add_plain_tests();
    return g_test_run();
}
