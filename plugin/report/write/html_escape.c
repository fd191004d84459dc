/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html_escape.c - see html_escape.h. */
#include "html_escape.h"

#include "text.h"

#include <string.h>

static const char *reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void lab_html_escape_bytes(GString *out, const char *bytes, size_t length)
{
    GString *visible = g_string_new(NULL);
    lab_text_visible_bytes(visible, bytes, length);
    for (const char *p = visible->str; *p; p++) {
        const char *r = reference(*p);
        if (r)
            g_string_append(out, r);
        else
            g_string_append_c(out, *p);
    }
    g_string_free(visible, TRUE);
}

void lab_html_escape(GString *out, const char *text)
{
    lab_html_escape_bytes(out, text, strlen(text));
}
