/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages.c - the page of a student, and the one of the class; see pages.h. */
#include "pages.h"

#include <math.h>
#include <string.h>

#include "html.h"

enum { BINS = 10, BIN_WIDTH = 48, BIN_HEIGHT = 120 };

static void put_points(GString *out, double points)
{
    char *text = lab_points_text(points);
    g_string_append(out, text);
    g_free(text);
}

static void put_heads(GString *out, lab_lang_t language, const lab_text_id_t *heads, guint count)
{
    g_string_append(out, "<div class=\"wide\"><table>\n<thead><tr>");
    for (guint i = 0; i < count; i++)
        g_string_append_printf(out, "<th scope=\"col\">%s</th>", lab_words(heads[i], language));
    g_string_append(out, "</tr></thead>\n<tbody>\n");
}

/* ---- the page of a student ---- */

static lab_text_id_t result_word(const char *result)
{
    return strcmp(result, "right") == 0    ? T_H_RIGHT
           : strcmp(result, "partly") == 0 ? T_H_PARTLY
           : strcmp(result, "wrong") == 0  ? T_H_WRONG
                                           : T_H_UNDECIDED;
}

/* The frames that the report has a place for. */
static GHashTable *places_in(const char *report)
{
    static const char before[] = " id=\"frame-";
    GHashTable *places = g_hash_table_new(NULL, NULL);
    for (const char *p = report; (p = strstr(p, before));) {
        p += strlen(before);
        g_hash_table_add(places, GUINT_TO_POINTER((guint)g_ascii_strtoull(p, NULL, 10)));
    }
    return places;
}

/* A frame is a link where the report has a place for it. */
static void put_frames(GString *out, const json_t *frames, GHashTable *places)
{
    for (guint i = 0; i < json_array_size(frames); i++) {
        gint64 frame = json_integer_value(json_array_get(frames, i));
        bool there = g_hash_table_contains(places, GUINT_TO_POINTER((guint)frame));
        g_string_append(out, i ? ", " : "");
        if (there)
            g_string_append_printf(out, "<a href=\"#frame-%" G_GINT64_FORMAT "\">", frame);
        g_string_append_printf(out, there ? "%" G_GINT64_FORMAT "</a>" : "%" G_GINT64_FORMAT, frame);
    }
}

static void put_why(GString *out, const json_t *item)
{
    const json_t *notes = lab_value_list(item, "notes");
    lab_html_escape(out, lab_value_string(item, "said"));
    for (guint i = 0; i < json_array_size(notes); i++) {
        g_string_append(out, "<br>");
        lab_html_escape(out, json_string_value(json_array_get(notes, i)));
    }
}

static void put_item(GString *out, const json_t *item, GHashTable *places, lab_lang_t language)
{
    const char *result = lab_value_string(item, "result");
    g_string_append(out, "<tr><td>");
    lab_html_escape(out, lab_value_string(item, "title"));
    g_string_append(out, "<br><code>");
    lab_html_escape(out, lab_value_string(item, "need"));
    g_string_append_printf(out, "</code></td><td class=\"%s\">%s</td><td class=\"n\">", result,
                           lab_words(result_word(result), language));
    put_points(out, lab_value_double(item, "points"));
    g_string_append(out, " / ");
    put_points(out, lab_value_double(item, "of"));
    g_string_append(out, "</td><td>");
    put_frames(out, lab_value_list(item, "frames"), places);
    g_string_append(out, "</td><td>");
    put_why(out, item);
    g_string_append(out, "</td></tr>\n");
}

