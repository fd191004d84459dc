/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http_status.c - look-ups in http_status.def; see http_status.h. */
#include "http_status.h"

#include <stdlib.h>

static const lab_status_word_t statuses[] = {
#define STATUS(code, phrase, source, en, zh) {code, phrase, source, {{en, zh}}},
#include "http_status.def"
#undef STATUS
};

static const lab_text_t unknown_status[] = {
    {{"Unknown: no status code of HTTP", "未知：不是 HTTP 的状态码"}},
    {{"Unknown code of the class 1xx: for information, the response is still to come",
      "未知的 1xx 类状态码：提示信息，真正的响应还未到"}},
    {{"Unknown code of the class 2xx: success", "未知的 2xx 类状态码：成功"}},
    {{"Unknown code of the class 3xx: more is to be done, mostly at another address",
      "未知的 3xx 类状态码：还需进一步操作，通常转到另一个地址"}},
    {{"Unknown code of the class 4xx: an error of the client", "未知的 4xx 类状态码：客户端错误"}},
    {{"Unknown code of the class 5xx: an error of the server", "未知的 5xx 类状态码：服务器错误"}}};

const lab_status_word_t *lab_status_words(size_t *count)
{
    *count = G_N_ELEMENTS(statuses);
    return statuses;
}

static int compare_status(const void *key, const void *row)
{
    return *(const uint16_t *)key - ((const lab_status_word_t *)row)->code;
}

const lab_status_word_t *lab_status_word(uint16_t code)
{
    return bsearch(&code, statuses, G_N_ELEMENTS(statuses), sizeof *statuses, compare_status);
}

const char *lab_status_meaning(uint16_t code, lab_lang_t lang)
{
    const lab_status_word_t *row = lab_status_word(code);
    unsigned class = code / 100;
    return row ? row->text.in[lang]
               : unknown_status[class < G_N_ELEMENTS(unknown_status) ? class : 0].in[lang];
}
