/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.c - the one sentence about a frame, put together when somebody looks at it.
 *
 * The first row whose role the frame has gives the sentence; the clauses below it are added where they apply:
 * note_rows.c. A RST has the sentence of its cause: rst_causes.c.
 */
#include "note_rows.h"

static void append_reset(lab_note_view_t *v, GString *out)
{
    const lab_text_t cause = lab_rst_cause_text(v->d->reset->cause).text;
    g_string_append_printf(out, "RST%s", lab_text(LAB_TEXT_COLON, v->lang));
    lab_text_expand(out, cause.in[v->lang], lab_note_place, v);
}

void lab_note_parts(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame,
                    lab_lang_t lang, lab_note_part_t part, void *user)
{
    lab_note_view_t v = {.engine = engine, .r = annotation, .frame = frame, .lang = lang};
    v.d = lab_engine_detail(engine, annotation);
    v.conn = lab_engine_conn_of(engine, annotation);
    v.x = lab_engine_exchange(engine, annotation->exchange);
    GString *text = g_string_new(NULL);
    const lab_note_row_t *row = v.d && v.d->reset ? NULL : lab_note_sentence(&v);
    if (v.d && v.d->reset)
        append_reset(&v, text);
    else if (row)
        lab_text_expand(text, row->text.in[lang], lab_note_place, &v);
    part(user, row ? row->known : LAB_NOTE_FRAME, text->str);
    size_t place = 0;
    while ((row = lab_note_clause(&v, &place))) {
        g_string_truncate(text, 0);
        lab_text_expand(text, row->text.in[lang], lab_note_place, &v);
        part(user, row->known, text->str);
    }
    g_string_free(text, TRUE);
}

static void append_part(void *out, G_GNUC_UNUSED lab_note_known_t known, const char *text)
{
    g_string_append(out, text);
}

void lab_note(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame, lab_lang_t lang,
              GString *out)
{
    lab_note_parts(engine, annotation, frame, lang, append_part, out);
}
