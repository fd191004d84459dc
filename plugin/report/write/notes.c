/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.c - see notes.h. */
#include "notes.h"
#include "texts.h"

/* Appends `text` on one line: "\n" and "\\" as two characters each. */
static void append_on_a_line(GString *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\n')
            g_string_append(out, "\\n");
        else if (*p == '\\')
            g_string_append(out, "\\\\");
        else
            g_string_append_c(out, *p);
    }
}

static void append_roles(GString *out, uint32_t roles)
{
    const char *between = "";
    for (unsigned i = 0; i < LAB_ROLES; i++) {
        if (!(roles & LAB_ROLE_BIT(i)))
            continue;
        g_string_append_printf(out, "%s%s", between, lab_roles[i].token);
        between = ", ";
    }
}

/* "[syn; client SYN-SENT, server LISTEN]": tokens, the same in every language. A name look-up has neither. */
static void append_tokens(GString *out, const lab_report_t *report, const lab_annotation_t *a)
{
    const lab_conn_t *conn = lab_engine_conn_of(report->engine, a);
    if (a->phase == LAB_PHASE_RESOLVE || !conn)
        return;
    unsigned client = lab_conn_client(conn);
    g_string_append(out, " [");
    append_roles(out, a->roles);
    g_string_append_printf(out, "; client %s, server %s]", lab_states[a->state[client]].token,
                           lab_states[a->state[!client]].token);
}

static void append_annotation(GString *out, const lab_report_t *report, const lab_annotation_t *a,
                              uint32_t frame)
{
    lab_note(report->engine, a, frame, report->lang, out);
    append_tokens(out, report, a);
}

/* All that is said of a frame, a line a TCP layer; false if there is nothing. */
static bool append_frame(GString *out, const lab_report_t *report, uint32_t frame)
{
    const lab_annotation_t *a = lab_engine_annotation(report->engine, frame);
    if (!a)
        return false;
    append_annotation(out, report, a, frame);
    for (unsigned n = 0; (a->marks & LAB_MARK_MORE); n++) {
        const lab_annotation_t *more = lab_engine_more(report->engine, frame, n);
        if (!more)
            break;
        g_string_append_c(out, '\n');
        append_annotation(out, report, more, frame);
    }
    return out->len > 0;
}

void lab_write_notes(const lab_report_t *report, const char *summary, GString *out)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(out, "frames\t%u\nsection\t", report->frames);
    append_on_a_line(out, summary);
    g_string_append_c(out, '\n');
    for (uint32_t frame = 1; report->engine && frame <= report->frames; frame++) {
        g_string_truncate(text, 0);
        if (!append_frame(text, report, frame))
            continue;
        g_string_append_printf(out, "%u\t", frame);
        append_on_a_line(out, text->str);
        g_string_append_c(out, '\n');
        lab_report_flush(report, out);
    }
    g_string_free(text, TRUE);
}
