/* The session's state, shared by session.c (starting, ending) and session_children.c (what the children do).
 */
#ifndef LABDUMP_SESSION_PRIVATE_H
#define LABDUMP_SESSION_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper.h"
#include "livecap.h"
#include "network.h"
#include "settings.h"
#include "recorder.h"
#include "relay.h"
#include "wire.h"

/* One of the server's two outputs. */
typedef struct {
    int fd;
    unsigned watch;
    GString *heard; /* standard output: the line so far; standard error: the last of it */
} lab_child_output_t;

typedef struct {
    const lab_settings_t *settings;
    GMainLoop *loop;
    GError *error;        /* what ends the session */
    GError *client_error; /* what is said at the end but stops nothing */
    int signals;          /* signalfd of SIGTERM, SIGINT, SIGHUP */

    lab_network_t network;
    lab_ports_t ports;
    int listener;    /* on the host's loopback; -1 when the server has taken over */
    int closed_hold; /* keeps the closed port closed */

    char *server_path;
    lab_keeper_plan_t plan;
    lab_keeper_t keeper;
    bool alive[ROLE_COUNT];
    lab_child_output_t output, errors;
    unsigned ready_timeout;

    lab_writer_t *writer;
    lab_recorder_t recorder;
    lab_livecap_t live;
    lab_wire_t wire;
    bool wire_up;
    lab_relay_t *relay;

    bool stopping;
    int64_t settle_deadline;
} lab_session_t;

/* Ends the session with this error (owned from now on), the first one counts. */
void session_fail(lab_session_t *s, GError *error);

/* Ends it in order: children first, then what they still send. */
void session_stop(lab_session_t *s);

/* The child is gone, one way or the other: nothing to wait for any more? Then settle. */
void session_child_gone(lab_session_t *s);

/* Starts listening to the keeper and to the server's outputs, and starts the server. */
bool children_start(lab_session_t *s, GError **error);

/* Makes the plan for the keeper: commands, environment, pipes. */
bool children_plan(lab_session_t *s, GError **error);

void children_clear(lab_session_t *s);

#endif
