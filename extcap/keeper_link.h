/* What labdump and its keeper say to each other: an octet there, an answer with descriptors back. */
#ifndef LABDUMP_KEEPER_LINK_H
#define LABDUMP_KEEPER_LINK_H

#include <glib.h>

#include "keeper.h"

enum keeper_verb { KEEPER_NETWORK, KEEPER_RUN, KEEPER_SOCKET, KEEPER_TERMINATE };

struct keeper_request {
    int verb;
    enum role role;
};

struct keeper_answer {
    int step;
    int number;
    int number_veth;
};

/* Sends an answer with 0 to 2 descriptors, which stay open here. */
gboolean keeper_link_send(int socket, const struct keeper_answer *answer, const int *fds, int count);

/* Receives one; descriptors that were not sent are -1. FALSE if the other end is gone. */
gboolean keeper_link_receive(int socket, struct keeper_answer *answer, int fds[2]);

/* The keeper's whole life, in the forked process; never returns. */
void keeper_main(const struct keeper_plan *plan, int control, int events) G_GNUC_NORETURN;

#endif
