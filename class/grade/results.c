/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results.c - grades.csv, results.json, and the form that Gradescope reads; see results.h. */
#include "results.h"

#include <string.h>

#include "pages.h"

/* ---- grades.csv, RFC 4180 ---- */

/* A cell that begins like a formula is text all the same: spreadsheets obey "=". */
static void cell(GString *out, const char *text)
{
    g_string_append(out, out->len && out->str[out->len - 1] != '\n' ? ",\"" : "\"");
    if (*text && strchr("=+-@\t\r", *text))
        g_string_append_c(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *text);
    }
    g_string_append_c(out, '"');
}

static void points_cell(GString *out, double points)
{
    char *text = lab_points_text(points);
    g_string_append_printf(out, ",%s", text);
    g_free(text);
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void csv_head(const lab_rubric_t *rubric, GString *out)
{
    g_string_append(out, "student,points,of,to_see,file,problem,shared_with");
    for (guint i = 0; i < rubric->items->len; i++)
        cell(out, ((const lab_item_t *)g_ptr_array_index(rubric->items, i))->id);
    g_string_append(out, "\r\n");
}

/* The names of those that share connections with a student. */
static char *sharers(const lab_results_t *r, guint student)
{
    GString *names = g_string_new(NULL);
    for (guint i = 0; i < r->shared->len; i++) {
        const lab_shared_t *pair = &g_array_index(r->shared, lab_shared_t, i);
        if (pair->a != student && pair->b != student)
            continue;
        json_t *other = g_ptr_array_index(r->students, pair->a == student ? pair->b : pair->a);
        g_string_append_printf(names, "%s%s", names->len ? "; " : "", lab_value_string(other, "student"));
    }
    return g_string_free(names, FALSE);
}

static void csv_row(const lab_results_t *r, guint i, GString *out)
{
    json_t *student = g_ptr_array_index(r->students, i);
    const json_t *items = lab_value_list(student, "items");
    char *others = sharers(r, i);
    cell(out, lab_value_string(student, "student"));
    points_cell(out, lab_value_double(student, "points"));
    points_cell(out, lab_value_double(student, "of"));
    points_cell(out, lab_value_double(student, "to_see"));
    cell(out, or_empty(lab_value_string(student, "file")));
    cell(out, or_empty(lab_value_string(student, "problem")));
    cell(out, others);
    for (guint n = 0; n < r->class->rubric->items->len; n++) {
        if (n < json_array_size(items))
            points_cell(out, lab_value_double(json_array_get(items, n), "points"));
        else
            g_string_append(out, ",");
    }
    g_string_append(out, "\r\n");
    g_free(others);
}

static char *csv(const lab_results_t *r)
{
    GString *out = g_string_new(NULL);
    csv_head(r->class->rubric, out);
    for (guint i = 0; i < r->students->len; i++)
        csv_row(r, i, out);
    return g_string_free(out, FALSE);
}

/* ---- JSON ---- */

/* `object` is given back. */
static char *text_of(json_t *object)
{
    char *text = lab_value_write(object);
    json_decref(object);
    return text;
}

static json_t *shared_object(const lab_results_t *r, const lab_shared_t *pair)
{
    json_t *o = json_object();
    json_t *both = json_array(), *ports = json_array();
    char *said = lab_shared_sentence(r, pair);
    json_array_append_new(
        both, lab_value_new(lab_value_string(g_ptr_array_index(r->students, pair->a), "student")));
    json_array_append_new(
        both, lab_value_new(lab_value_string(g_ptr_array_index(r->students, pair->b), "student")));
    for (guint i = 0; i < pair->ports->len; i++)
        json_array_append_new(ports, json_integer(g_array_index(pair->ports, guint16, i)));
    json_object_set_new(o, "students", both);
    json_object_set_new(o, "client_ports", ports);
    json_object_set_new(o, "segments", json_integer(pair->count));
    json_object_set_new(o, "later_by", json_real((double)pair->least / 1e9));
    json_object_set_new(o, "said", lab_value_new(said));
    g_free(said);
    return o;
}

static char *json(const lab_results_t *r)
{
    json_t *o = json_object();
    json_t *students = json_array(), *shared = json_array();
    for (guint i = 0; i < r->students->len; i++)
        json_array_append_new(students, json_incref(g_ptr_array_index(r->students, i)));
    for (guint i = 0; i < r->shared->len; i++)
        json_array_append_new(shared, shared_object(r, &g_array_index(r->shared, lab_shared_t, i)));
    json_object_set_new(o, "rubric", lab_value_new(r->class->rubric->title));
    json_object_set_new(o, "of", json_real(r->class->rubric->points));
    json_object_set_new(o, "students", students);
    json_object_set_new(o, "shared", shared);
    return text_of(o);
}

/* ---- Gradescope's results.json, one for each submission ---- */

static json_t *gradescope_test(json_t *item, lab_lang_t language)
{
    json_t *o = json_object();
    GString *said = g_string_new(lab_value_string(item, "said"));
    const json_t *frames = lab_value_list(item, "frames");
    g_string_append_printf(said, "%s%s:", said->len ? "\n" : "", lab_words(T_H_FRAMES, language));
    for (guint i = 0; i < json_array_size(frames); i++)
        g_string_append_printf(said, " %" JSON_INTEGER_FORMAT, json_integer_value(json_array_get(frames, i)));
    json_object_set_new(o, "name", lab_value_new(lab_value_string(item, "title")));
    json_object_set_new(o, "score", json_real(lab_value_double(item, "points")));
    json_object_set_new(o, "max_score", json_real(lab_value_double(item, "of")));
    json_object_set_new(o, "output", lab_value_new(said->str));
    g_string_free(said, TRUE);
    return o;
}

static char *gradescope(const lab_results_t *r, json_t *student)
{
    json_t *o = json_object();
    const json_t *items = lab_value_list(student, "items");
    json_t *tests = json_array();
    for (guint i = 0; i < json_array_size(items); i++)
        json_array_append_new(tests, gradescope_test(json_array_get(items, i), r->class->language));
    json_object_set_new(o, "score", json_real(lab_value_double(student, "points")));
    json_object_set_new(o, "output", lab_value_new(or_empty(lab_value_string(student, "problem"))));
    json_object_set_new(o, "tests", tests);
    return text_of(o);
}

static bool write_gradescope(const lab_results_t *r, char **problem)
{
    bool good = true;
    for (guint i = 0; good && i < r->students->len; i++) {
        const lab_submission_t *s = g_ptr_array_index(r->class->submissions, i);
        char *name =
            r->students->len == 1 ? g_strdup("results.json") : g_strdup_printf("students/%s.json", s->safe);
        char *text = gradescope(r, g_ptr_array_index(r->students, i));
        good = lab_write_file(r->class, name, text, -1, problem);
        g_free(text);
        g_free(name);
    }
    return good;
}

bool lab_write_results(const lab_results_t *r, char **problem)
{
    char *table = csv(r), *all = json(r), *page = lab_overview_page(r);
    bool good = lab_write_file(r->class, "grades.csv", table, -1, problem) &&
                lab_write_file(r->class, "results.json", all, -1, problem) &&
                lab_write_file(r->class, "index.html", page, -1, problem) &&
                (!r->class->gradescope || write_gradescope(r, problem));
    g_free(table);
    g_free(all);
    g_free(page);
    return good;
}
