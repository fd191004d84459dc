/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rubric.h - what is graded: an INI file (GKeyFile).
 *
 *   [rubric]                            title, student (a regular expression; its first group is the
 * student's name) [item handshake]                    title, points, need, count
 *
 * A need is a statement (statement.h), "{student}" being the student's name, or "answers": the sheet that was
 * handed in. count is how many entries must fulfil it: a number or a range; "1.." if it is not named.
 */
#ifndef LABCLASS_RUBRIC_H
#define LABCLASS_RUBRIC_H

#include "texts.h"

typedef struct {
    char *id, *title, *need, *count;
    double points;
    bool answers; /* the need is the sheet */
} lab_item_t;

typedef struct {
    char *title;
    GRegex *student;  /* NULL = the whole name */
    GPtrArray *items; /* of lab_item_t * */
    bool bodies;      /* an item asks for the text of a response */
    double points;    /* of all items */
    char *text;       /* the file */
} lab_rubric_t;

/* NULL: *problem says what is wrong, and where. */
lab_rubric_t *lab_rubric_read(const char *file, lab_lang_t language, char **problem);
void lab_rubric_free(lab_rubric_t *rubric);

/* The student of a file or folder name; free with g_free(). */
char *lab_rubric_student(const lab_rubric_t *rubric, const char *name);

#endif
