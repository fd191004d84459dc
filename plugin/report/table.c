/* table.c - see table.h. */
#include "table.h"

#include "texts.h"

#include <stdarg.h>

#define WIDTH_MAX 60 /* of a column; a longer text moves only its own row */

struct lab_table {
    unsigned columns;
    GPtrArray *cells; /* titles first */
};

lab_table_t *lab_table_new(unsigned columns, const char *const *titles)
{
    lab_table_t *t = g_new0(lab_table_t, 1);
    t->columns = columns;
    t->cells = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < columns; i++)
        lab_table_cell(t, titles[i]);
    return t;
}

void lab_table_free(lab_table_t *t)
{
    g_ptr_array_unref(t->cells);
    g_free(t);
}

/* What is printed must not upset the terminal or the table. */
void lab_table_cell(lab_table_t *t, const char *text)
{
    GString *cell = g_string_new(NULL);
    lab_text_append_printable(cell, text ? text : "-");
    g_ptr_array_add(t->cells, g_string_free(cell, FALSE));
}

void lab_table_cellf(lab_table_t *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    lab_table_cell(t, text);
    g_free(text);
}

/* Places on a terminal: wide characters take two. */
static unsigned width(const char *text)
{
    unsigned n = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        n += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return n;
}

void lab_table_print(const lab_table_t *t, GString *out)
{
    unsigned *widths = g_new0(unsigned, t->columns);
    for (guint i = 0; i < t->cells->len; i++)
        widths[i % t->columns] =
            MIN(MAX(widths[i % t->columns], width(g_ptr_array_index(t->cells, i))), WIDTH_MAX);
    for (guint i = 0; i < t->cells->len; i++) {
        unsigned column = i % t->columns;
        const char *text = g_ptr_array_index(t->cells, i);
        g_string_append(out, text);
        if (column + 1 == t->columns)
            g_string_append_c(out, '\n');
        else
            g_string_append_printf(out, "%*s", MAX((int)widths[column] - (int)width(text), 0) + 2, "");
    }
    g_free(widths);
}
