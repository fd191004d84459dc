/* Connections that the HTTP library has let go, played step by step on the bare socket: what a library would
 * never do is done here. One thread plays all of them. */
#ifndef LABSERVER_STAGE_H
#define LABSERVER_STAGE_H

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef enum {
    STEP_END,    /* close */
    STEP_SEND,   /* the message */
    STEP_HALF,   /* half of the message */
    STEP_WAIT,   /* milliseconds, without reading */
    STEP_LISTEN, /* at most so many milliseconds, until the client closes; what it sends is thrown away */
    STEP_ANSWER, /* the same, but every time something comes the message is sent again */
    STEP_DRAIN,  /* read and forget, until nothing has come for so many milliseconds */
    STEP_FIN,    /* close our half */
    STEP_RESET,  /* RST */
    STEP_PROBE,  /* have the system probe the connection each time it was idle for a second */
} StepKind;

typedef struct {
    StepKind kind;
    guint milliseconds;
} Step;

typedef struct Stage Stage;

/* A connection that came in through the slow door, for the HTTP library. Takes FD over. */
typedef void (*StageGuest)(int fd, const struct sockaddr *address, socklen_t size, gpointer data);

/* Where the closed port and the slow door are to be; 0: the system picks. */
typedef struct {
    guint closed;
    guint slow;
} StagePorts;

/* LISTEN_FD is the server's own socket: both ports are at its address. */
Stage *stage_new(int listen_fd, const StagePorts *ports, StageGuest guest, gpointer data);

/* Ends everything that is played, with a FIN where there was none. */
void stage_stop(Stage *stage);
void stage_free(Stage *stage);

/* Plays STEPS, which must outlive it and end with STEP_END, on FD. Takes both over. FALSE if too many are
 * played already; then nothing happened to either. */
gboolean stage_play(Stage *stage, int fd, const Step *steps, GBytes *message);

/* A port on which nobody listens: ours, or the one that was asked for if somebody keeps it already (labdump
 * does). 0: there was none to be had. */
guint stage_closed_port(Stage *stage);

/* The port of a door whose queue is full from now on for MILLISECONDS: a SYN that comes meanwhile is dropped
 * by the system, and sent again. Another port than was asked for if that one is taken. 0: there was none to
 * be had. */
guint stage_shut_door(Stage *stage, guint milliseconds);

#endif
