/* units.h - each adds the tests of one file.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_UNITS_H
#define LAB_UNITS_H

void add_options_tests(void);
void add_stream_tests(void);
void add_http_tests(void);
void add_text_tests(void);
void add_tokens_tests(void);
void add_opening_tests(void);
void add_closing_tests(void);
void add_reset_tests(void);
void add_keepalive_tests(void);
void add_exchange_tests(void);
void add_engine_tests(void);
void add_dns_tests(void);
void add_tls_tests(void);
void add_inside_tests(void);
void add_pages_tests(void);
void add_url_tests(void);
void add_memory_tests(void);

#endif
