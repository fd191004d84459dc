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

void lab_text_append_printable(GString *out, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    for (char *p = valid; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '.';
    g_string_append(out, valid);
    g_free(valid);
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
