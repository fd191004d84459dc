/* The session's state, shared by session.c (starting, ending) and session_children.c (what the children do).
 */
#ifndef LABDUMP_SESSION_PRIVATE_H
#define LABDUMP_SESSION_PRIVATE_H

#include "keeper.h"
#include "livecap.h"
#include "network.h"
#include "options.h"
#include "recorder.h"
#include "relay.h"
#include "wire.h"

/* One of the server's two outputs. */
struct listener {
    int fd;
    guint watch;
    GString *heard; /* standard output: the line so far; standard error: the last of it */
};

struct session {
    const struct options *options;
    GMainLoop *loop;
    GError *error;        /* what ends the session */
    GError *client_error; /* what is said at the end but stops nothing */
    int signals;          /* signalfd of SIGTERM, SIGINT, SIGHUP */

    struct network network;
    struct ports ports;
    int listener;    /* on the host's loopback; -1 when the server has taken over */
    int closed_hold; /* keeps the closed port closed */

    char *server_path;
    struct keeper_plan plan;
    struct keeper keeper;
    gboolean alive[ROLE_COUNT];
    struct listener output, errors;
    guint ready_timeout;

    struct writer *writer;
    struct recorder recorder;
    struct livecap live;
    struct wire wire;
    gboolean wire_up;
    struct relay *relay;

    gboolean stopping;
    gint64 settle_deadline;
};

/* Ends the session with this error (owned from now on), the first one counts. */
void session_fail(struct session *s, GError *error);

/* Ends it in order: children first, then what they still send. */
void session_stop(struct session *s);

/* The child is gone, one way or the other: nothing to wait for any more? Then settle. */
void session_child_gone(struct session *s);

/* Starts listening to the keeper and to the server's outputs, and starts the server. */
gboolean children_start(struct session *s, GError **error);

/* Makes the plan for the keeper: commands, environment, pipes. */
gboolean children_plan(struct session *s, GError **error);

void children_clear(struct session *s);

#endif
