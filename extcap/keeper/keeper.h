/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper: a process between labdump and the programs that labdump starts. It holds the namespaces and
 * starts the web server and the client command in them. When labdump ends, even by SIGKILL, the keeper kills
 * all their processes; when the keeper is killed, labdump does. */
#ifndef LABDUMP_KEEPER_H
#define LABDUMP_KEEPER_H

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "keeper_main.h"
#include "netns.h"
#include "ports.h"

typedef struct {
    pid_t pid;
    GArray *spared; /* children that this process had before it became labdump */
    int control;
    int events; /* yields lab_keeper_event_t; its end means that the keeper is gone */
} lab_keeper_t;

/* Forks the keeper. The caller must have one thread only. Returns 0 or an errno. */
int keeper_start(lab_keeper_t *keeper, const lab_keeper_plan_t *plan);

/* Builds the network of its own; wire[] of *net are then the caller's descriptors. False on failure: step and
 * errors of *net say why. */
bool keeper_network(lab_keeper_t *keeper, lab_netns_t *net);

/* Starts a child. Returns 0 or an errno, of exec() too. */
int keeper_run(lab_keeper_t *keeper, lab_role_t role);

/* A TCP socket in the client's namespace, non-blocking, for us to connect; or -1. */
int keeper_socket(lab_keeper_t *keeper);

/* A socket of this type (SOCK_STREAM, SOCK_DGRAM), bound to NETNS_SERVER and the port in the server's
 * namespace, non-blocking; one for TCP listens. -1 and *number, an errno, on failure. */
int keeper_server_socket(lab_keeper_t *keeper, int type, unsigned port, int *number);

/* Who listens on the port where the server runs; *orphans becomes the number of processes whose parent, a
 * child of the keeper's, has ended. */
lab_port_state_t keeper_look(lab_keeper_t *keeper, unsigned port, int *orphans);

/* Asks a child and its process group to end (SIGTERM); with ROLE_SERVER also those processes whose parent has
 * ended: a server may have gone into the background. */
void keeper_terminate(lab_keeper_t *keeper, lab_role_t role);

/* Kills all processes that are left and waits until they are gone, at most 5 seconds. */
void keeper_stop(lab_keeper_t *keeper);

#endif
