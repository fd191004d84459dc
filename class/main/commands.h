/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands.h - the commands of labclass, and the options that they share. */
#ifndef LABCLASS_COMMANDS_H
#define LABCLASS_COMMANDS_H

#include "texts.h"

enum { LAB_FAILED = 1, LAB_USAGE = 2 };

typedef struct {
    lab_lang_t language;
    const char *tshark, *output, *format;
    gint64 page, connection, seed, questions, jobs; /* -1 = not named */
    bool hint, gradescope;
    char **words; /* what stands behind the command, NULL at its end */
} lab_options_t;

/* Each returns the exit status. */
int lab_command_answers(const lab_options_t *options);
int lab_command_check(const lab_options_t *options);
int lab_command_grade(const lab_options_t *options);
int lab_command_quiz(const lab_options_t *options);
int lab_command_explain(const lab_options_t *options);

/* How the user calls us: "./lab", or "labclass". */
const char *lab_program(void);
/* Says on standard error that it was called wrongly; returns LAB_USAGE. */
int lab_misused(const lab_options_t *options, lab_text_id_t id, const char *value);
/* Says on standard error what is wrong with a file, takes `why`, returns the status. */
int lab_file_failed(const lab_options_t *options, const char *file, char *why, int status);
/* Writes to --output, else to standard output. */
int lab_put(const lab_options_t *options, const GString *text);

#endif
