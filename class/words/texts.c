/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.c - see texts.h. */
#include "texts.h"

#include <string.h>

static const lab_text_t table[T_COUNT] = {
#define TEXT(id, en, zh) [T_##id] = {{en, zh}},
#include "texts.def"
#undef TEXT
};

const char *const lab_subject_words[LAB_SUBJECTS] = {"capture", "connection", "exchange", "page", "frame"};

static const lab_name_t names[] = {
#define NAME(subject, name, null, options, place, en, zh)                                                    \
    {LAB_##subject, name, LAB_NULL_##null, OPTIONS_##options, PLACE_##place, {{en, zh}}},
#include "names.def"
#undef NAME
};

static const lab_option_t options[] = {
#define OPTION(group, token, en, zh) {OPTIONS_##group, token, {{en, zh}}},
#include "options.def"
#undef OPTION
};

/* Where the answer is, and the display filter that shows it. */
static const struct {
    const char *filter;
    lab_text_t text;
} places[PLACES] = {
    [PLACE_WHOLE] = {"tcp",
                     {{"Statistics > Conversations, and the whole list of frames",
                       "“统计 > 会话”以及整个分组列表"}}},
    [PLACE_ENDS] = {"tcp.stream == {stream}",
                    {{"the header fields Source and Destination", "源和目的的首部字段"}}},
    [PLACE_LOOKUP] = {"dns", {{"the DNS query and answer before the SYN", "SYN 之前的 DNS 请求和应答"}}},
    [PLACE_HANDSHAKE] = {"tcp.stream == {stream} && tcp.flags.syn == 1",
                         {{"the frames with SYN, and the ACK after them (RFC 9293 3.5)",
                           "带 SYN 的帧以及其后的 ACK（RFC 9293 3.5）"}}},
    [PLACE_PERSISTENCE] = {"tcp.stream == {stream} && (http || tcp.analysis.keep_alive)",
                           {{"HTTP version and the field Connection (RFC 9112 9.3)",
                             "HTTP 版本和 Connection 字段（RFC 9112 9.3）"}}},
    [PLACE_MESSAGES] = {"tcp.stream == {stream} && http",
                        {{"request line, status line and header fields", "请求行、状态行和首部字段"}}},
    [PLACE_ENDING] =
        {"tcp.stream == {stream} && (tcp.flags.fin == 1 || tcp.flags.reset == 1)",
         {{"the FINs, which frame acknowledges each, and in which order they were sent (RFC 9293 3.6)",
           "两个 FIN、各由哪一帧确认、发送的先后顺序（RFC 9293 3.6）"}}},
    [PLACE_RESETS] = {"tcp.stream == {stream} && tcp.flags.reset == 1",
                      {{"the RST, and the frames before it of either side (RFC 9293 3.5.2)",
                        "RST 以及它之前双方的帧（RFC 9293 3.5.2）"}}},
    [PLACE_PROBES] =
        {"tcp.stream == {stream} && tcp.len <= 1",
         {{"segments without data after a silence, and their sequence numbers (RFC 1122 4.2.3.6)",
           "静默之后不带数据的报文段及其序号（RFC 1122 4.2.3.6）"}}},
    [PLACE_SEGMENTS] = {"tcp.stream == {stream}",
                        {{"sequence and acknowledgment numbers, frame by frame", "逐帧的序号和确认号"}}},
    [PLACE_TLS] = {"tcp.stream == {stream} && tls.record.content_type != 23",
                   {{"which handshake messages there are, and which are missing (RFC 5246 7.3, RFC 8446 2)",
                     "有哪些握手消息、缺少哪些（RFC 5246 7.3，RFC 8446 2）"}}},
    [PLACE_THERE] = {"frame.number == {frame}",
                     {{"this frame and those before it on its connection",
                       "这一帧以及同一连接上它之前的帧"}}},
};

const char *lab_words(lab_text_id_t id, lab_lang_t language)
{
    return table[id].in[language];
}

char *lab_words_with(lab_text_id_t id, lab_lang_t language, const lab_place_t *filled)
{
    return lab_text_with(lab_words(id, language), filled);
}

/* "resets.N.cause" is "resets.0.cause"; "role.*" is "role.fin1". */
static bool fits(const char *row, const char *name)
{
    for (; *row; row++) {
        if (row[0] == '*')
            return *name != '\0';
        if (row[0] == 'N' && row[1] == '.') {
            size_t digits = strspn(name, "0123456789");
            if (digits == 0 || digits > 6)
                return false;
            name += digits;
        } else if (*row == *name) {
            name++;
        } else {
            return false;
        }
    }
    return *name == '\0';
}

const lab_name_t *lab_name_find(lab_subject_t subject, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].subject == subject && fits(names[i].name, name))
            return &names[i];
    bool inside = subject == LAB_EXCHANGE || subject == LAB_FRAME;
    return inside ? lab_name_find(LAB_CONNECTION, name) : NULL;
}

char *lab_name_list(lab_subject_t subject)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (names[i].subject == subject)
            g_string_append_printf(list, "%s%s", list->len ? " " : "", names[i].name);
    return g_string_free(list, FALSE);
}

const lab_option_t *lab_options_of(lab_options_group_t group, guint *count)
{
    guint first = 0;
    while (first < G_N_ELEMENTS(options) && options[first].group != group)
        first++;
    *count = 0;
    while (first + *count < G_N_ELEMENTS(options) && options[first + *count].group == group)
        ++*count;
    return options + first;
}

/* "both", "the client" and "keep-alive probe" say no more than their tokens. */
static bool says_the_same(const char *token, const char *text)
{
    const char *p = g_str_has_prefix(text, "the ") ? text + strlen("the ") : text;
    while (*p && *token && (g_ascii_tolower(*p) == g_ascii_tolower(*token) || (*p == ' ' && *token == '-'))) {
        p++;
        token++;
    }
    return !*p && !*token;
}

char *lab_option_text(lab_options_group_t group, const char *token, lab_lang_t language)
{
    guint count;
    const lab_option_t *rows = lab_options_of(group, &count);
    for (guint i = 0; group != OPTIONS_NO && i < count; i++)
        if (strcmp(rows[i].token, token) == 0 && *rows[i].text.in[language] &&
            !says_the_same(token, rows[i].text.in[language]))
            return g_strdup_printf(language == LAB_LANG_ZH ? "%s（%s）" : "%s (%s)", token,
                                   rows[i].text.in[language]);
    return g_strdup(token);
}

const char *lab_place_filter(lab_look_t place)
{
    return places[place].filter;
}

const char *lab_place_text(lab_look_t place, lab_lang_t language)
{
    return places[place].text.in[language];
}
