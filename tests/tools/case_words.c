/* Words of a line and the table of names that an expectation may use.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"

#include <string.h>

static const CaseField fields[] = {
    {"note", "lab.note", CASE_TEXT},
    {"phase", "lab.phase", CASE_TEXT},
    {"role", "lab.role", CASE_TEXT},
    {"stream", "lab.stream", CASE_STREAM},
    {"sender", "lab.sender", CASE_TEXT},
    {"client", "lab.state.client", CASE_TEXT},
    {"server", "lab.state.server", CASE_TEXT},
    {"open.step", "lab.open.step", CASE_NUMBER},
    {"open.kind", "lab.open.kind", CASE_TEXT},
    {"open.time", "lab.open.time", CASE_NUMBER},
    {"close.step", "lab.close.step", CASE_NUMBER},
    {"close.kind", "lab.close.kind", CASE_TEXT},
    {"close.first", "lab.close.first", CASE_TEXT},
    {"close.reason", "lab.close.reason", CASE_TEXT},
    {"close.lossless", "lab.close.lossless", CASE_TEXT},
    {"rst.cause", "lab.rst.cause", CASE_TEXT},
    {"rst.confidence", "lab.rst.confidence", CASE_TEXT},
    {"rst.by", "lab.rst.by", CASE_TEXT},
    {"rst.impact", "lab.rst.impact", CASE_TEXT},
    {"rst.evidence", "lab.rst.evidence", CASE_FRAME},
    {"keepalive", "lab.keepalive", CASE_TEXT},
    {"keepalive.number", "lab.keepalive.number", CASE_NUMBER},
    {"keepalive.interval", "lab.keepalive.interval", CASE_NUMBER},
    {"tls.step", "lab.tls.step", CASE_TEXT},
    {"tls.alert", "lab.tls.alert", CASE_TEXT},
    {"tls.kind", "lab.tls.kind", CASE_TEXT},
    {"http.exchange", "lab.http.exchange", CASE_EXCHANGE},
    {"http.index", "lab.http.index", CASE_NUMBER},
    {"http.method", "lab.http.method", CASE_TEXT},
    {"http.target", "lab.http.target", CASE_TEXT},
    {"http.status", "lab.http.status", CASE_NUMBER},
    {"http.object", "lab.http.object", CASE_TEXT},
    {"http.request_in", "lab.http.request_in", CASE_FRAME},
    {"http.response_in", "lab.http.response_in", CASE_FRAME},
    {"http.queue", "lab.http.queue", CASE_NUMBER},
    {"http.wait", "lab.http.wait", CASE_NUMBER},
    {"http.receive", "lab.http.receive", CASE_NUMBER},
    {"http.total", "lab.http.total", CASE_NUMBER},
    {"http.page", "lab.http.page", CASE_PAGE},
    {"dns.name", "lab.dns.name", CASE_TEXT},
    {"dns.query_in", "lab.dns.query_in", CASE_FRAME},
    {"dns.answer_in", "lab.dns.answer_in", CASE_FRAME},
    {"anomaly", "lab.anomaly", CASE_TEXT},
    {"conn_state", "lab.conn_state", CASE_TEXT},
    {"history", "lab.history", CASE_TEXT},
};

const CaseField *case_field(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

char *case_field_names(void)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        g_string_append_printf(all, "%s%s", i ? " " : "", fields[i].name);
    return g_string_free(all, FALSE);
}

GPtrArray *case_words(const char *line)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        line += strspn(line, " \t");
        if (*line == '\0' || *line == '#')
            return words;
        const char *end = line + strcspn(line, " \t");
        if (*line == '"') {
            end = strchr(line + 1, '"');
            if (end == NULL) {
                g_ptr_array_unref(words);
                return NULL;
            }
        }
        g_ptr_array_add(words, g_strndup(line, (gsize)(end - line)));
        line = *end == '"' ? end + 1 : end;
    }
}
