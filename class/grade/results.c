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
        JsonObject *other = g_ptr_array_index(r->students, pair->a == student ? pair->b : pair->a);
        g_string_append_printf(names, "%s%s", names->len ? "; " : "", lab_json_string(other, "student"));
    }
    return g_string_free(names, FALSE);
}

static void csv_row(const lab_results_t *r, guint i, GString *out)
{
    JsonObject *student = g_ptr_array_index(r->students, i);
    JsonArray *items = lab_json_array(student, "items");
    char *others = sharers(r, i);
    cell(out, lab_json_string(student, "student"));
    points_cell(out, lab_json_double(student, "points"));
    points_cell(out, lab_json_double(student, "of"));
    points_cell(out, lab_json_double(student, "to_see"));
    cell(out, or_empty(lab_json_string(student, "file")));
    cell(out, or_empty(lab_json_string(student, "problem")));
    cell(out, others);
    for (guint n = 0; n < r->class->rubric->items->len; n++) {
        if (n < json_array_get_length(items))
            points_cell(out, lab_json_double(json_array_get_object_element(items, n), "points"));
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

static char *text_of(JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    char *text = json_to_string(node, TRUE), *line = g_strconcat(text, "\n", NULL);
    json_node_free(node);
    g_free(text);
    return line;
}

static JsonObject *shared_object(const lab_results_t *r, const lab_shared_t *pair)
{
    JsonObject *o = json_object_new();
    JsonArray *both = json_array_new(), *ports = json_array_new();
    char *said = lab_shared_sentence(r, pair);
    json_array_add_string_element(both, lab_json_string(g_ptr_array_index(r->students, pair->a), "student"));
    json_array_add_string_element(both, lab_json_string(g_ptr_array_index(r->students, pair->b), "student"));
    for (guint i = 0; i < pair->ports->len; i++)
        json_array_add_int_element(ports, g_array_index(pair->ports, guint16, i));
    json_object_set_array_member(o, "students", both);
    json_object_set_array_member(o, "client_ports", ports);
    json_object_set_int_member(o, "segments", pair->count);
    json_object_set_double_member(o, "later_by", (double)pair->least / 1e9);
    json_object_set_string_member(o, "said", said);
    g_free(said);
    return o;
}

static char *json(const lab_results_t *r)
{
    JsonObject *o = json_object_new();
    JsonArray *students = json_array_new(), *shared = json_array_new();
    for (guint i = 0; i < r->students->len; i++)
        json_array_add_object_element(students, json_object_ref(g_ptr_array_index(r->students, i)));
    for (guint i = 0; i < r->shared->len; i++)
        json_array_add_object_element(shared, shared_object(r, &g_array_index(r->shared, lab_shared_t, i)));
    json_object_set_string_member(o, "rubric", r->class->rubric->title);
    json_object_set_double_member(o, "of", r->class->rubric->points);
    json_object_set_array_member(o, "students", students);
    json_object_set_array_member(o, "shared", shared);
    return text_of(o);
}

/* ---- Gradescope's results.json, one for each submission ---- */

static JsonObject *gradescope_test(JsonObject *item, lab_lang_t language)
{
    JsonObject *o = json_object_new();
    GString *said = g_string_new(lab_json_string(item, "said"));
    JsonArray *frames = lab_json_array(item, "frames");
    g_string_append_printf(said, "%s%s:", said->len ? "\n" : "", lab_words(T_H_FRAMES, language));
    for (guint i = 0; i < json_array_get_length(frames); i++)
        g_string_append_printf(said, " %" G_GINT64_FORMAT, json_array_get_int_element(frames, i));
    json_object_set_string_member(o, "name", lab_json_string(item, "title"));
    json_object_set_double_member(o, "score", lab_json_double(item, "points"));
    json_object_set_double_member(o, "max_score", lab_json_double(item, "of"));
    json_object_set_string_member(o, "output", said->str);
    g_string_free(said, TRUE);
    return o;
}

static char *gradescope(const lab_results_t *r, JsonObject *student)
{
    JsonObject *o = json_object_new();
    JsonArray *tests = json_array_new(), *items = lab_json_array(student, "items");
    for (guint i = 0; i < json_array_get_length(items); i++)
        json_array_add_object_element(
            tests, gradescope_test(json_array_get_object_element(items, i), r->class->language));
    json_object_set_double_member(o, "score", lab_json_double(student, "points"));
    json_object_set_string_member(o, "output", or_empty(lab_json_string(student, "problem")));
    json_object_set_array_member(o, "tests", tests);
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
