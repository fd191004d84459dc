/* SPDX-License-Identifier: GPL-2.0-or-later */
/* csv_write.c - see csv_write.h. */
#include "csv_write.h"

#include "text.h"

#include <string.h>

/* ---- cells ---- */

static void begin_cell(lab_csv_t *csv)
{
    if (csv->begun)
        g_string_append_c(csv->out, ',');
    csv->begun = true;
}

static bool begins_formula(const char *text)
{
    static const char *const begins[] = {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
        if (g_str_has_prefix(text, begins[i]))
            return true;
    return false;
}

static void append_defused(GString *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((p == text || p[-1] == ';') && begins_formula(p))
            g_string_append_c(out, '\'');
        g_string_append_c(out, *p);
    }
}

static void append_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

void lab_csv_text(lab_csv_t *csv, const char *text)
{
    begin_cell(csv);
    if (!text)
        return;
    GString *visible = g_string_new(NULL), *cell = g_string_new(NULL);
    lab_text_visible(visible, text);
    append_defused(cell, visible->str);
    if (cell->str[strcspn(cell->str, ",;\"\r\n")])
        append_quoted(csv->out, cell->str);
    else
        g_string_append(csv->out, cell->str);
    g_string_free(visible, TRUE);
    g_string_free(cell, TRUE);
}

void lab_csv_number(lab_csv_t *csv, uint64_t number)
{
    begin_cell(csv);
    g_string_append_printf(csv->out, "%" G_GUINT64_FORMAT, number);
}

void lab_csv_known(lab_csv_t *csv, int64_t number)
{
    if (number < 0)
        begin_cell(csv);
    else
        lab_csv_number(csv, (uint64_t)number);
}

void lab_csv_frame(lab_csv_t *csv, uint32_t frame)
{
    lab_csv_known(csv, frame ? (int64_t)frame : -1);
}

void lab_csv_seconds(lab_csv_t *csv, int64_t ns)
{
    begin_cell(csv);
    if (ns >= 0)
        g_string_append_printf(csv->out, "%" G_GINT64_FORMAT ".%09" G_GINT64_FORMAT, ns / 1000000000,
                               ns % 1000000000);
}

void lab_csv_boolean(lab_csv_t *csv, int value)
{
    begin_cell(csv);
    if (value >= 0)
        g_string_append(csv->out, value ? "true" : "false");
}

/* ---- rows ---- */

void lab_csv_end_row(lab_csv_t *csv)
{
    g_string_append(csv->out, "\r\n"); /* RFC 4180 2.1 */
    csv->begun = false;
}

lab_csv_t lab_csv_begin(GString *out, const char *const *titles)
{
    lab_csv_t csv = {.out = out};
    g_string_append(out, "\xef\xbb\xbf");
    for (; *titles; titles++)
        lab_csv_text(&csv, *titles);
    lab_csv_end_row(&csv);
    return csv;
}
