/* Words of a line and the table of names that an expectation may use.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"

#include <string.h>

/* How the values of what fields.def calls TYPE are compared. */
#define KIND_TOKEN    CASE_TEXT
#define KIND_SENTENCE CASE_TEXT
#define KIND_U8       CASE_NUMBER
#define KIND_U16      CASE_NUMBER
#define KIND_U32      CASE_NUMBER
#define KIND_FRAME    CASE_FRAME
#define KIND_TIME     CASE_NUMBER
#define KIND_YES_NO   CASE_TEXT

/* A field is called as in Wireshark, without "lab.". The first row of a name counts: two names that are
 * shorter, and numbers that are counted from the case's beginning. */
static const CaseField fields[] = {
    {"client", "lab.state.client", CASE_TEXT}, {"server", "lab.state.server", CASE_TEXT},
    {"stream", "lab.stream", CASE_STREAM},     {"http.exchange", "lab.http.exchange", CASE_EXCHANGE},
    {"http.page", "lab.http.page", CASE_PAGE},
#define LAB_FIELD(id, filter, type, ...) {&filter[sizeof "lab." - 1], filter, KIND_##type},
#define LAB_FIELD_TOO                    LAB_FIELD
#include "fields.def"
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
        if (case_field(fields[i].name) == &fields[i])
            g_string_append_printf(all, "%s%s", i ? " " : "", fields[i].name);
    return g_string_free(all, FALSE);
}
