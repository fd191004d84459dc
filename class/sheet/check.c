/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - a sheet that was filled in, compared with the capture; see sheet.h. */
#include <string.h>

#include "sheet.h"

enum { FRAMES_MOST = 8, NOTES_MOST = 4 };

static void clear_answer(gpointer user)
{
    lab_answer_t *answer = user;
    g_ptr_array_unref(answer->findings);
}

void lab_checked_clear(lab_checked_t *checked)
{
    if (checked->answers)
        g_array_unref(checked->answers);
    *checked = (lab_checked_t){0};
}

static void take_answer(const lab_facts_t *facts, const lab_statement_t *statement, guint number,
                        lab_checked_t *checked)
{
    lab_answer_t answer = {number, lab_judge(facts, statement)};
    for (guint i = 0; i < answer.findings->len; i++)
        checked->counts[((const lab_finding_t *)g_ptr_array_index(answer.findings, i))->verdict]++;
    g_array_append_val(checked->answers, answer);
}

static bool check_line(const lab_facts_t *facts, char *line, guint number, const char *student,
                       lab_lang_t language, lab_checked_t *checked, char **problem)
{
    char *why = NULL;
    g_strchomp(line);
    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return true;
    lab_statement_t *statement = lab_statement_read(line, student, language, &why);
    if (!statement) {
        char *at = g_strdup_printf("%u", number);
        *problem = lab_words_with(T_BAD_LINE, language, LAB_PLACES({"line", at}, {"value", why}));
        g_free(at);
        g_free(why);
        return false;
    }
    if (facts)
        take_answer(facts, statement, number, checked);
    lab_statement_free(statement);
    return true;
}

bool lab_sheet_check(const lab_facts_t *facts, const char *text, const char *student, lab_lang_t language,
                     lab_checked_t *checked, char **problem)
{
    *checked = (lab_checked_t){.answers = g_array_new(FALSE, FALSE, sizeof(lab_answer_t))};
    g_array_set_clear_func(checked->answers, clear_answer);
    if (!g_utf8_validate(text, -1, NULL)) {
        *problem = g_strdup(lab_words(T_NOT_UTF8, language));
        return false;
    }
    text += g_str_has_prefix(text, "\xEF\xBB\xBF") ? 3 : 0;
    char **lines = g_strsplit(text, "\n", -1);
    bool good = true;
    for (guint i = 0; good && lines[i]; i++)
        good = check_line(facts, lines[i], i + 1, student, language, checked, problem);
    g_strfreev(lines);
    return good;
}

/* Where to look: "{stream}" and "{frame}" of the place's filter. */
static char *filter_of(const lab_finding_t *f)
{
    char *stream = g_strdup_printf("%" G_GINT64_FORMAT, f->stream);
    char *frame = g_strdup_printf("%" G_GINT64_FORMAT, f->number), **parts, *filter;
    parts = g_strsplit(f->stream < 0 && strstr(lab_place_filter(f->row->place), "{stream}")
                           ? "tcp"
                           : lab_place_filter(f->row->place),
                       "{stream}", -1);
    filter = g_strjoinv(stream, parts);
    g_strfreev(parts);
    parts = g_strsplit(filter, "{frame}", -1);
    g_free(filter);
    filter = g_strjoinv(frame, parts);
    g_strfreev(parts);
    g_free(stream);
    g_free(frame);
    return filter;
}

static char *hint_of(const lab_finding_t *f, lab_lang_t language)
{
    char *filter = filter_of(f);
    char *text = lab_words_with(
        T_HINT, language, LAB_PLACES({"value", lab_place_text(f->row->place, language)}, {"filter", filter}));
    g_free(filter);
    return text;
}

char *lab_finding_sentence(const lab_finding_t *f, bool hint, lab_lang_t language)
{
    if (f->verdict == LAB_RIGHT || f->verdict == LAB_OPEN)
        return g_strdup("");
    if (f->verdict == LAB_UNDECIDED)
        return lab_words_with(T_UNDECIDED, language, LAB_PLACES({"value", f->doubt}));
    if (hint)
        return hint_of(f, language);
    char *frames = lab_finding_frames(f, FRAMES_MOST);
    char *truth = f->truth && f->row->options != OPTIONS_NO
                      ? lab_option_text(f->row->options, f->truth, language)
                      : g_strdup(f->truth ? f->truth : "");
    bool none = f->truth && strcmp(f->truth, "-") == 0;
    lab_text_id_t id = f->number < 0 && f->row->subject != LAB_CAPTURE ? T_NOTHING
                       : !f->truth                                     ? T_NOT_CONTAINED
                       : none                                          ? T_IS_NONE
                                                                       : T_IS;
    char *text = lab_words_with(id, language, LAB_PLACES({"frames", frames}, {"value", truth}));
    g_free(frames);
    g_free(truth);
    return text;
}

static void write_finding(const lab_facts_t *facts, guint line, const lab_finding_t *f, bool hint,
                          lab_lang_t language, GString *out)
{
    static const lab_text_id_t words[LAB_VERDICTS] = {T_RIGHT, T_WRONG, T_OPEN, T_UNSURE};
    char *sentence = lab_finding_sentence(f, hint, language);
    g_string_append_printf(out, "%4u  %s  ", line, lab_words(words[f->verdict], language));
    lab_text_visible(out, f->claim);
    g_string_append_c(out, '\n');
    if (*sentence)
        g_string_append_printf(out, "      %s\n", sentence);
    if (f->verdict == LAB_WRONG && !hint)
        lab_finding_notes(facts, f, NOTES_MOST, "        ", out);
    g_free(sentence);
}

void lab_checked_write(const lab_facts_t *facts, const lab_checked_t *checked, bool hint, lab_lang_t language,
                       GString *out)
{
    char counts[LAB_VERDICTS][16];
    for (guint i = 0; i < checked->answers->len; i++) {
        const lab_answer_t *a = &g_array_index(checked->answers, lab_answer_t, i);
        for (guint n = 0; n < a->findings->len; n++)
            write_finding(facts, a->line, g_ptr_array_index(a->findings, n), hint, language, out);
    }
    for (guint i = 0; i < LAB_VERDICTS; i++)
        g_snprintf(counts[i], sizeof counts[i], "%u", checked->counts[i]);
    char *sum = lab_words_with(T_SUM, language,
                               LAB_PLACES({"right", counts[LAB_RIGHT]}, {"wrong", counts[LAB_WRONG]},
                                          {"open", counts[LAB_OPEN]}, {"undecided", counts[LAB_UNDECIDED]}));
    g_string_append_printf(out, "%s\n", sum);
    g_free(sum);
}
