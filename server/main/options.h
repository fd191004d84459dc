/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line. */
#ifndef LABSERVER_OPTIONS_H
#define LABSERVER_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "ports.h"
#include "secure.h"
#include "texts.h"

/* Addresses to listen on. */
#define BINDS_MAX 8

/* Names that --tls-name may give. */
#define TLS_NAMES_MAX 8

/* Connections at a time, whatever the system allows. */
#define CONNECTIONS_MAX 16384

/* What one address may have if the command line does not say it: a share of all. */
#define PER_ADDRESS_SHARE G_MAXUINT

/* The strings belong to argv. */
typedef struct {
    unsigned port;               /* 0: the system picks one */
    const char *bind[BINDS_MAX]; /* numeric addresses */
    unsigned binds;              /* how many; 0: "::" */
    const char *root;            /* NULL: our own page */
    const char *config;          /* NULL: the root's student.ini, if there is one */
    unsigned keepalive_timeout;  /* seconds; 0: no connection is kept */
    unsigned keepalive_max;      /* requests on one connection; 0: no limit */
    const char *access_log;      /* NULL: none; "-": standard output */
    bool tls;
    secure_ports_t tls_ports;
    const char *tls_names[TLS_NAMES_MAX + 1]; /* NULL at the end */
    const char *certificate, *key;            /* files; NULL: our own */
    bool no_scenarios;
    scenario_ports_t scenario_ports;
    bool no_compression;
    unsigned max_connections; /* 0: as many as the system allows */
    unsigned max_per_address; /* 0: no limit; PER_ADDRESS_SHARE */
    unsigned max_body;        /* bytes */
    unsigned header_timeout;  /* seconds */
    const char *user;         /* NULL: nobody */
    bool qr_code;
    const char *init; /* NULL: serve */
    lab_lang_t language;
} options_t;

typedef enum { OPTIONS_RUN, OPTIONS_SHOWN, OPTIONS_WRONG } options_result_t;

/* Fills `options` with the defaults and what `argv` says, and sets the language of the terminal.
 * OPTIONS_SHOWN: --help or --version was answered on standard output. OPTIONS_WRONG: the reason is on
 * standard error. */
options_result_t options_parse(int argc, char **argv, options_t *options);

#endif
