/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one capture was asked to do, whoever asked: Wireshark's dialog or a command line. */
#ifndef LABDUMP_SETTINGS_H
#define LABDUMP_SETTINGS_H

#include <glib.h>
#include <stdbool.h>

/* The name of the one interface that labdump offers. */
#define LAB_INTERFACE "lab"

/* The server's name in a network of its own. Names below .test are nobody's: RFC 6761 6.2. */
#define LAB_DEFAULT_NAME "lab.test"

/* Strings are owned by the caller and are NULL where nothing was given. */
typedef struct {
    const char *fifo;   /* where the packets go: a path, or - for standard output */
    const char *filter; /* capture filter in libpcap's language */
    unsigned port;      /* of the web server; 0: any free one */
    bool no_compression;
    const char *root;
    const char *config;
    const char *server;
    const char *server_command; /* for the shell, in the place of labserver */
    const char *server_log;     /* where that command's output goes; NULL: server_log_path() */
    bool running;               /* nothing is started: a server listens on `port` of this machine already */
    const char *name;           /* of the server, in a network of its own */
    const char *network;        /* never NULL: auto, own, loopback or a device's name */
    bool dns;
    bool tls;             /* HTTPS too; a server command serves it by itself */
    bool no_keys;         /* the secrets of TLS stay out of the capture */
    const char *language; /* en or zh; NULL: the one of the environment */
    const char *client;
    const char *client_log;
    const char *control_in, *control_out; /* the pipes of Wireshark's toolbar */
    const char *scenario;                 /* names of labserver's scenarios, with commas between them */
    const char *log;                      /* what was done while capturing */
    bool annotate;                        /* packets get what Lab says of them as their comment */
    bool open;                            /* the page is opened in a browser */
    bool by_hand;  /* labdump was started by hand, so everything was typed by its user */
    double linger; /* seconds that the capture goes on after the client command */
} lab_settings_t;

/* Checks that folders and files exist. False and *error (code LAB_FAILED) at the first that does not. */
bool settings_check(const lab_settings_t *settings, GError **error);

#endif
