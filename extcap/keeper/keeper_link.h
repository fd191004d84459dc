/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What labdump and its keeper say to each other: a request, and an answer that may carry descriptors. */
#ifndef LABDUMP_KEEPER_LINK_H
#define LABDUMP_KEEPER_LINK_H

#include <glib.h>
#include <stdbool.h>

/* The keeper's children. */
typedef enum { ROLE_SERVER, ROLE_CLIENT, ROLE_ANNOTATOR, ROLE_COUNT } lab_role_t;

typedef enum {
    KEEPER_NETWORK,
    KEEPER_RUN,
    KEEPER_SOCKET,
    KEEPER_SERVER_SOCKET,
    KEEPER_LOOK,
    KEEPER_TERMINATE
} lab_keeper_verb_t;

typedef struct {
    lab_keeper_verb_t verb;
    lab_role_t role;
    int type;      /* of a socket: SOCK_STREAM or SOCK_DGRAM */
    unsigned port; /* of a socket, or that is looked at */
} lab_keeper_request_t;

typedef struct {
    int step; /* KEEPER_LOOK: lab_port_state_t */
    int error;
    int veth_error;
    int orphans; /* KEEPER_LOOK: children of children whose parent has ended */
} lab_keeper_answer_t;

/* A child has ended; status as from waitpid(). Sent unasked, over a pipe of its own. */
typedef struct {
    lab_role_t role;
    int status;
} lab_keeper_event_t;

/* Sends an answer with 0 to 2 descriptors, which stay open here. False if the other end is gone. */
bool keeper_link_send(int socket, const lab_keeper_answer_t *answer, const int *fds, int count);

/* Receives one. Descriptors that were not sent are -1. False if the other end is gone. */
bool keeper_link_receive(int socket, lab_keeper_answer_t *answer, int fds[2]);

#endif
