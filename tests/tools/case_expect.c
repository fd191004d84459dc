/* The expectations beside a line: name=value pairs.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case_parser.h"
#include "expect.h"

#include <stdlib.h>
#include <string.h>

/* Keys of the report whose numbers count in the whole capture. */
static const CaseField report_keys[] = {
    {"frame", NULL, CASE_FRAME},
    {"frames", NULL, CASE_FRAME},
    {"first_frame", NULL, CASE_FRAME},
    {"last_frame", NULL, CASE_FRAME},
    {"evidence", NULL, CASE_FRAME},
    {"request_frame", NULL, CASE_FRAME},
    {"response_first_frame", NULL, CASE_FRAME},
    {"response_last_frame", NULL, CASE_FRAME},
    {"query_frame", NULL, CASE_FRAME},
    {"answer_frame", NULL, CASE_FRAME},
    {"settings_frame", NULL, CASE_FRAME},
    {"acknowledged", NULL, CASE_FRAME},
    {"goaway_frame", NULL, CASE_FRAME},
    {"unprocessed_frame", NULL, CASE_FRAME},
    {"window_frame", NULL, CASE_FRAME},
    {"held_by", NULL, CASE_FRAME},
    {"stream", NULL, CASE_STREAM},
    {"connections", NULL, CASE_STREAM},
    {"spare_connections", NULL, CASE_STREAM},
    {"exchanges", NULL, CASE_EXCHANGE},
    {"page", NULL, CASE_PAGE},
};

static CaseKind kind_of_key(const char *key)
{
    CaseKind kind = CASE_TEXT;
    if (strcmp(key, "http2.stream") == 0) /* counts on its connection */
        return CASE_NUMBER;
    char **parts = g_strsplit(key, ".", -1);
    for (guint i = 0; parts[i]; i++)
        for (guint j = 0; j < G_N_ELEMENTS(report_keys); j++)
            if (strcmp(parts[i], report_keys[j].name) == 0)
                kind = report_keys[j].kind;
    g_strfreev(parts);
    return kind;
}

/* Sets the field of a name. A name of a frame's field must be in the table; a key of the report may be any.
 */
static gboolean read_name(Parser *parser, const char *name, CaseExpectation *expectation)
{
    if (expectation->segment == NULL) {
        expectation->name = g_strdup(name);
        expectation->kind = kind_of_key(name);
        return TRUE;
    }
    const CaseField *field = case_field(name);
    if (field == NULL) {
        char *names = case_field_names();
        parser_fail(parser, "expected a name of: %s; got '%s'", names, name);
        g_free(names);
        return FALSE;
    }
    expectation->name = g_strdup(field->field);
    expectation->kind = field->kind;
    return TRUE;
}

/* The prefix "1:" or "2:" of an expectation that holds in one kind of pass only; 0: it holds in both. */
static int pass_of(const char *word)
{
    return g_str_has_prefix(word, "1:") ? 1 : g_str_has_prefix(word, "2:") ? 2 : 0;
}

static CaseExpectation *add_expectation(Parser *parser, int pass, CaseSegment *segment)
{
    CaseExpectation *expectation = g_new0(CaseExpectation, 1);
    expectation->line = parser->line;
    expectation->pass = pass;
    expectation->segment = segment;
    g_ptr_array_add(parser->current->expectations, expectation);
    return expectation;
}

/* 'says "TEXT"' and 'unsaid "TEXT"': what a frame's sentence must, or must not, contain. */
static gboolean read_said(Parser *parser, GPtrArray *words, guint *at, CaseSegment *segment, gboolean *known)
{
    const char *word = g_ptr_array_index(words, *at);
    int pass = pass_of(word);
    const char *start = word + (pass ? 2 : 0);
    CaseTest test = strcmp(start, "says") == 0 ? CASE_SAYS : CASE_UNSAID;
    *known = segment && (test == CASE_SAYS || strcmp(start, "unsaid") == 0);
    if (!*known)
        return TRUE;
    const char *text = *at + 1 < words->len ? g_ptr_array_index(words, *at + 1) : "";
    if (*text != '"' || text[1] == '\0')
        return parser_fail(parser, "expected a text in quotes after '%s'", start);
    CaseExpectation *expectation = add_expectation(parser, pass, segment);
    expectation->test = test;
    expectation->name = g_strdup("lab.note");
    expectation->values = g_strsplit(text + 1, "\n", 1);
    *at += 1;
    return TRUE;
}

static gboolean read_pair(Parser *parser, const char *word, CaseSegment *segment, CaseList list, guint number)
{
    int pass = pass_of(word);
    const char *pair = word + (pass ? 2 : 0);
    char *name = NULL, **values = NULL;
    if (g_str_has_suffix(pair, "=") || !lab_expect_read(pair, &name, &values))
        return parser_fail(parser, "expected name=value, got '%s'", word);
    CaseExpectation *expectation = add_expectation(parser, pass, segment);
    expectation->list = list;
    expectation->number = number;
    expectation->values = values;
    gboolean good = read_name(parser, name, expectation);
    g_free(name);
    return good;
}

gboolean parser_expectations(Parser *parser, GPtrArray *words, guint at, CaseSegment *segment, CaseList list,
                             guint number)
{
    if (at < words->len && segment && segment->frame == 0)
        return parser_fail(parser, "a line that is missing from the capture can have no expectation");
    for (; at < words->len; at++) {
        const char *word = g_ptr_array_index(words, at);
        gboolean said = FALSE;
        if (!read_said(parser, words, &at, segment, &said))
            return FALSE;
        if (said)
            continue;
        if (strcmp(word, "|") == 0)
            return parser_fail(parser, "expected one '|' on a line");
        if (!read_pair(parser, word, segment, list, number))
            return FALSE;
    }
    return TRUE;
}

static gboolean resolve_value(Parser *parser, Case *a_case, char **value)
{
    const char *not = **value == '!' ? "!" : "", *label = *value + strlen(not );
    const CaseSegment *segment = case_segment_find(a_case, label);
    if (segment && segment->frame) {
        g_free(*value);
        *value = g_strdup_printf("%s%u", not, segment->frame);
        return TRUE;
    }
    if (strcmp(*value, "*") == 0 || strspn(label, "0123456789") == strlen(label))
        return TRUE;
    return parser_fail(parser, "expected a frame number or the label of a captured line, got '%s'", *value);
}

gboolean parser_resolve(Parser *parser, Case *a_case)
{
    guint line = parser->line;
    if (a_case->rfc == NULL || a_case->segments->len == 0) {
        parser->line = a_case->line;
        return parser_fail(parser, "the case \"%s\" has no %s", a_case->name,
                           a_case->rfc ? "segment" : "line 'rfc DOCUMENT SECTION'");
    }
    for (guint i = 0; i < a_case->expectations->len; i++) {
        CaseExpectation *expectation = g_ptr_array_index(a_case->expectations, i);
        parser->line = expectation->line;
        for (char **value = expectation->values; expectation->kind == CASE_FRAME && *value; value++)
            if (!resolve_value(parser, a_case, value))
                return FALSE;
    }
    parser->line = line;
    return TRUE;
}
