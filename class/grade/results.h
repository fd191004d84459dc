/* SPDX-License-Identifier: GPL-2.0-or-later */
/* results.h - what stands beside the students' pages: grades.csv, results.json, the overview. */
#ifndef LABCLASS_RESULTS_H
#define LABCLASS_RESULTS_H

#include "grading.h"

/* False: *problem names the file. */
bool lab_write_results(const lab_results_t *results, char **problem);

#endif
