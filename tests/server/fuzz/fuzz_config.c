/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: a config file and a page that is filled from it. The first line that is "%%" divides the input
 * in the two. */
#include <stdint.h>
#include <string.h>

#include "config.h"
#include "html.h"
#include "template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *content = g_strndup((const char *)data, size);
    char *page = strstr(content, "\n%%\n");
    size_t length = size;

    if (page) {
        length = (size_t)(page - content) + 1;
        page += 4;
    }
    config_t *config = config_new();
    if (config_add_text(config, content, length, "student.ini", "student", "")) {
        for (lab_lang_t lang = LAB_LANG_EN; lang < LAB_LANGS; lang++) {
            g_autofree char *html =
                template_fill(page ? page : "{{name}}{{?class}}{{class}}{{/class}}", config, lang);
            g_autofree char *value = config_value(config, "name", lang);
            g_autofree char *escaped = value ? html_escape(value) : NULL;
            if (escaped && (strpbrk(escaped, "<>\"'") || !g_utf8_validate(escaped, -1, NULL)))
                __builtin_trap();
        }
        config_report_unused(config);
    }
    config_free(config);
    return 0;
}
