/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quiz_command.c - the command quiz. */
#include <string.h>

#include "one_capture.h"
#include "quiz.h"

enum { QUESTIONS = 10, QUESTIONS_MOST = 1000 };

static const struct {
    const char *name;
    void (*write)(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out);
} formats[] = {{"text", lab_quiz_text}, {"html", lab_quiz_html}, {"gift", lab_quiz_gift}};

int lab_command_quiz(const lab_options_t *o)
{
    lab_reading_t reading;
    guint format = 0;
    int status;
    while (o->format && format < G_N_ELEMENTS(formats) && strcmp(formats[format].name, o->format) != 0)
        format++;
    if (format == G_N_ELEMENTS(formats))
        return lab_misused(o, T_BAD_FORMAT, o->format);
    guint seed = o->seed < 0 ? 1 : (guint)o->seed;
    guint most = o->questions < 0 ? QUESTIONS : (guint)MIN(o->questions, QUESTIONS_MOST);
    if (lab_read_one(o, o->words[0], &reading)) {
        GPtrArray *quiz = lab_quiz(reading.facts, seed, most, o->language);
        GString *out = g_string_new(NULL);
        char *title = g_path_get_basename(o->words[0]);
        if (quiz->len)
            formats[format].write(quiz, title, seed, o->language, out);
        status = quiz->len ? lab_put(o, out)
                           : lab_file_failed(o, o->words[0], g_strdup(lab_words(T_NO_QUESTIONS, o->language)),
                                             LAB_FAILED);
        g_free(title);
        g_string_free(out, TRUE);
        g_ptr_array_unref(quiz);
    } else {
        status = lab_file_failed(o, o->words[0], g_steal_pointer(&reading.problem), LAB_USAGE);
    }
    lab_reading_clear(&reading);
    return status;
}
