/* SPDX-License-Identifier: GPL-2.0-or-later */
/* formats.c - a quiz for the terminal, for a browser, and for Moodle; see quiz.h. */
#include <string.h>

#include "html.h"
#include "quiz.h"

static char *title_of(const char *title, guint seed, lab_lang_t language)
{
    char number[16];
    g_snprintf(number, sizeof number, "%u", seed);
    return lab_words_with(T_QUIZ_TITLE, language, LAB_PLACES({"value", title}, {"seed", number}));
}

/* The answers stand at the end, so that nobody reads them by accident. */
void lab_quiz_text(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out)
{
    char *head = title_of(title, seed, language);
    g_string_append_printf(out, "%s\n", head);
    for (guint i = 0; i < quiz->len; i++) {
        const lab_question_t *q = g_ptr_array_index(quiz, i);
        g_string_append_printf(out, "\n%u. %s\n", i + 1, q->text);
        for (guint c = 0; c < q->count; c++)
            g_string_append_printf(out, "   %c) %s\n", 'a' + c, q->choices[c]);
    }
    g_string_append_printf(out, "\n%s\n", lab_words(T_QUIZ_ANSWERS, language));
    for (guint i = 0; i < quiz->len; i++) {
        const lab_question_t *q = g_ptr_array_index(quiz, i);
        g_string_append_printf(out, "%u. %c) %s\n   %s\n", i + 1, 'a' + q->right, q->choices[q->right],
                               q->because);
    }
    g_free(head);
}

static void html_question(GString *out, const lab_question_t *q, guint number, lab_lang_t language)
{
    g_string_append_printf(out, "<fieldset><legend>%u. ", number);
    lab_html_escape(out, q->text);
    g_string_append(out, "</legend>\n");
    for (guint c = 0; c < q->count; c++) {
        g_string_append_printf(out, "<label><input type=\"radio\" name=\"q%u\"> ", number);
        lab_html_escape(out, q->choices[c]);
        g_string_append(out, "</label>\n");
    }
    g_string_append_printf(out, "<details><summary>%s</summary><p><b>", lab_words(T_QUIZ_ANSWER, language));
    lab_html_escape(out, q->choices[q->right]);
    g_string_append(out, "</b></p><p>");
    lab_html_escape(out, q->because);
    g_string_append(out, "</p></details></fieldset>\n");
}

void lab_quiz_html(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out)
{
    char *head = title_of(title, seed, language);
    lab_html_begin(out, head, language);
    g_string_append(out, "<h1>");
    lab_html_escape(out, head);
    g_string_append_printf(out, "</h1>\n<p>%s</p>\n", lab_words(T_QUIZ_HOW, language));
    for (guint i = 0; i < quiz->len; i++)
        html_question(out, g_ptr_array_index(quiz, i), i + 1, language);
    lab_html_end(out);
    g_free(head);
}

/* Moodle: ~ = # { } : and the backslash have a meaning in GIFT. */
static void gift_escape(GString *out, const char *text)
{
    char *visible = lab_text_visible_copy(text);
    for (const char *p = visible; *p; p++) {
        if (strchr("~=#{}:\\", *p))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_free(visible);
}

void lab_quiz_gift(const GPtrArray *quiz, const char *title, guint seed, lab_lang_t language, GString *out)
{
    char *head = title_of(title, seed, language);
    char *visible = lab_text_visible_copy(head);
    g_string_append_printf(out, "// %s\n", visible);
    for (guint i = 0; i < quiz->len; i++) {
        const lab_question_t *q = g_ptr_array_index(quiz, i);
        g_string_append_printf(out, "\n::%u:: [plain]", i + 1);
        gift_escape(out, q->text);
        g_string_append(out, " {\n");
        for (guint c = 0; c < q->count; c++) {
            g_string_append(out, c == q->right ? "  =" : "  ~");
            gift_escape(out, q->choices[c]);
            g_string_append_c(out, '\n');
        }
        g_string_append(out, "  ####");
        gift_escape(out, q->because);
        g_string_append(out, "\n}\n");
    }
    g_free(visible);
    g_free(head);
}
