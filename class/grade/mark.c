/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mark.c - see mark.h. */
#include "mark.h"

#include <math.h>
#include <string.h>

#include "expect.h"

enum { FRAMES_MOST = 30, NOTES_MOST = 4 };

/* What came of one item. */
typedef struct {
    const char *result;
    double points;
    GArray *frames; /* of guint */
    GString *said, *notes;
} lab_marked_t;

char *lab_points_text(double points)
{
    char room[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_formatd(room, sizeof room, "%.10g", round(points * 100) / 100));
}

static void show(lab_marked_t *m, const lab_finding_t *f)
{
    for (guint i = 0; i < f->frames->len && m->frames->len < FRAMES_MOST; i++) {
        guint frame = g_array_index(f->frames, guint, i);
        bool known = false;
        for (guint k = 0; k < m->frames->len && !known; k++)
            known = g_array_index(m->frames, guint, k) == frame;
        if (!known)
            g_array_append_val(m->frames, frame);
    }
}

static void say_finding(lab_marked_t *m, const lab_finding_t *f, lab_lang_t language)
{
    char *sentence = lab_finding_sentence(f, false, language);
    g_string_append_printf(m->said, "%s%s: %s", m->said->len ? "; " : "", f->claim, sentence);
    g_free(sentence);
}

/* ---- an item that is a statement ---- */

/* The first pair that is not right, of the entry that comes nearest. */
static const lab_finding_t *first_wrong(const GPtrArray *findings)
{
    for (guint i = 0; i < findings->len; i++) {
        const lab_finding_t *f = g_ptr_array_index(findings, i);
        if (f->verdict != LAB_RIGHT)
            return f;
    }
    return NULL;
}

static void mark_statement(lab_marked_t *m, const lab_item_t *item, const lab_facts_t *facts,
                           const char *student, lab_lang_t language)
{
    char *problem = NULL, count[16], possible[16];
    GPtrArray *nearest = NULL;
    guint doubtful = 0;
    lab_statement_t *statement = lab_statement_read(item->need, student, language, &problem);
    if (!statement) { /* the rubric was read before; a student's name cannot make a statement unreadable */
        g_string_assign(m->said, problem);
        g_free(problem);
        return;
    }
    guint holding = lab_judge_count(facts, statement, &nearest, &doubtful);
    g_snprintf(count, sizeof count, "%u", holding);
    g_snprintf(possible, sizeof possible, "%u", holding + doubtful);
    const lab_finding_t *wrong = first_wrong(nearest);
    m->result = lab_expect_same(item->count, count)                  ? "right"
                : doubtful && lab_expect_same(item->count, possible) ? "undecided"
                                                                     : "wrong";
    m->points = strcmp(m->result, "right") == 0 ? item->points : 0;
    if (wrong && m->points < item->points) {
        show(m, wrong);
        say_finding(m, wrong, language);
        lab_finding_notes(facts, wrong, NOTES_MOST, "", m->notes);
    } else {
        for (guint i = 0; i < nearest->len; i++)
            show(m, g_ptr_array_index(nearest, i));
    }
    if (strcmp(m->result, "wrong") == 0 && strcmp(item->count, "1..") != 0) {
        char *counted =
            lab_words_with(T_COUNTED, language, LAB_PLACES({"value", count}, {"count", item->count}));
        g_string_append_printf(m->said, "%s%s", m->said->len ? "; " : "", counted);
        g_free(counted);
    }
    g_ptr_array_unref(nearest);
    lab_statement_free(statement);
}

/* ---- an item that is the sheet ---- */

/* Nothing is wrong: the frames are those that show what is right. */
static void show_right(lab_marked_t *m, const lab_checked_t *checked)
{
    for (guint i = 0; i < checked->answers->len; i++) {
        const GPtrArray *findings = g_array_index(checked->answers, lab_answer_t, i).findings;
        for (guint n = 0; n < findings->len; n++)
            show(m, g_ptr_array_index(findings, n));
    }
}

