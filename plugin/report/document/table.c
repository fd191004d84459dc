/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.c - see table.h. */
#include "table.h"

#include "texts.h"

#include <stdarg.h>

lab_table_t *lab_table_new(unsigned columns)
{
    lab_table_t *t = g_new0(lab_table_t, 1);
    t->columns = columns;
    t->cells = g_ptr_array_new_with_free_func(g_free);
    return t;
}

void lab_table_free(lab_table_t *t)
{
    if (!t)
        return;
    g_ptr_array_unref(t->cells);
    g_free(t);
}

void lab_table_cell(lab_table_t *t, const char *text)
{
    if (!text) {
        g_ptr_array_add(t->cells, NULL);
        return;
    }
    GString *cell = g_string_new(NULL);
    lab_text_visible(cell, text);
    g_ptr_array_add(t->cells, g_string_free(cell, FALSE));
}

void lab_table_take(lab_table_t *t, char *text)
{
    lab_table_cell(t, text);
    g_free(text);
}

void lab_table_cellf(lab_table_t *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lab_table_take(t, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void lab_table_number(lab_table_t *t, uint64_t number)
{
    lab_table_cellf(t, "%" G_GUINT64_FORMAT, number);
}

void lab_table_known(lab_table_t *t, int64_t number)
{
    if (number < 0)
        lab_table_cell(t, NULL);
    else
        lab_table_number(t, (uint64_t)number);
}

void lab_table_frame(lab_table_t *t, uint32_t frame)
{
    lab_table_known(t, frame ? (int64_t)frame : -1);
}

void lab_table_frames(lab_table_t *t, uint32_t first, uint32_t last)
{
    if (first == last)
        lab_table_number(t, first);
    else
        lab_table_cellf(t, "%u-%u", first, last);
}

void lab_table_link(lab_table_t *t, lab_link_kind_t kind, uint32_t number, const char *words)
{
    GString *clean = g_string_new(NULL), *cell = g_string_new(NULL);
    if (words)
        lab_text_visible(clean, words);
    else
        g_string_printf(clean, "%u", number);
    lab_append_link(cell, (lab_link_t){kind, number}, clean->str);
    g_string_free(clean, TRUE);
    g_ptr_array_add(t->cells, g_string_free(cell, FALSE));
}

void lab_table_duration(lab_table_t *t, int64_t ns)
{
    GString *text = g_string_new(NULL);
    if (ns >= 0)
        lab_text_duration(text, ns, LAB_LANG_EN); /* a known duration reads alike in every language */
    lab_table_cell(t, ns >= 0 ? text->str : NULL);
    g_string_free(text, TRUE);
}