static void put_items(GString *out, const lab_class_t *c, json_t *student, const char *report)
{
    static const lab_text_id_t heads[] = {T_H_ITEM, T_H_RESULT, T_H_POINTS, T_H_FRAMES, T_H_WHY};
    const json_t *items = lab_value_list(student, "items");
    GHashTable *places = places_in(report);
    g_string_append(out, "<section id=\"items\">\n<h2>");
    lab_html_escape(out, lab_value_string(student, "student"));
    g_string_append(out, ": ");
    put_points(out, lab_value_double(student, "points"));
    g_string_append(out, " / ");
    put_points(out, lab_value_double(student, "of"));
    g_string_append(out, "</h2>\n<p><a href=\"../index.html\">");
    g_string_append_printf(out, "%s</a> &middot; ", lab_words(T_H_BACK, c->language));
    lab_html_escape(out, c->rubric->title);
    if (lab_value_string(student, "problem")) {
        g_string_append(out, " &middot; ");
        lab_html_escape(out, lab_value_string(student, "problem"));
    }
    g_string_append(out, "</p>\n");
    put_heads(out, c->language, heads, G_N_ELEMENTS(heads));
    for (guint i = 0; i < json_array_size(items); i++)
        put_item(out, json_array_get(items, i), places, c->language);
    g_hash_table_unref(places);
    g_string_append(out, "</tbody></table></div>\n</section>\n");
}

/* The items stand behind the report's first section, which has its title. */
char *lab_student_page(const lab_class_t *c, json_t *student, const char *report)
{
    const char *section = strstr(report, "</section>\n");
    GString *out = g_string_new(NULL);
    if (section) {
        section += strlen("</section>\n");
        g_string_append_len(out, report, section - report);
        put_items(out, c, student, report);
        g_string_append(out, section);
    } else {
        lab_html_begin(out, lab_value_string(student, "student"), c->language);
        put_items(out, c, student, report);
        lab_html_end(out);
    }
    return g_string_free(out, FALSE);
}

/* ---- the page of the class ---- */

/* How many students have how many tenths of the points. Unreadable captures are not among them. */
static void count_bins(const lab_results_t *r, guint *bins, double *sum, guint *counted)
{
    for (guint i = 0; i < r->students->len; i++) {
        json_t *s = g_ptr_array_index(r->students, i);
        double of = lab_value_double(s, "of"), points = lab_value_double(s, "points");
        if (!lab_value_string(s, "page"))
            continue;
        guint bin = of > 0 ? (guint)floor(points / of * BINS) : 0;
        bins[MIN(bin, BINS - 1)]++;
        *sum += points;
        ++*counted;
    }
}

static void put_bins(const lab_results_t *r, const guint *bins, GString *out)
{
    guint most = 1;
    for (guint i = 0; i < BINS; i++)
        most = MAX(most, bins[i]);
    g_string_append_printf(
        out, "<svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n",
        BINS * BIN_WIDTH, BIN_HEIGHT + 40, BINS * BIN_WIDTH, BIN_HEIGHT + 40,
        lab_words(T_H_DISTRIBUTION, r->class->language));
    for (guint i = 0; i < BINS; i++) {
        guint height = bins[i] * BIN_HEIGHT / most, x = i * BIN_WIDTH;
        g_string_append_printf(out,
                               "<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\"/>"
                               "<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">%u</text>"
                               "<text x=\"%u\" y=\"%d\" text-anchor=\"middle\">%u–%u</text>\n",
                               x + 4, 20 + BIN_HEIGHT - height, BIN_WIDTH - 8, height, x + BIN_WIDTH / 2,
                               15 + BIN_HEIGHT - height, bins[i], x + BIN_WIDTH / 2, BIN_HEIGHT + 36,
                               i * 100 / BINS, i + 1 < BINS ? (i + 1) * 100 / BINS - 1 : 100);
    }
    g_string_append(out, "</svg>\n");
}

static void put_distribution(const lab_results_t *r, GString *out)
{
    guint bins[BINS] = {0}, counted = 0;
    double sum = 0;
    char count[16];
    count_bins(r, bins, &sum, &counted);
    g_snprintf(count, sizeof count, "%u", r->students->len);
    char *mean = lab_points_text(counted ? sum / counted : 0),
         *of = lab_points_text(r->class->rubric->points);
    char *text = lab_words_with(T_H_MEAN, r->class->language,
                                LAB_PLACES({"count", count}, {"mean", mean}, {"of", of}));
    g_string_append_printf(out, "<p>%s</p>\n<h2>%s</h2>\n", text,
                           lab_words(T_H_DISTRIBUTION, r->class->language));
    put_bins(r, bins, out);
    g_free(text);
    g_free(mean);
    g_free(of);
}

