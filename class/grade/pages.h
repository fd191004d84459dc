/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pages.h - the page of a student, and the one of the class. Free both with g_free(). */
#ifndef LABCLASS_PAGES_H
#define LABCLASS_PAGES_H

#include "grading.h"

/* The student's page: the report with the items before it. */
char *lab_student_page(const lab_class_t *class, json_t *student, const char *report);
char *lab_overview_page(const lab_results_t *results);

#endif
