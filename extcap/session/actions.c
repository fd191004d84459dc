/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "opener.h"
#include "scenarios.h"
#include "texts.h"
#include "toolbar.h"

enum { SETTLE_MILLISECONDS = 150 /* until the last frames of a scenario are recorded */ };

/* ---- the log ---- */

static void say(lab_actions_t *a, char *words)
{
    GDateTime *now = g_date_time_new_now_local();
    char *time = g_date_time_format(now, "%H:%M:%S"), *line = g_strconcat(time, "  ", words, "\n", NULL);
    toolbar_log(a->controls, line);
    if (a->log) {
        fputs(line, a->log);
        fflush(a->log);
    }
    g_free(line);
    g_free(time);
    g_date_time_unref(now);
    g_free(words);
}

/* ---- scenarios ---- */

static void play_next(lab_actions_t *a);

/* The client's ports, and what finds the frames among theirs. To be freed. */
static char *filter_of(const lab_scenario_t *scenario, const GArray *ports)
{
    GString *out = g_string_new(ports->len == 1 ? "tcp.port == " : "tcp.port in {");
    for (unsigned i = 0; i < ports->len; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", g_array_index(ports, unsigned, i));
    g_string_append_printf(out, "%s && (%s)", ports->len == 1 ? "" : "}", scenario->filter);
    return g_string_free(out, FALSE);
}

static gboolean on_settled(void *data)
{
    lab_actions_t *a = data;
    uint64_t last = *a->stage.packets;
    a->settle = 0;
    if (last < a->first) {
        say(a, g_strdup(text(T_LOG_NO_FRAME)));
    } else {
        char *frames =
            text_with(T_LOG_FRAMES, LAB_PLACES(LAB_NUMBER("first", a->first), LAB_NUMBER("last", last),
                                               LAB_LINES("what", a->done)));
        controls_send(a->controls, 0, CONTROL_STATUS, frames, strcspn(frames, "\n"));
        say(a, frames);
    }
    g_clear_pointer(&a->done, g_free);
    controls_send(a->controls, TOOLBAR_GO, CONTROL_ENABLE, "", 0);
    play_next(a);
    return G_SOURCE_REMOVE;
}

static void on_played(const lab_scenario_t *scenario, const GArray *ports, void *data)
{
    lab_actions_t *a = data;
    char *filter = filter_of(scenario, ports);
    a->visitor = NULL;
    a->done = text_with(T_LOG_LOOK, LAB_PLACES(LAB_WORDS("name", scenario->name),
                                               LAB_WORDS("look", lab_text_in(&scenario->look)),
                                               LAB_WORDS("filter", filter)));
    g_free(filter);
    a->settle = g_timeout_add(SETTLE_MILLISECONDS, on_settled, a);
}

static int make_socket(void *data)
{
    lab_actions_t *a = data;
    return a->stage.make_socket(a->stage.data);
}

static const lab_visitor_events_t visitor_events = {make_socket, on_played};

static void play(lab_actions_t *a, const lab_scenario_t *scenario)
{
    const lab_place_t *places =
        LAB_PLACES(LAB_WORDS("name", scenario->name), LAB_WORDS("title", lab_text_in(&scenario->title)));
    if (a->settings->server_command || a->settings->running) {
        say(a, g_strdup(text(T_LOG_OTHER_SERVER)));
        return;
    }
    if (a->visitor || a->settle) {
        say(a, text_with(T_LOG_BUSY, places));
        return;
    }
    say(a, text_with(T_LOG_PLAY, places));
    controls_send(a->controls, TOOLBAR_GO, CONTROL_DISABLE, "", 0);
    a->first = *a->stage.packets + 1;
    a->visitor = visitor_start(scenario, a->stage.address, a->stage.port,
                               texts_language() == LAB_LANG_ZH ? "zh" : "en", &visitor_events, a);
}

/* The next one of the command line. */
static void play_next(lab_actions_t *a)
{
    if (!a->asked)
        return;
    if (a->asked[a->next]) {
        play(a, scenarios_find(a->asked[a->next++]));
        return;
    }
    g_strfreev(a->asked);
    a->asked = NULL;
    a->stage.played(a->stage.data);
}

/* ---- the others ---- */

static void open_page(lab_actions_t *a)
{
    bool fine = opener_open(a->opener, a->stage.url);
    say(a, text_with(fine ? T_LOG_OPENED : T_LOG_NO_BROWSER, LAB_PLACES(LAB_WORDS("url", a->stage.url))));
}

static void change_language(lab_actions_t *a, const char *name)
{
    lab_lang_t language = lab_language_of_environment();

    lab_language_of_name(name, language, &language);
    texts_use(language);
    toolbar_titles(a->controls);
    say(a, g_strdup(text(T_LOG_LANGUAGE)));
}

static void on_message(unsigned number, unsigned command, const char *payload, void *data)
{
    lab_actions_t *a = data;
    const lab_scenario_t *scenario = number == TOOLBAR_SCENARIO ? scenarios_find(payload) : NULL;
    if (command != CONTROL_SET)
        return;
    if (scenario)
        a->chosen = scenario;
    else if (number == TOOLBAR_LANGUAGE)
        change_language(a, payload);
    else if (number == TOOLBAR_GO && a->ready)
        play(a, a->chosen);
    else if (number == TOOLBAR_OPEN && a->ready)
        open_page(a);
}

void actions_open(lab_actions_t *a, const lab_settings_t *settings)
{
    *a = (lab_actions_t){.settings = settings, .opener = -1, .chosen = scenarios_next(NULL)};
    a->controls = controls_open(settings->control_in, settings->control_out);
    if (a->controls || settings->open)
        a->opener = opener_start();
}

static bool check_names(lab_actions_t *a, GError **error)
{
    for (char **name = a->asked; name && *name; name++) {
        if (scenarios_find(*name))
            continue;
        GString *names = g_string_new(NULL);
        for (const lab_scenario_t *s = scenarios_next(NULL); s; s = scenarios_next(s))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", s->name);
        lab_fail(error, LAB_USAGE, T_E_SCENARIO,
                 LAB_PLACES(LAB_WORDS("name", *name), LAB_WORDS("names", names->str)));
        g_string_free(names, TRUE);
        return false;
    }
    return true;
}

/* Made for its owner alone. A log that is read by nobody, a fifo, is refused. */
static FILE *log_at(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0600);
    return fd < 0 ? NULL : fdopen(fd, "w");
}

