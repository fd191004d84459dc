/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - expands texts; see text.h. */
#include "text.h"

#include <string.h>

#define PLACE_MAX 64

/* "{n|one|many}": the first word where the place n is 1, else the second. */
static bool choose_number(lab_fill_t fill, void *user, char *place, GString *out)
{
    char **parts = g_strsplit(place, "|", 3);
    GString *value = g_string_new(NULL);
    bool known = g_strv_length(parts) == 3 && fill(user, parts[0], value);
    if (known)
        g_string_append(out, parts[strcmp(value->str, "1") == 0 ? 1 : 2]);
    g_string_free(value, TRUE);
    g_strfreev(parts);
    return known;
}

void lab_text_expand(GString *out, const char *text, lab_fill_t fill, void *user)
{
    for (const char *p = text; *p;) {
        const char *open = strchr(p, '{'), *close = open ? strchr(open, '}') : NULL;
        if (!close) {
            g_string_append(out, p);
            return;
        }
        g_string_append_len(out, p, open - p);
        char place[PLACE_MAX];
        g_strlcpy(place, open + 1, MIN(sizeof place, (size_t)(close - open)));
        if (!(strchr(place, '|') ? choose_number(fill, user, place, out) : fill(user, place, out)))
            g_string_append_len(out, open, close - open + 1);
        p = close + 1;
    }
}

/* ---- text from outside ---- */

/* Characters that a terminal or a browser obeys, or that have no width: Unicode's categories Cc, Cf, Zl, Zp,
 * and what else is drawn as nothing (Default_Ignorable_Code_Point). Not U+FE00 to U+FE0F: they choose between
 * two pictures of the character before, as emoji do. In order. */
static const struct {
    gunichar first, last;
} hidden[] = {
    {0x0000, 0x001f},   /* C0 */
    {0x007f, 0x009f},   /* DEL, C1 */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark: direction */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer vowels without a shape */
    {0x180b, 0x180f},   /* Mongolian selectors */
    {0x200b, 0x200f},   /* zero width; marks of direction */
    {0x2028, 0x202e},   /* line and paragraph separators; embedding, override */
    {0x2060, 0x206f},   /* word joiner, invisible operators, isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff0, 0xfffb},   /* unassigned but ignorable; interlinear annotation */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, more selectors */
};

static bool is_hidden(gunichar c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hidden) && hidden[i].first <= c; i++)
        if (c <= hidden[i].last)
            return true;
    return false;
}

/* Graphic ASCII and blanks, the common case: as many bytes as there are of them. */
static size_t plain_bytes(const char *bytes, size_t length)
{
    size_t n = 0;
    while (n < length && bytes[n] >= 0x20 && bytes[n] < 0x7f)
        n++;
    return n;
}

/* The valid character at `bytes`, of at most `length` bytes; (gunichar)-1 = there is none. RFC 3629. */
static gunichar valid_char(const char *bytes, size_t length)
{
    gunichar c = *bytes ? g_utf8_get_char_validated(bytes, (gssize)length) : 0;
    return c > 0x10ffff ? (gunichar)-1 : c;
}

static void append_escape(GString *out, gunichar c)
{
    g_string_append_printf(out, c < 0x80 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
}

void lab_text_visible_bytes(GString *out, const char *bytes, size_t length)
{
    for (size_t used = 0, n; used < length; used += n) {
        const char *at = bytes + used;
        n = plain_bytes(at, length - used);
        if (n) {
            g_string_append_len(out, at, (gssize)n);
            continue;
        }
        gunichar c = valid_char(at, length - used);
        n = c == (gunichar)-1 ? 1 : (size_t)g_unichar_to_utf8(c, NULL);
        if (c == (gunichar)-1)
            g_string_append_printf(out, "\\x%02x", (unsigned char)*at);
        else if (is_hidden(c))
            append_escape(out, c);
        else
            g_string_append_len(out, at, (gssize)n);
    }
}

void lab_text_visible(GString *out, const char *text)
{
    lab_text_visible_bytes(out, text, strlen(text));
}

char *lab_text_visible_copy(const char *text)
{
    if (!text)
        return NULL;
    GString *out = g_string_new(NULL);
    lab_text_visible(out, text);
    return g_string_free(out, FALSE);
}

/* RFC 8259 section 7: above U+FFFF a surrogate pair. */
static void append_json_escape(GString *out, gunichar c)
{
    if (c < 0x10000)
        g_string_append_printf(out, "\\u%04x", c);
    else
        g_string_append_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + (c & 0x3ff));
}

void lab_text_visible_json(GString *json, size_t from)
{
    GString *out = g_string_sized_new(json->len - from + 1);
    const char *end = json->str + json->len, *kept = json->str + from;
    for (const char *p = kept; p < end; p = g_utf8_next_char(p)) {
        gunichar c = (unsigned char)*p < 0x7f ? 0 : g_utf8_get_char(p);
        if (c ? !is_hidden(c) : (unsigned char)*p >= 0x20 || *p == '\n')
            continue;
        g_string_append_len(out, kept, p - kept);
        append_json_escape(out, g_utf8_get_char(p));
        kept = g_utf8_next_char(p);
    }
    g_string_append_len(out, kept, end - kept);
    g_string_truncate(json, from);
    g_string_append_len(json, out->str, (gssize)out->len);
    g_string_free(out, TRUE);
}

lab_lang_t lab_language_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);
        if (value && *value)
            return g_str_has_prefix(value, "zh") ? LAB_LANG_ZH : LAB_LANG_EN;
    }
    return LAB_LANG_EN;
}

bool lab_language_of_name(const char *name, lab_lang_t automatic, lab_lang_t *language)
{
    static const char *const names[LAB_LANGS] = {"en", "zh"};
    unsigned found = 0;
    while (found < LAB_LANGS && strcmp(name, names[found]) != 0)
        found++;
    if (found == LAB_LANGS && strcmp(name, "auto") != 0)
        return false;
    *language = found == LAB_LANGS ? automatic : (lab_lang_t)found;
    return true;
}
