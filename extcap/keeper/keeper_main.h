/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's own side, in the forked process. */
#ifndef LABDUMP_KEEPER_MAIN_H
#define LABDUMP_KEEPER_MAIN_H

#include <glib.h>
#include <stdbool.h>

#include "keeper_link.h"

/* What the keeper may be asked to start. The keeper is a fork of labdump and reads this from its own copy. */
typedef struct {
    bool own_network;
    char **argv[ROLE_COUNT]; /* NULL: there is none */
    /* NAME, value, NAME, value, ..., NULL: added to the environment of the role; NULL: nothing is. */
    char **environment[ROLE_COUNT];
    char **named_environment; /* added for the client if it can look names up in a network of its own */
    int input[ROLE_COUNT];    /* where standard input comes from; 0: nothing comes */
    int output[ROLE_COUNT];   /* where standard output goes */
    int errors[ROLE_COUNT];   /* and standard error */
    int keys;                 /* where the server writes the secrets of TLS (SSLKEYLOGFILE); 0: nowhere */
} lab_keeper_plan_t;

/* The keeper's whole life; never returns. Requests come over the socket `control`, whose end ends the keeper.
 * Ends of children (lab_keeper_event_t) are written to `events`. */
void keeper_main(const lab_keeper_plan_t *plan, int control, int events) G_GNUC_NORETURN;

#endif
