/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grading.h - a class: its rubric, what was handed in, and what came of it. */
#ifndef LABCLASS_GRADING_H
#define LABCLASS_GRADING_H

#include "mark.h"
#include "reader.h"
#include "shared.h"

typedef struct {
    const lab_reader_t *reader;
    const lab_rubric_t *rubric;
    GPtrArray *submissions;
    const char *output; /* folder that is there */
    lab_lang_t language;
    guint jobs; /* captures that are read at once */
    bool gradescope, progress;
} lab_class_t;

/* All that is known of a class when everything was read. */
typedef struct {
    const lab_class_t *class;
    GPtrArray *students; /* of json_t *, in the order of the submissions */
    guint *prints;       /* number of prints of each */
    GArray *shared;      /* of lab_shared_t */
    guint kept;          /* taken from an earlier run */
} lab_results_t;

/* Writes OUTPUT/NAME; false: *problem. */
bool lab_write_file(const lab_class_t *class, const char *name, const char *text, gssize length,
                    char **problem);
/* Sentence about a pair of students whose captures share connections. Free it with g_free(). */
char *lab_shared_sentence(const lab_results_t *results, const lab_shared_t *pair);

#endif
