/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sheet.h - answer sheets: a statement a line, with blanks to be filled in; see statement.h. What stands
 * behind "#" is a comment. */
#ifndef LABCLASS_SHEET_H
#define LABCLASS_SHEET_H

#include "statement.h"

/* A line of a sheet and what came of it. */
typedef struct {
    guint line;
    GPtrArray *findings; /* of lab_finding_t * */
} lab_answer_t;

typedef struct {
    GArray *answers; /* of lab_answer_t */
    guint counts[LAB_VERDICTS];
} lab_checked_t;

/* Appends a sheet of what the capture has. */
void lab_sheet_write(const lab_facts_t *facts, const char *capture, lab_lang_t language, GString *out);

/* Compares each statement; `facts` NULL: only whether the lines can be read. False: a line cannot be read,
 * *problem names it. Clear with lab_checked_clear().
 */
bool lab_sheet_check(const lab_facts_t *facts, const char *text, const char *student, lab_lang_t language,
                     lab_checked_t *checked, char **problem);
void lab_checked_clear(lab_checked_t *checked);

/* Appends what came of each line, for a terminal. With `hint` wrong lines say where to look, and not the
 * answer. */
void lab_checked_write(const lab_facts_t *facts, const lab_checked_t *checked, bool hint, lab_lang_t language,
                       GString *out);
/* The sentence about one finding. Free with g_free(). */
char *lab_finding_sentence(const lab_finding_t *finding, bool hint, lab_lang_t language);

#endif
