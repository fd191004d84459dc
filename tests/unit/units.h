/* units.h - how the tests of a table are added, and what adds the tests of each file.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_UNITS_H
#define LAB_UNITS_H

#include <glib.h>
#include <stddef.h>

/* A test for each of `count` rows of `size` bytes, which begin with their sentence (a const char *): its name
 * is /folder/sentence, and it gets the row. */
static inline void units_add_rows(const char *folder, const void *rows, size_t count, size_t size,
                                  GTestDataFunc test)
{
    for (size_t i = 0; i < count; i++) {
        const char *row = (const char *)rows + i * size;
        const char *sentence = *(const char *const *)(const void *)row;
        char *path = g_strdup_printf("/%s/%s", folder, sentence);
        g_test_add_data_func(path, row, test);
        g_free(path);
    }
}

#define ADD_ROWS(folder, rows, test) units_add_rows(folder, rows, G_N_ELEMENTS(rows), sizeof *(rows), test)

void add_options_tests(void);
void add_stream_tests(void);
void add_gaps_tests(void);
void add_http_tests(void);
void add_text_tests(void);
void add_visible_tests(void);
void add_tokens_tests(void);
void add_opening_tests(void);
void add_closing_tests(void);
void add_reset_tests(void);
void add_keepalive_tests(void);
void add_exchange_tests(void);
void add_engine_tests(void);
void add_dns_tests(void);
void add_tls_tests(void);
void add_names_tests(void);
void add_decrypted_tests(void);
void add_pages_tests(void);
void add_url_tests(void);
void add_memory_tests(void);
void add_plain_tests(void);

#endif
