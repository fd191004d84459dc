/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grade.h - grading a folder: what each student handed in against a rubric. */
#ifndef LABCLASS_GRADE_H
#define LABCLASS_GRADE_H

#include "mark.h"
#include "reader.h"
#include "shared.h"

typedef struct {
    const lab_reader_t *reader;
    const lab_rubric_t *rubric;
    GPtrArray *submissions;
    const char *output; /* folder that is there */
    lab_lang_t language;
    bool gradescope, progress;
} lab_class_t;

/* All that is known of a class when everything was read. */
typedef struct {
    const lab_class_t *class;
    GPtrArray *students; /* of JsonObject *, in the order of the submissions */
    guint *prints;       /* number of prints of each */
    GArray *shared;      /* of lab_shared_t */
    guint kept;          /* taken from an earlier run */
} lab_results_t;

/* Reads and marks everything, on all cores. What was done before, with the same files and rubric, is taken as
 * it is. A student's page is written at once. NULL: *problem says why. */
lab_results_t *lab_grade(const lab_class_t *class, char **problem);
void lab_results_free(lab_results_t *results);

/* False: *problem names the file. */
bool lab_write_results(const lab_results_t *results, char **problem);
/* The student's page: the report with the items before it. */
char *lab_student_page(const lab_class_t *class, JsonObject *student, const char *report);
char *lab_overview_page(const lab_results_t *results);
/* Sentence about a pair. */
char *lab_shared_sentence(const lab_results_t *results, const lab_shared_t *pair);
/* Writes OUTPUT/NAME; false: *problem. */
bool lab_write_file(const lab_class_t *class, const char *name, const char *text, gssize length,
                    char **problem);

#endif
