/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.c - the engine's texts; see texts.h. Their rows are in texts.def. */
#include "texts.h"

#include <string.h>

void lab_text_duration(GString *out, int64_t ns, lab_lang_t lang)
{
    /* each limit is the value that would be rounded up to 1 of the next unit: 999.6 µs is written 1.00 ms */
    double s = (double)ns / 1e9;
    if (ns < 0)
        g_string_append(out, lab_text(LAB_TEXT_UNKNOWN_TIME, lang));
    else if (s < 999.5e-6)
        g_string_append_printf(out, "%.0f µs", s * 1e6);
    else if (s < 0.999995)
        g_string_append_printf(out, "%.2f ms", s * 1e3);
    else
        g_string_append_printf(out, "%.2f s", s);
}

static const lab_text_t texts[LAB_TEXTS] = {
#define LAB_TEXT(id, en, zh) [LAB_TEXT_##id] = {{en, zh}},
#include "texts.def"
#undef LAB_TEXT
};

static bool fill_meaning(void *meaning, const char *name, GString *out)
{
    if (strcmp(name, "meaning") != 0)
        return false;
    g_string_append(out, meaning);
    return true;
}

void lab_text_means(GString *out, const char *meaning, lab_lang_t lang)
{
    lab_text_expand(out, lab_text(LAB_TEXT_MEANS, lang), fill_meaning, (void *)meaning);
}

const char *lab_text(lab_text_id_t id, lab_lang_t lang)
{
    return texts[id].in[lang];
}

const char *lab_text_object(const char *token, lab_lang_t lang)
{
    static const struct {
        const char *token;
        lab_text_t text;
    } rows[] = {{"page", {{"page", "网页"}}},
                {"image", {{"image", "图片"}}},
                {"audio", {{"audio", "音频"}}},
                {"video", {{"video", "视频"}}},
                {"icon", {{"icon", "图标"}}},
                {"style", {{"style", "样式"}}},
                {"script", {{"script", "脚本"}}},
                {"redirect", {{"redirect", "重定向"}}},
                {"not-modified", {{"not modified", "未修改"}}},
                {"error", {{"error", "错误"}}},
                {"other", {{"other", "其他"}}}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].token, token) == 0)
            return rows[i].text.in[lang];
    return NULL;
}
