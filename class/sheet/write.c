/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write.c - a sheet of blanks; see sheet.h. */
#include <string.h>

#include "sheet.h"

enum { COMMENT_AT = 40, STATES_MOST = 12 };

/* The sheet that is being written. */
typedef struct {
    const lab_facts_t *facts;
    lab_lang_t language;
    GString *out;
} lab_sheet_t;

static void comment(const lab_sheet_t *s, const char *text)
{
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        g_string_append_printf(s->out, "# %s\n", *line);
    g_strfreev(lines);
}

static void append_options(const lab_sheet_t *s, lab_options_group_t group)
{
    guint count;
    const lab_option_t *rows = lab_options_of(group, &count);
    for (guint i = 0; group != OPTIONS_NO && group != OPTIONS_STATE && i < count; i++)
        g_string_append_printf(s->out, "%s%s", i ? ", " : ": ", rows[i].token);
}

/* "connection 0 open.syn=     # Frame of the SYN". */
static void blank(const lab_sheet_t *s, lab_subject_t subject, gint64 number, const char *name)
{
    const lab_name_t *row = lab_name_find(subject, name);
    char *line = g_strdup_printf("%s %" G_GINT64_FORMAT " %s=", lab_subject_words[subject], number, name);
    g_string_append_printf(s->out, "%-*s # %s", COMMENT_AT, line, row->question.in[s->language]);
    append_options(s, row->options);
    g_string_append_c(s->out, '\n');
    g_free(line);
}

static void blanks(const lab_sheet_t *s, lab_subject_t subject, gint64 number, const char *const *names)
{
    for (; *names; names++)
        blank(s, subject, number, *names);
}

/* The states of both ends after the frames that change them. */
static void states(const lab_sheet_t *s, const json_t *frames, guint *room)
{
    for (guint i = 0; frames && i < json_array_size(frames) && *room > 0; i++, --*room) {
        gint64 frame = lab_value_whole(json_array_get(frames, i));
        blank(s, LAB_FRAME, frame, "client");
        blank(s, LAB_FRAME, frame, "server");
    }
}

static void messages(const lab_sheet_t *s, gint64 stream)
{
    guint count = 0;
    for (guint i = 0; i < lab_facts_count(s->facts, LAB_EXCHANGE); i++) {
        lab_entry_t x = lab_facts_at(s->facts, LAB_EXCHANGE, i);
        if (lab_facts_stream(s->facts, &x) != stream)
            continue;
        count++;
        blanks(s, LAB_EXCHANGE, x.number,
               (const char *const[]){"request_frame", "response_frame", "status", "object", NULL});
    }
    if (count > 1)
        blank(s, LAB_CONNECTION, stream, "kept_open");
}

static void opening(const lab_sheet_t *s, gint64 stream, const json_t *c, guint *room)
{
    const json_t *frames = lab_value_list(lab_value_object(c, "open"), "frames");
    blanks(s, LAB_CONNECTION, stream, (const char *const[]){"client.port", "server.port", NULL});
    if (!frames || !json_array_size(frames))
        return;
    blanks(s, LAB_CONNECTION, stream,
           (const char *const[]){"open.kind", "open.syn", "open.syn_ack", "open.ack", "client.isn",
                                 "server.isn", NULL});
    states(s, frames, room);
}

static void ending(const lab_sheet_t *s, gint64 stream, const json_t *c, guint *room)
{
    const json_t *resets = lab_value_list(c, "resets");
    blanks(s, LAB_CONNECTION, stream,
           (const char *const[]){"close.kind", "close.first", "close.time_wait", "close.lossless", NULL});
    states(s, lab_value_list(lab_value_object(c, "close"), "frames"), room);
    blank(s, LAB_CONNECTION, stream, "resets");
    for (guint i = 0; resets && i < json_array_size(resets); i++) {
        char *name = g_strdup_printf("resets.%u.cause", i);
        blank(s, LAB_CONNECTION, stream, name);
        g_free(name);
    }
}

static void connection(const lab_sheet_t *s, const lab_entry_t *entry)
{
    guint room = STATES_MOST;
    const json_t *c = entry->object, *client = lab_value_object(c, "client"),
                 *server = lab_value_object(c, "server");
    g_string_append_printf(
        s->out, "\n# %s %" G_GINT64_FORMAT ": %s <-> %s, %s %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "\n",
        lab_subject_words[LAB_CONNECTION], entry->number, lab_value_string(client, "address"),
        lab_value_string(server, "address"), lab_subject_words[LAB_FRAME], lab_value_number(c, "first_frame"),
        lab_value_number(c, "last_frame"));
    opening(s, entry->number, c, &room);
    if (lab_value_object(c, "tls"))
        blanks(s, LAB_CONNECTION, entry->number,
               (const char *const[]){"tls.kind", "tls.step.client-hello", "tls.step.server-hello",
                                     "tls.step.certificate", NULL});
    messages(s, entry->number);
    blanks(
        s, LAB_CONNECTION, entry->number,
        (const char *const[]){"role.keepalive-probe", "role.keepalive-answer", "role.retransmission", NULL});
    ending(s, entry->number, c, &room);
}

void lab_sheet_write(const lab_facts_t *facts, const char *capture, lab_lang_t language, GString *out)
{
    const lab_sheet_t sheet = {facts, language, out};
    char *base = g_path_get_basename(capture),
         *head = lab_words_with(T_SHEET_HEAD, language, LAB_PLACES({"value", base}));
    comment(&sheet, head);
    g_free(head);
    g_free(base);
    for (guint i = 0; i < lab_facts_count(facts, LAB_CONNECTION); i++) {
        lab_entry_t entry = lab_facts_at(facts, LAB_CONNECTION, i);
        connection(&sheet, &entry);
    }
}