/* One row a student; in the cells of the items the points. */
static void put_student(const lab_results_t *r, json_t *s, GString *out)
{
    const char *page = lab_value_string(s, "page"), *problem = lab_value_string(s, "problem");
    const json_t *items = lab_value_list(s, "items");
    char *link = page ? g_uri_escape_string(page, NULL, FALSE) : NULL;
    g_string_append(out, "<tr><td>");
    if (link)
        g_string_append_printf(out, "<a href=\"students/%s.html\">", link);
    lab_html_escape(out, lab_value_string(s, "student"));
    g_string_append(out, link ? "</a></td><td class=\"n\">" : "</td><td class=\"n\">");
    put_points(out, lab_value_double(s, "points"));
    g_string_append(out, "</td>");
    for (guint i = 0; i < r->class->rubric->items->len; i++) {
        json_t *item = i < json_array_size(items) ? json_array_get(items, i) : NULL;
        g_string_append_printf(out, "<td class=\"n %s\">", item ? lab_value_string(item, "result") : "");
        if (item)
            put_points(out, lab_value_double(item, "points"));
        g_string_append(out, "</td>");
    }
    g_string_append(out, "<td class=\"n\">");
    if (lab_value_double(s, "to_see") > 0)
        put_points(out, lab_value_double(s, "to_see"));
    g_string_append(out, "</td><td>");
    lab_html_escape(out, problem ? problem : "");
    g_string_append(out, "</td></tr>\n");
    g_free(link);
}

static void put_students(const lab_results_t *r, GString *out)
{
    const lab_rubric_t *rubric = r->class->rubric;
    g_string_append_printf(out,
                           "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">%s</th><th "
                           "scope=\"col\" class=\"n\">%s / ",
                           lab_words(T_H_STUDENT, r->class->language),
                           lab_words(T_H_POINTS, r->class->language));
    put_points(out, rubric->points);
    g_string_append(out, "</th>");
    for (guint i = 0; i < rubric->items->len; i++) {
        const lab_item_t *item = g_ptr_array_index(rubric->items, i);
        g_string_append(out, "<th scope=\"col\" class=\"n\">");
        lab_html_escape(out, item->id);
        g_string_append(out, " / ");
        put_points(out, item->points);
        g_string_append(out, "</th>");
    }
    g_string_append_printf(
        out, "<th scope=\"col\" class=\"n\">%s</th><th scope=\"col\">%s</th></tr></thead>\n<tbody>\n",
        lab_words(T_H_TO_SEE, r->class->language), lab_words(T_H_REMARK, r->class->language));
    for (guint i = 0; i < r->students->len; i++)
        put_student(r, g_ptr_array_index(r->students, i), out);
    g_string_append(out, "</tbody></table></div>\n");
}

static void put_shared(const lab_results_t *r, GString *out)
{
    g_string_append_printf(out, "<h2>%s</h2>\n", lab_words(T_H_SHARED, r->class->language));
    g_string_append_printf(out, "<p>%s</p>\n",
                           lab_words(r->shared->len ? T_H_SHARED_NOTE : T_H_NO_SHARED, r->class->language));
    if (!r->shared->len)
        return;
    g_string_append(out, "<ul>\n");
    for (guint i = 0; i < r->shared->len; i++) {
        char *text = lab_shared_sentence(r, &g_array_index(r->shared, lab_shared_t, i));
        g_string_append(out, "<li>");
        lab_html_escape(out, text);
        g_string_append(out, "</li>\n");
        g_free(text);
    }
    g_string_append(out, "</ul>\n");
}

char *lab_overview_page(const lab_results_t *r)
{
    GString *out = g_string_new(NULL);
    char *title =
        lab_words_with(T_H_TITLE, r->class->language, LAB_PLACES({"value", r->class->rubric->title}));
    lab_html_begin(out, title, r->class->language);
    g_string_append(out, "<h1>");
    lab_html_escape(out, title);
    g_string_append(out, "</h1>\n");
    put_distribution(r, out);
    put_shared(r, out);
    g_string_append_printf(out, "<h2>%s</h2>\n", lab_words(T_H_OVERVIEW, r->class->language));
    put_students(r, out);
    lab_html_end(out);
    g_free(title);
    return g_string_free(out, FALSE);
}
