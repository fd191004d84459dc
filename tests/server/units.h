/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LABSERVER_TEST_UNITS_H
#define LABSERVER_TEST_UNITS_H

/* Each adds the tests of one file. */
void add_http_tests(void);
void add_fair_tests(void);
void add_intake_tests(void);
void add_config_tests(void);
void add_range_tests(void);
void add_request_tests(void);
void add_text_tests(void);

#endif
