/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.c - see html.h. */
#include "html.h"

#include "policy.h"

static const char style[] =
    ":root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#c62828;--part:#9a6700}"
    "@media(prefers-color-scheme:dark){:root{--good:#5fce7d;--bad:#ff8a80;--part:#e3b341}}"
    "body{margin:0;font:16px/1.5 system-ui,\"Noto Sans\",\"Noto Sans CJK SC\",sans-serif}"
    "main{max-width:62rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.2rem;margin:1.5rem 0 .5rem}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid "
    "var(--line);overflow-wrap:anywhere}"
    "td:first-child{min-width:9rem}td:last-child{min-width:11rem}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}th{overflow-wrap:"
    "normal}"
    ".right{color:var(--good)}.wrong{color:var(--bad)}.partly,.undecided{color:var(--part)}"
    "svg{max-width:100%;height:auto}svg text{fill:currentColor;font-size:12px}svg "
    "rect{fill:currentColor;opacity:.55}"
    "fieldset{border:1px solid var(--line);border-radius:.4rem;margin:1rem 0;padding:.6rem "
    "1rem}legend{font-weight:600;padding:0 .3rem}"
    "label{display:block;padding:.15rem 0}details{margin:.5rem "
    "0}a{color:inherit}footer{margin-top:2rem;opacity:.8;font-size:.9rem}"
    "@media print{details:not([open])>*{display:none}}";

void lab_html_escape(GString *out, const char *text)
{
    char *visible = lab_text_visible_copy(text), *escaped = g_markup_escape_text(visible, -1);
    g_string_append(out, escaped);
    g_free(visible);
    g_free(escaped);
}

void lab_html_begin(GString *out, const char *title, lab_lang_t language)
{
    g_string_append_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
                           language == LAB_LANG_ZH ? "zh-Hans" : "en");
    lab_policy_meta(out, style);
    g_string_append(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n"
                         "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    lab_html_escape(out, title);
    g_string_append_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style);
}

void lab_html_end(GString *out)
{
    g_string_append(out, "<footer><p>Lab " LAB_VERSION "</p></footer>\n</main>\n</body>\n</html>\n");
}
