/* What labdump and its keeper say to each other: an octet there, an answer with descriptors back. */
#ifndef LABDUMP_KEEPER_LINK_H
#define LABDUMP_KEEPER_LINK_H

#include <glib.h>
#include <stdbool.h>

#include "keeper.h"

typedef enum { KEEPER_NETWORK, KEEPER_RUN, KEEPER_SOCKET, KEEPER_TERMINATE } lab_keeper_verb_t;

typedef struct {
    int verb;
    lab_role_t role;
} lab_keeper_request_t;

typedef struct {
    int step;
    int number;
    int number_veth;
} lab_keeper_answer_t;

/* Sends an answer with 0 to 2 descriptors, which stay open here. */
bool keeper_link_send(int socket, const lab_keeper_answer_t *answer, const int *fds, int count);

/* Receives one; descriptors that were not sent are -1. False if the other end is gone. */
bool keeper_link_receive(int socket, lab_keeper_answer_t *answer, int fds[2]);

/* The keeper's whole life, in the forked process; never returns. */
void keeper_main(const lab_keeper_plan_t *plan, int control, int events) G_GNUC_NORETURN;

#endif
