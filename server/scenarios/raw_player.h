/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raw_player.h - connections that the HTTP library has let go, played step by step on the bare socket.
 *
 * What an HTTP library would never do is done here. One thread plays all of them.
 */
#ifndef LABSERVER_RAW_PLAYER_H
#define LABSERVER_RAW_PLAYER_H

#include <stdbool.h>

#include "fair.h"
#include "ports.h"

typedef enum {
    STEP_END,    /* close */
    STEP_SEND,   /* send the message */
    STEP_LAST,   /* send the message with a FIN on its last segment: no FIN of the client can come before */
    STEP_WAIT,   /* wait so many milliseconds without reading */
    STEP_LISTEN, /* read and drop what comes until the client closes, at most so many milliseconds */
    STEP_ANSWER, /* the same, but the message is sent again each time something comes */
    STEP_DRAIN,  /* read and drop until nothing has come for so many milliseconds, at most DRAIN_MAX */
    STEP_RESET,  /* send a RST */
    STEP_PROBE,  /* have the system probe the connection each time it was idle for a second */
} step_kind_t;

typedef struct {
    step_kind_t kind;
    unsigned milliseconds;
} step_t;

/* Milliseconds after which STEP_DRAIN ends, whatever comes. */
#define DRAIN_MAX 10000

typedef struct raw_player raw_player_t;

/* `listen_fd` is the server's own socket: the ports are at its address. */
raw_player_t *raw_player_new(int listen_fd, const scenario_ports_t *wanted, ports_accepted_t accepted,
                             void *data);

/* Ends the thread; nothing is played any more. */
void raw_player_stop(raw_player_t *player);

/* Closes what is still open. */
void raw_player_free(raw_player_t *player);

/* Plays the steps, which must outlive it and end with STEP_END, on `fd`. Takes `fd` and `message` over. false
 * if too many are played already, for this client or for all; then both are still the caller's. */
bool raw_player_play(raw_player_t *player, fair_client_t client, int fd, const step_t *steps,
                     GBytes *message);

/* ports_closed() and ports_fill_backlog(), with the lock. */
unsigned raw_player_closed_port(raw_player_t *player);
backlog_result_t raw_player_fill_backlog(raw_player_t *player, fair_client_t client, unsigned *port);

#endif
