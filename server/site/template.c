/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template.c - see template.h. */
#include "template.h"

#include <string.h>

#include "html.h"

/* The end of the placeholder that begins at `p`, or NULL; its inside is copied to `*name`. */
static const char *placeholder(const char *p, char **name)
{
    if (p[0] != '{' || p[1] != '{')
        return NULL;
    const char *end = strstr(p, "}}");
    size_t length = end ? (size_t)(end - p - 2) : 0;
    if (!length || strcspn(p + 2, "{}<>\n \t") != length)
        return NULL;
    *name = g_strndup(p + 2, length);
    return end + 2;
}

bool template_has_places(const char *html)
{
    for (const char *p = strstr(html, "{{"); p; p = strstr(p + 1, "{{")) {
        g_autofree char *name = NULL;
        if (placeholder(p, &name))
            return true;
    }
    return false;
}

/* The value of `key`, or NULL. */
static char *value_of(const char *key, config_t *config, lab_lang_t lang)
{
    if (!strcmp(key, "lang"))
        return g_strdup(html_language_tag(lang));
    return config_value(config, key, lang);
}

/* {{?key}} ended at `p`. Returns the place behind {{/key}} if there is no value to show, else `p`. */
static const char *enter_section(const char *key, const char *p, config_t *config, lab_lang_t lang)
{
    g_autofree char *value = value_of(key, config, lang);
    g_autofree char *closing = g_strconcat("{{/", key, "}}", NULL);

    if (value && *value)
        return p;
    const char *end = strstr(p, closing);
    return end ? end + strlen(closing) : p;
}

/* Writes what the placeholder from `from` to `end` stands for. Returns where to go on. */
static const char *expand(GString *out, const char *from, const char *end, const char *name, config_t *config,
                          lab_lang_t lang)
{
    if (*name == '?')
        return enter_section(name + 1, end, config, lang);
    if (*name == '/')
        return end;
    g_autofree char *value = value_of(name, config, lang);
    if (value) {
        g_autofree char *escaped = html_escape(value);
        g_string_append(out, escaped);
    } else {
        g_string_append_len(out, from, end - from);
    }
    return end;
}

char *template_fill(const char *template, config_t *config, lab_lang_t lang)
{
    GString *out = g_string_sized_new(strlen(template) * 2);

    for (const char *p = template; *p;) {
        g_autofree char *name = NULL;
        const char *end = placeholder(p, &name);
        if (end)
            p = expand(out, p, end, name, config, lang);
        else
            g_string_append_c(out, *p++);
    }
    return g_string_free(out, false);
}