static void mark_checked(lab_marked_t *m, const lab_item_t *item, const lab_facts_t *facts,
                         const lab_checked_t *checked, lab_lang_t language)
{
    char right[16], all[16];
    guint counted = checked->counts[LAB_RIGHT] + checked->counts[LAB_WRONG] + checked->counts[LAB_OPEN];
    for (guint i = 0; i < checked->answers->len; i++) {
        const lab_answer_t *a = &g_array_index(checked->answers, lab_answer_t, i);
        for (guint n = 0; n < a->findings->len; n++) {
            const lab_finding_t *f = g_ptr_array_index(a->findings, n);
            if (f->verdict != LAB_WRONG)
                continue;
            show(m, f);
            say_finding(m, f, language);
            lab_finding_notes(facts, f, 1, "", m->notes);
        }
    }
    if (!m->frames->len)
        show_right(m, checked);
    g_snprintf(right, sizeof right, "%u", checked->counts[LAB_RIGHT]);
    g_snprintf(all, sizeof all, "%u", counted);
    char *sum = lab_words_with(T_ANSWERED, language, LAB_PLACES({"right", right}, {"all", all}));
    g_string_prepend(m->said, m->said->len ? ". " : "");
    g_string_prepend(m->said, sum);
    g_free(sum);
    m->points = counted ? item->points * checked->counts[LAB_RIGHT] / counted : 0;
    m->result = !counted                                ? "undecided"
                : checked->counts[LAB_RIGHT] == counted ? "right"
                : checked->counts[LAB_RIGHT]            ? "partly"
                                                        : "wrong";
}

static void mark_sheet(lab_marked_t *m, const lab_item_t *item, const lab_facts_t *facts, const char *sheet,
                       const char *student, lab_lang_t language)
{
    lab_checked_t checked = {0};
    char *problem = NULL;
    if (!sheet)
        g_string_assign(m->said, lab_words(T_NO_SHEET, language));
    else if (lab_sheet_check(facts, sheet, student, language, &checked, &problem))
        mark_checked(m, item, facts, &checked, language);
    else
        g_string_assign(m->said, problem);
    lab_checked_clear(&checked);
    g_free(problem);
}

/* ---- JSON ---- */

static json_t *frames_array(const GArray *frames)
{
    json_t *array = json_array();
    for (guint i = 0; i < frames->len; i++)
        json_array_append_new(array, json_integer(g_array_index(frames, guint, i)));
    return array;
}

static json_t *lines_array(const GString *lines)
{
    json_t *array = json_array();
    char **parts = g_strsplit(lines->str, "\n", -1);
    for (char **part = parts; *part; part++)
        if (**part)
            json_array_append_new(array, lab_value_new(*part));
    g_strfreev(parts);
    return array;
}

static json_t *item_object(const lab_item_t *item, const lab_marked_t *m)
{
    json_t *o = json_object();
    json_object_set_new(o, "id", lab_value_new(item->id));
    json_object_set_new(o, "title", lab_value_new(item->title));
    json_object_set_new(o, "need", lab_value_new(item->need));
    json_object_set_new(o, "points", json_real(m->points));
    json_object_set_new(o, "of", json_real(item->points));
    json_object_set_new(o, "result", lab_value_new(m->result));
    json_object_set_new(o, "frames", frames_array(m->frames));
    json_object_set_new(o, "said", lab_value_new(m->said->str));
    json_object_set_new(o, "notes", lines_array(m->notes));
    return o;
}

/* NULL: null. */
static void put_text(json_t *o, const char *name, const char *text)
{
    char *visible = text ? lab_text_visible_copy(text) : NULL;
    json_object_set_new(o, name, lab_value_new(visible));
    g_free(visible);
}

static void put_base(json_t *o, const char *name, const char *path)
{
    char *base = path ? g_path_get_basename(path) : NULL;
    put_text(o, name, base);
    g_free(base);
}

json_t *lab_mark(const lab_rubric_t *rubric, const lab_submission_t *s, const lab_facts_t *facts,
                 const char *sheet, const char *problem, lab_lang_t language)
{
    json_t *o = json_object();
    json_t *items = json_array();
    char *student = lab_rubric_student(rubric, s->name);
    double points = 0, to_see = 0;
    for (guint i = 0; facts && i < rubric->items->len; i++) {
        const lab_item_t *item = g_ptr_array_index(rubric->items, i);
        lab_marked_t m = {"wrong", 0, g_array_new(FALSE, FALSE, sizeof(guint)), g_string_new(NULL),
                          g_string_new(NULL)};
        if (item->answers)
            mark_sheet(&m, item, facts, sheet, student, language);
        else
            mark_statement(&m, item, facts, student, language);
        points += m.points;
        to_see += strcmp(m.result, "undecided") == 0 ? item->points : 0;
        json_array_append_new(items, item_object(item, &m));
        g_array_unref(m.frames);
        g_string_free(m.said, TRUE);
        g_string_free(m.notes, TRUE);
    }
    put_text(o, "student", student);
    put_text(o, "name", s->name);
    put_base(o, "file", s->capture);
    put_base(o, "sheet", s->sheet);
    put_text(o, "page", facts ? s->safe : NULL);
    put_text(o, "problem", problem);
    json_object_set_new(o, "points", json_real(points));
    json_object_set_new(o, "of", json_real(rubric->points));
    json_object_set_new(o, "to_see", json_real(to_see));
    json_object_set_new(o, "items", items);
    g_free(student);
    return o;
}
