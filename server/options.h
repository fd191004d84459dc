/* The command line. */
#ifndef LABSERVER_OPTIONS_H
#define LABSERVER_OPTIONS_H

#include <glib.h>

#include "stage.h"
#include "text.h"

/* Addresses to listen on. */
#define BINDS_MAX 8

/* Connections at a time, whatever the system allows. */
#define CONNECTIONS_MAX 16384

/* The strings belong to argv. */
typedef struct {
    guint port;                  /* 0: the system picks one */
    const char *bind[BINDS_MAX]; /* numeric addresses */
    guint binds;                 /* how many; 0: "::" */
    const char *root;            /* NULL: our own page */
    const char *config;          /* NULL: the root's student.ini, if there is one */
    guint keepalive_timeout;     /* seconds; 0: no connection is kept */
    guint keepalive_max;         /* requests on one connection; 0: no limit */
    const char *access_log;      /* NULL: none; "-": standard output */
    gboolean no_scenarios;
    StagePorts scenario_ports;
    gboolean no_compression;
    guint max_connections; /* 0: as many as the system allows */
    guint max_per_address; /* 0: no limit */
    guint max_body;        /* bytes */
    guint header_timeout;  /* seconds */
    const char *user;      /* NULL: nobody */
    gboolean qr_code;
    const char *init; /* NULL: serve */
    Lang language;
} Options;

typedef enum { OPTIONS_RUN, OPTIONS_SHOWN, OPTIONS_WRONG } OptionsResult;

/* Fills OPTIONS with the defaults and what ARGV says, and sets the language of the terminal. OPTIONS_SHOWN:
 * --help or
 * --version was answered on standard output. OPTIONS_WRONG: the reason is on standard error. */
OptionsResult options_parse(int argc, char **argv, Options *options);

#endif
