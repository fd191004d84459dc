/* The case parser: functions that its files share.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TESTS_CASE_PARSER_H
#define LAB_TESTS_CASE_PARSER_H

#include "case.h"

typedef struct {
    const char *file;
    guint line;
    GPtrArray *cases;
    Case *current;     /* also the last element of cases */
    CaseSegment *last; /* the segment that a line of "| ..." goes on with */
    gint64 time_ns;    /* of that segment */
    GError **error;
} Parser;

/* Sets the error "file:line: text" and returns FALSE. */
gboolean parser_fail(Parser *parser, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* "ADDRESS:PORT", "[ADDRESS]:PORT" or only "PORT" (the address stays). */
gboolean parser_end(Parser *parser, const char *text, CaseEnd *end);
/* "ADDRESS", without a port; brackets are not needed here. */
gboolean parser_address(Parser *parser, const char *text, CaseEnd *end);
gboolean parser_number(Parser *parser, const char *text, gint64 low, gint64 high, const char *what,
                       gint64 *value);

CaseConnection *case_connection_new(Case *a_case, const char *name);
CaseConnection *case_connection_find(const Case *a_case, const char *name, gsize length);
CaseSegment *case_segment_find(const Case *a_case, const char *label);

/* The default addresses of a case: 10.A.B.2 and 10.A.B.80, the resolver 10.A.B.53. */
void case_default_end(const Case *a_case, guint host, guint port, CaseEnd *end);

/* words[*at]... after "dns": ID TYPE NAME, and of an answer its records. Fills in the segment's ends and
 * payload. */
gboolean parser_dns(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment);
/* words[*at]... up to "|" or the end: one line with a segment. */
gboolean parser_segment(Parser *parser, GPtrArray *words, guint *at);
/* words from `at` on: name=value pairs, for a segment or (NULL) for an entry of a list of the report, counted
 * from 1. */
gboolean parser_expectations(Parser *parser, GPtrArray *words, guint at, CaseSegment *segment, CaseList list,
                             guint number);
/* Turns labels in the values of frame fields into frame numbers. */
gboolean parser_resolve(Parser *parser, Case *a_case);

#endif