bool actions_check(lab_actions_t *a, GError **error)
{
    const lab_settings_t *s = a->settings;
    if (s->scenario && (s->server_command || s->running))
        return lab_fail(error, LAB_USAGE, T_E_SCENARIO_SERVER, NULL);
    a->asked = s->scenario ? g_strsplit(s->scenario, ",", -1) : NULL;
    if (!check_names(a, error))
        return false;
    a->log = s->log ? log_at(s->log) : NULL;
    return !s->log || a->log ||
           lab_fail(error, LAB_FAILED, T_E_OWN_LOG,
                    LAB_PLACES(LAB_WORDS("file", s->log), LAB_WORDS("why", text_errno(errno))));
}

void actions_ready(lab_actions_t *a, const lab_stage_t *stage)
{
    a->stage = *stage;
    a->ready = true;
    say(a, text_with(T_LOG_READY, LAB_PLACES(LAB_WORDS("url", stage->url))));
    if (stage->server_log)
        say(a, text_with(T_LOG_SERVER, LAB_PLACES(LAB_WORDS("file", stage->server_log))));
    controls_listen(a->controls, on_message, a);
    if (a->settings->open)
        open_page(a);
    play_next(a);
}

void actions_await(lab_actions_t *a, int stop_fd)
{
    controls_await(a->controls, stop_fd);
}

void actions_stop(lab_actions_t *a)
{
    a->ready = false;
    visitor_stop(a->visitor);
    a->visitor = NULL;
    if (a->settle)
        g_source_remove(a->settle);
    a->settle = 0;
    g_strfreev(a->asked);
    a->asked = NULL;
}

void actions_close(lab_actions_t *a)
{
    actions_stop(a);
    controls_close(a->controls);
    if (a->opener >= 0)
        close(a->opener);
    if (a->log)
        fclose(a->log);
    g_free(a->done);
}
