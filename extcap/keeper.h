/*
 * The keeper: a process that stands between labdump and what labdump starts. It holds the namespaces, starts
 * the web server and the client in them, and takes every one of their processes along when labdump ends,
 * however it ends.
 */
#ifndef LABDUMP_KEEPER_H
#define LABDUMP_KEEPER_H

#include <glib.h>
#include <sys/types.h>

#include "netns.h"

enum role { ROLE_SERVER, ROLE_CLIENT, ROLE_COUNT };

/* What the keeper may be asked to start. The keeper is a fork of labdump and reads this from its own copy. */
struct keeper_plan {
    gboolean own_network;
    char **argv[ROLE_COUNT]; /* NULL: there is none */
    char **environment;      /* NAME, value, NAME, value, ..., NULL: added for the client */
    int output[ROLE_COUNT];  /* where standard output goes */
    int errors[ROLE_COUNT];  /* and standard error */
};

/* A child has ended; status as from waitpid(). */
struct keeper_event {
    int role;
    int status;
};

struct keeper {
    pid_t pid;
    int control;
    int events; /* yields struct keeper_event; its end means that the keeper is gone */
};

/* Forks the keeper. The caller must have one thread only. Returns 0 or an errno. */
int keeper_start(struct keeper *keeper, const struct keeper_plan *plan);

/* Builds the network; wire[] of *net are then descriptors of ours. FALSE: step and numbers of *net say why.
 */
gboolean keeper_network(struct keeper *keeper, struct netns *net);

/* Starts a child. Returns 0 or an errno, of exec() too. */
int keeper_run(struct keeper *keeper, enum role role);

/* A TCP socket in the client's namespace, non-blocking, for us to connect; or -1. */
int keeper_socket(struct keeper *keeper);

/* Asks a child and its process group to end (SIGTERM). */
void keeper_terminate(struct keeper *keeper, enum role role);

/* Ends all that is left and waits until it is gone. */
void keeper_stop(struct keeper *keeper);

#endif
