/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of HTTP/2 in a case. */
#ifndef LAB_TESTS_CASE_HTTP2_H
#define LAB_TESTS_CASE_HTTP2_H

#include "case.h"

/* words[*at] is "h2": reads one frame (a head with "split" is several) and appends it. FALSE: *problem says
 * why (free it). */
gboolean case_http2_item(CaseConnection *connection, int side, GPtrArray *words, guint *at, GByteArray *out,
                         char **problem);
/* Forgets what the heads so far put into the tables of both sides. */
void case_http2_clear(CaseConnection *connection);

#endif
