/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mark.h - one student's capture against the rubric. What comes of it is a JSON object: it is kept for a
 * later run, and all that is written is made of it.
 *
 *   student, file, sheet, page, problem (null = none), points, of, to_see (points that a person must decide),
 *   items[]: id, title, points, of, result (right, wrong, partly, undecided), frames[], said, notes[]
 */
#ifndef LABCLASS_MARK_H
#define LABCLASS_MARK_H

#include "value.h"
#include "rubric.h"
#include "sheet.h"
#include "submissions.h"

/* `facts` NULL: it could not be read. `sheet`: text of the sheet, NULL = none. */
json_t *lab_mark(const lab_rubric_t *rubric, const lab_submission_t *submission, const lab_facts_t *facts,
                 const char *sheet, const char *problem, lab_lang_t language);

/* "12.5", in which what is beyond the second decimal is rounded. Free with g_free(). */
char *lab_points_text(double points);

#endif
