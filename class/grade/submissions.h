/* SPDX-License-Identifier: GPL-2.0-or-later */
/* submissions.h - what was handed in: in a folder, a capture (and perhaps a sheet) in a folder for each
 * student, or a file each. */
#ifndef LABCLASS_SUBMISSIONS_H
#define LABCLASS_SUBMISSIONS_H

#include "texts.h"

typedef struct {
    char *name;    /* of the folder, or of the file without its ending: as it is in the file system */
    char *capture; /* path; NULL = none was found */
    char *sheet;   /* path; NULL = none */
    char *problem; /* NULL = none */
    char *safe;    /* name of the student's page without its ending: no two are equal */
} lab_submission_t;

/* Of lab_submission_t *, sorted by name. Links, devices and names that begin with a dot are left out. NULL:
 * *problem says why. */
GPtrArray *lab_submissions(const char *folder, lab_lang_t language, char **problem);

#endif
