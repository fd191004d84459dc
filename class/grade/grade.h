/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grade.h - grading a folder: what each student handed in against a rubric. */
#ifndef LABCLASS_GRADE_H
#define LABCLASS_GRADE_H

#include "grading.h"

/* Reads and marks everything, on all cores. What was done before, with the same files and rubric, is taken as
 * it is. A student's page is written at once. NULL: *problem says why. */
lab_results_t *lab_grade(const lab_class_t *class, char **problem);
void lab_results_free(lab_results_t *results);

#endif
