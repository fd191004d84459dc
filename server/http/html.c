/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.c - see html.h. */
#include "html.h"

#include <string.h>

#include "policy.h"
#include "texts.h"

const char *html_language_tag(lab_lang_t lang)
{
    return lang == LAB_LANG_ZH ? "zh-CN" : "en";
}

char *html_escape(const char *string)
{
    g_autofree char *valid = g_utf8_make_valid(string, -1);

    return g_markup_escape_text(valid, -1);
}

char *html_escape_line(const char *string)
{
    g_autofree char *visible = lab_text_visible_copy(string);

    return g_markup_escape_text(visible, -1);
}

/* All that stands between <style> and </style>. */
static const char style[] =
    "\n:root{color-scheme:light "
    "dark;--ink:#16324f;--soft:#51667c;--ground:#f4f7fb;--card:#fff;--line:#d5dfea;"
    "--accent:#0b6e99}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4edf6;--soft:#a9bccf;--ground:#101a26;--card:#182636;"
    "--line:#2c3f54;--accent:#5cc2ee}}\n"
    "body{margin:0;background:var(--ground);color:var(--ink);line-height:1.6;"
    "font-family:system-ui,-apple-system,\"Segoe UI\",\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft "
    "YaHei\","
    "sans-serif}\n"
    "main{max-width:52rem;margin:0 auto;padding:2rem 1.2rem}\n"
    "h1{font-size:1.8rem;line-height:1.25}h2{font-size:1.35rem;margin:2rem 0 0}h3{font-size:1.15rem;margin:0}"
    "a{color:var(--accent)}nav a{margin-right:1.2rem}\n"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:.7rem;padding:1rem 1.2rem;"
    "margin:1rem 0}\n"
    "dt{color:var(--soft);font-size:.85rem;margin-top:.6rem}dd{margin:0}\n"
    "code{overflow-wrap:anywhere;background:var(--ground);padding:.1rem .35rem;border-radius:.3rem}\n"
    ".run{display:inline-block;margin-top:.8rem;padding:.35rem .9rem;border-radius:.4rem;border:1px solid "
    "var(--accent);text-decoration:none}\n"
    ".soft{color:var(--soft)}\n"
    "input,textarea{max-width:100%;box-sizing:border-box;font:inherit}pre{white-space:pre-wrap;overflow-wrap:"
    "anywhere}\n"
    "button{background:none;color:inherit;font:inherit;cursor:pointer}\n"
    "button.copy{margin-left:.5rem;padding:0 .5rem;border:1px solid var(--line);border-radius:.3rem;"
    "font-size:.85rem}\n"
    ".qr{display:block;width:min(100%,70vh);border-radius:.5rem}.large{font-size:clamp(1.2rem,4vw,2.6rem)}\n";

/* All that stands between <script> and </script>: a button beside each text that is to be copied. It selects
 * the text first, so that pages of other computers can copy too: there browsers have no navigator.clipboard
 * (Clipboard API: secure contexts only). */
static const char copy_script[] =
    "\n{const words=document.currentScript.dataset;\n"
    "for(const code of document.querySelectorAll('code.copy')){const "
    "button=document.createElement('button');\n"
    "button.type='button';button.className='copy';button.textContent=words.copy;\n"
    "button.addEventListener('click',()=>{getSelection().selectAllChildren(code);\n"
    "if(document.execCommand('copy'))button.textContent=words.copied});\n"
    "code.after(button)}}\n";

/* `scripts` are the sources of scripts. */
static char *policy(const char *scripts)
{
    g_autofree char *style_source = lab_policy_hash(style);

    return g_strdup_printf("default-src 'none'; style-src %s; img-src 'self' data:; script-src %s; "
                           "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
                           style_source, scripts);
}

static bool has_copies(const char *html)
{
    return strstr(html, HTML_COPY_BEGIN);
}

const char *html_policy(const char *html)
{
    static gsize made;
    static char *without;
    static char *with;

    if (g_once_init_enter(&made)) {
        g_autofree char *copy = lab_policy_hash(copy_script);
        without = policy("'none'");
        with = policy(copy);
        g_once_init_leave(&made, 1);
    }
    return has_copies(html) ? with : without;
}

char *html_policy_with(const char *script)
{
    g_autofree char *source = lab_policy_hash(script);
    g_autofree char *copy = lab_policy_hash(copy_script);
    g_autofree char *both = g_strdup_printf("%s %s", source, copy);

    return policy(both);
}

/* The script, if there is something to copy. */
static char *copy_html(lab_lang_t lang, const char *body)
{
    if (!has_copies(body))
        return g_strdup("");
    return g_strdup_printf("<script data-copy=\"%s\" data-copied=\"%s\">%s</script>\n",
                           text(lang, T_LAB_COPY), text(lang, T_LAB_COPIED), copy_script);
}

char *html_document(lab_lang_t lang, const char *title, const char *body)
{
    g_autofree char *escaped = html_escape(title);
    g_autofree char *script = copy_html(lang, body);

    /* An empty icon: without it a browser would ask for /favicon.ico. */
    return g_strconcat("<!DOCTYPE html>\n<html lang=\"", html_language_tag(lang),
                       "\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
                       escaped, "</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>", style,
                       "</style>\n</head>\n<body>\n<main>\n", body, "</main>\n", script, "</body>\n</html>\n",
                       NULL);
}
