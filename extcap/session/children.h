/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The web server and the client command: starts them through the keeper, reads their output, notices their
 * end. */
#ifndef LABDUMP_CHILDREN_H
#define LABDUMP_CHILDREN_H

#include <glib.h>
#include <stdbool.h>

#include "keeper.h"
#include "network.h"
#include "ports.h"
#include "settings.h"

/* What the owner of the children is told, from the main loop. Errors are the owner's from then on. */
typedef struct {
    /* The server listens on its port. The client command is started right after this. */
    void (*ready)(void *data);
    /* A child is gone. `error` is NULL if it did what it should, or was told to end. */
    void (*ended)(void *data, lab_role_t role, GError *error);
    /* It cannot go on: the server does not start, the client cannot be run, the keeper is gone. */
    void (*failed)(void *data, GError *error);
} lab_children_events_t;

/* One of the server's two outputs. */
typedef struct {
    int fd;
    unsigned watch;
    GString *heard; /* standard output: the line so far; standard error: the last of it */
} lab_child_output_t;

typedef struct {
    const lab_settings_t *settings;
    char *server_path;    /* or command; NULL: a server that runs already */
    unsigned server_port; /* that the server has to listen on */

    lab_keeper_plan_t plan;
    lab_keeper_t keeper;
    bool alive[ROLE_COUNT];
    bool stopping;
    bool ready;
    bool background;      /* the server command has ended, and what it started serves */
    int status;           /* of the server command that has ended, as from waitpid() */
    bool loopback_counts; /* the client can reach a server that listens on 127.0.0.1 alone */
    char *log;            /* the server command's output; NULL for labserver */
    int annotator[2];     /* our ends of tshark's standard input and output; 0: there is none */
    unsigned look_timer;
    int64_t look_deadline; /* microseconds of the monotonic clock */
    lab_child_output_t output, errors, annotator_errors;
    unsigned ready_timeout;

    const lab_children_events_t *events;
    void *data;
} lab_children_t;

/* Makes the plan: commands, environment, pipes. Owns server_path from now on. `keys` is where the server
 * writes the secrets of TLS, -1 = nowhere. `children` is zero before. */
bool children_plan(lab_children_t *children, const lab_settings_t *settings, const lab_network_t *network,
                   const lab_ports_t *ports, char *server_path, int keys, GError **error);

/* Forks the keeper, which must happen before there is a second thread. */
bool children_keep(lab_children_t *children, GError **error);

/* Starts the server, and listens to it and to the keeper. */
bool children_start(lab_children_t *children, const lab_children_events_t *events, void *data,
                    GError **error);

/* Asks those that live to end; that they do is no error from now on. */
void children_stop(lab_children_t *children);

bool children_alive(const lab_children_t *children);

/* Frees everything; the keeper was stopped before. */
void children_clear(lab_children_t *children);

#endif
