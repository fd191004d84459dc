#include "page.h"

#include <string.h>

const char *page_language_tag(Lang lang)
{
    return lang == LANG_ZH ? "zh-CN" : "en";
}

char *page_escape(const char *string)
{
    g_autofree char *valid = g_utf8_make_valid(string, -1);

    return g_markup_escape_text(valid, -1);
}

/* Where the placeholder that P begins with ends, or NULL; its inside is copied to *NAME. */
static const char *placeholder(const char *p, char **name)
{
    if (p[0] != '{' || p[1] != '{')
        return NULL;
    const char *end = strstr(p, "}}");
    gsize length = end ? (gsize)(end - p - 2) : 0;
    if (!length || strcspn(p + 2, "{}<>\n \t") != length)
        return NULL;
    *name = g_strndup(p + 2, length);
    return end + 2;
}

gboolean page_is_template(const char *html)
{
    for (const char *p = strstr(html, "{{"); p; p = strstr(p + 1, "{{")) {
        g_autofree char *name = NULL;
        if (placeholder(p, &name))
            return TRUE;
    }
    return FALSE;
}

/* The value of KEY, or NULL. */
static char *value_of(const char *key, Config *config, Lang lang)
{
    if (!strcmp(key, "lang"))
        return g_strdup(page_language_tag(lang));
    return config_value(config, key, lang);
}

/* {{?key}} ended at P: behind its {{/key}} if there is no value to show, else P. */
static const char *enter_section(const char *key, const char *p, Config *config, Lang lang)
{
    g_autofree char *value = value_of(key, config, lang);
    g_autofree char *closing = g_strconcat("{{/", key, "}}", NULL);

    if (value && *value)
        return p;
    const char *end = strstr(p, closing);
    return end ? end + strlen(closing) : p;
}

/* One placeholder from FROM to END: writes what it stands for and says where to go on. */
static const char *expand(GString *out, const char *from, const char *end, const char *name, Config *config,
                          Lang lang)
{
    if (*name == '?')
        return enter_section(name + 1, end, config, lang);
    if (*name == '/')
        return end;
    g_autofree char *value = value_of(name, config, lang);
    if (value) {
        g_autofree char *escaped = page_escape(value);
        g_string_append(out, escaped);
    } else {
        g_string_append_len(out, from, end - from);
    }
    return end;
}

char *page_fill(const char *template, Config *config, Lang lang)
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
    return g_string_free(out, FALSE);
}

static const char style[] =
    ":root{color-scheme:light dark;--ink:#16324f;--soft:#51667c;--ground:#f4f7fb;--card:#fff;--line:#d5dfea;"
    "--accent:#0b6e99}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4edf6;--soft:#a9bccf;--ground:#101a26;--card:#182636;"
    "--line:#2c3f54;--accent:#5cc2ee}}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);line-height:1.6;"
    "font-family:system-ui,-apple-system,\"Segoe UI\",\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft "
    "YaHei\","
    "sans-serif}\n"
    "main{max-width:52rem;margin:0 auto;padding:2rem 1.2rem}\n"
    "h1{font-size:1.8rem;line-height:1.25}h2{font-size:1.15rem;margin:0}a{color:var(--accent)}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.2rem;"
    "margin:1rem 0}\n"
    "dt{color:var(--soft);font-size:.85rem;margin-top:.6rem}dd{margin:0}\n"
    "code{overflow-wrap:anywhere;background:var(--ground);padding:.1rem .35rem;border-radius:.3rem}\n"
    ".run{display:inline-block;margin-top:.8rem;padding:.35rem .9rem;border-radius:.4rem;border:1px solid "
    "var(--accent);text-decoration:none}\n"
    ".soft{color:var(--soft)}\n"
    "input,textarea{max-width:100%;box-sizing:border-box;font:inherit}pre{white-space:pre-wrap;overflow-wrap:"
    "anywhere}\n"
    "button.run{background:none;color:inherit;font:inherit;cursor:pointer}\n";

char *page_document(Lang lang, const char *title, const char *body)
{
    g_autofree char *escaped = page_escape(title);

    /* An empty icon: without it a browser would ask for /favicon.ico. */
    return g_strconcat("<!DOCTYPE html>\n<html lang=\"", page_language_tag(lang),
                       "\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                       escaped, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>\n", style,
                       "</style>\n</head>\n<body>\n<main>\n", body, "</main>\n</body>\n</html>\n", NULL);
}
