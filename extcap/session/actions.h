/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be done while capturing: play a scenario, open the page, change the language. Wireshark's toolbar
 * asks for it, or the command line. A log tells of it. */
#ifndef LABDUMP_ACTIONS_H
#define LABDUMP_ACTIONS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "controls.h"
#include "settings.h"
#include "visitor.h"

/* What the actions need from the session. */
typedef struct {
    const char *url;     /* of the page, for a browser on this machine */
    const char *address; /* of the server, as its client sees it */
    unsigned port;
    const char *server_log;  /* NULL: labserver, or a server that ran already */
    const uint64_t *packets; /* how many were captured so far */
    int (*make_socket)(void *data);
    /* All scenarios of the command line were played. */
    void (*played)(void *data);
    void *data;
} lab_stage_t;

typedef struct {
    const lab_settings_t *settings;
    lab_controls_t *controls;
    int opener; /* -1: none */
    FILE *log;  /* NULL: the toolbar's only */
    lab_stage_t stage;
    bool ready;
    const lab_scenario_t *chosen;
    lab_visitor_t *visitor;
    uint64_t first; /* frame of the scenario that is played */
    char **asked;   /* of the command line, the scenario that is played included */
    unsigned next;
    char *done; /* about the scenario that was played, until its last frames are there */
    unsigned settle;
} lab_actions_t;

/* Opens the toolbar's pipes, which comes before anything that may fail, and forks the opener, which comes
 * before the keeper. Free with actions_close(). */
void actions_open(lab_actions_t *actions, const lab_settings_t *settings);

/* Opens the log and checks the names of the scenarios. */
bool actions_check(lab_actions_t *actions, GError **error);

/* The server listens: what was asked for is done. The strings of `stage` must live as long as the actions. */
void actions_ready(lab_actions_t *actions, const lab_stage_t *stage);

/* Before the end: waits until Wireshark has opened its pipes, if it has not yet; see controls.h. */
void actions_await(lab_actions_t *actions, int stop_fd);

/* No more is begun or waited for; the session ends. */
void actions_stop(lab_actions_t *actions);

void actions_close(lab_actions_t *actions);

#endif
