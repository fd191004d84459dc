/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.c - see links.h. A link is OPEN, a letter for its kind, its number, BEGIN, the words, END. */
#include "links.h"

#include <string.h>

#define OPEN  '\1'
#define BEGIN '\2'
#define END   '\3'

void lab_append_link(GString *out, lab_link_t link, const char *text)
{
    g_string_append_printf(out, "%c%c%u%c%s%c", OPEN, 'a' + (int)link.kind, link.number, BEGIN, text, END);
}

/* Reads "kind number BEGIN words END" at `at`, behind an OPEN; false if it is no link. */
static bool read_link(const char *at, lab_span_t *span, const char **after)
{
    char *words;
    int kind = at[0] - 'a';
    if (kind <= LAB_LINK_NONE || kind >= LAB_LINKS || !g_ascii_isdigit(at[1]))
        return false;
    guint64 number = g_ascii_strtoull(at + 1, &words, 10);
    const char *end = *words == BEGIN ? strchr(words, END) : NULL;
    if (!end || number > G_MAXUINT32)
        return false;
    *span = (lab_span_t){words + 1, (size_t)(end - words - 1), {(lab_link_kind_t)kind, (uint32_t)number}};
    *after = end + 1;
    return true;
}

bool lab_next_span(const char **at, lab_span_t *span)
{
    const char *text = *at;
    if (!*text)
        return false;
    if (*text == OPEN && read_link(text + 1, span, at))
        return true;
    size_t length = 1 + strcspn(text + 1, (const char[]){OPEN, 0});
    *span = (lab_span_t){text, length, {LAB_LINK_NONE, 0}};
    *at = text + length;
    return true;
}

void lab_append_plain(GString *out, const char *text)
{
    lab_span_t span;
    while (lab_next_span(&text, &span))
        g_string_append_len(out, span.text, (gssize)span.length);
}
