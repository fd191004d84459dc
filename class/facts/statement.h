/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statement.h - a statement about a capture: "connection 0 close.kind=four-segment".
 *
 * SUBJECT [NUMBER] NAME=VALUE ... . Subjects: capture, connection (number: tcp.stream), exchange, page,
 * frame. Without a number it is about any of them: "exchange status=200 object=page". Values: see expect.h;
 * an empty one is a blank. "body contains TEXT" is about the text of a response; "{student}" in a value is
 * the student's name.
 */
#ifndef LABCLASS_STATEMENT_H
#define LABCLASS_STATEMENT_H

#include "facts.h"

typedef struct {
    char *name;
    char **values; /* see expect.h */
    bool blank;
    bool contains; /* the first value is a part of the text */
} lab_pair_t;

typedef struct {
    lab_subject_t subject;
    gint64 number;    /* -1 = any */
    GPtrArray *pairs; /* of lab_pair_t *, at least one */
} lab_statement_t;

/* NULL: *problem says why, to be freed. `student` stands for "{student}"; NULL = it has no meaning here. */
lab_statement_t *lab_statement_read(const char *line, const char *student, lab_lang_t language,
                                    char **problem);
void lab_statement_free(gpointer statement);

typedef enum { LAB_RIGHT, LAB_WRONG, LAB_OPEN, LAB_UNDECIDED, LAB_VERDICTS } lab_verdict_t;
extern const char *const lab_verdict_tokens[LAB_VERDICTS];

/* What came of one pair of a statement. */
typedef struct {
    lab_verdict_t verdict;
    const lab_name_t *row; /* of the name */
    char *claim;           /* "connection 0 close.kind=four-segment" */
    char
        *truth; /* the values joined with "+", "-" = none; NULL = there is no such connection, exchange ... */
    const char *doubt; /* why it is undecided; NULL = it is not */
    GArray *frames;    /* of guint: those that show it */
    gint64 stream;     /* -1 = none */
    gint64 number;     /* of the entry that was compared; -1 = none */
} lab_finding_t;

/* One finding a pair. */
GPtrArray *lab_judge(const lab_facts_t *facts, const lab_statement_t *statement);
/* The number of entries that fulfil all pairs. `first` gets the findings of the first of them, else of the
 * one that fulfils most; `doubtful` the number of those that may fulfil them. */
guint lab_judge_count(const lab_facts_t *facts, const lab_statement_t *statement, GPtrArray **first,
                      guint *doubtful);

/* The statement as it was read, for messages. Free with g_free(). */
char *lab_statement_text(const lab_statement_t *statement);

/* Appends a line of text for each of the first `most` frames of a finding: "1048: its note". */
void lab_finding_notes(const lab_facts_t *facts, const lab_finding_t *finding, guint most, const char *before,
                       GString *out);
/* "1048, 1049". */
char *lab_finding_frames(const lab_finding_t *finding, guint most);

#endif
