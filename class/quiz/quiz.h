/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quiz.h - questions about a capture, each with one right answer and plausible wrong ones. Only what is
 * certain is asked. */
#ifndef LABCLASS_QUIZ_H
#define LABCLASS_QUIZ_H

#include "facts.h"

enum { LAB_CHOICES_MOST = 4 };

typedef struct {
    char *text;                      /* the question */
    char *choices[LAB_CHOICES_MOST]; /* as they are shown */
    guint count, right;              /* place of the right one */
    char *because;                   /* the frames, and what they say */
} lab_question_t;

/* Of lab_question_t *, at most `most`; the same capture and seed give the same. */
GPtrArray *lab_quiz(const lab_facts_t *facts, guint seed, guint most, lab_lang_t language);

/* The formats: for a terminal, a page that loads and runs nothing, Moodle's GIFT. */
void lab_quiz_text(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out);
void lab_quiz_html(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out);
void lab_quiz_gift(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out);

#endif
