/* table.h - a text table whose columns line up on a terminal, Chinese included. */
#ifndef LAB_TABLE_H
#define LAB_TABLE_H

#include <glib.h>

typedef struct lab_table lab_table_t;

/* A table with these column titles. Free with lab_table_free. */
lab_table_t *lab_table_new(unsigned columns, const char *const *titles);
void lab_table_free(lab_table_t *table);
/* The next cell, row by row; the text is copied. */
void lab_table_cell(lab_table_t *table, const char *text);
void lab_table_cellf(lab_table_t *table, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Appends the table to `out`: a line of titles and a line a row. */
void lab_table_print(const lab_table_t *table, GString *out);

#endif
