/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "toolbar.h"

#include <stdio.h>
#include <string.h>

#include "scenarios.h"
#include "texts.h"

static const struct {
    int number;
    const char *type, *role; /* role: NULL = a control like any other */
    lab_text_id_t display, tooltip;
} rows[] = {
    {TOOLBAR_SCENARIO, "selector", NULL, T_BAR_SCENARIO, T_BAR_SCENARIO_TIP},
    {TOOLBAR_LANGUAGE, "selector", NULL, T_LANGUAGE, T_BAR_LANGUAGE_TIP},
    {TOOLBAR_GO, "button", NULL, T_BAR_GO, T_BAR_GO_TIP},
    {TOOLBAR_OPEN, "button", NULL, T_BAR_OPEN, T_BAR_OPEN_TIP},
    {TOOLBAR_LOG, "button", "logger", T_BAR_LOG, T_BAR_LOG_TIP},
};

static void value_sentence(int control, const char *value, const char *display, bool first)
{
    printf("value {control=%d}{value=%s}{display=%s}%s\n", control, value, display,
           first ? "{default=true}" : "");
}

static const char *title_of(const lab_scenario_t *s)
{
    return lab_text_in(&s->title);
}

void toolbar_sentences(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        printf("control {number=%d}{type=%s}%s%s%s{display=%s}{tooltip=%s}\n", rows[i].number, rows[i].type,
               rows[i].role ? "{role=" : "", rows[i].role ? rows[i].role : "", rows[i].role ? "}" : "",
               text(rows[i].display), text(rows[i].tooltip));
    for (const lab_scenario_t *first = scenarios_next(NULL), *s = first; s; s = scenarios_next(s))
        value_sentence(TOOLBAR_SCENARIO, s->name, title_of(s), s == first);
    value_sentence(TOOLBAR_LANGUAGE, "auto", text(T_LANGUAGE_AUTO), true);
    value_sentence(TOOLBAR_LANGUAGE, "en", "English", false);
    value_sentence(TOOLBAR_LANGUAGE, "zh", "中文", false);
}

/* To add a value that is there changes what is shown for it. */
void toolbar_titles(lab_controls_t *controls)
{
    for (const lab_scenario_t *s = scenarios_next(NULL); s; s = scenarios_next(s)) {
        GString *payload = g_string_new(s->name);
        g_string_append_c(payload, '\0');
        g_string_append(payload, title_of(s));
        controls_send(controls, TOOLBAR_SCENARIO, CONTROL_ADD, payload->str, payload->len);
        g_string_free(payload, TRUE);
    }
}

void toolbar_log(lab_controls_t *controls, const char *words)
{
    controls_send(controls, TOOLBAR_LOG, CONTROL_ADD, words, strlen(words));
}
