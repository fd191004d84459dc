/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labserver: finding it, its command line, its first line of output. */
#ifndef LABDUMP_WEBSERVER_H
#define LABDUMP_WEBSERVER_H

#include <glib.h>
#include <stdbool.h>

#include "settings.h"
#include "ports.h"

/* The path of the running labdump, to be freed. */
char *webserver_own_path(void);

/*
 * The server's path, to be freed: --server, LAB_SERVER, the build tree's sibling, ~/.local/bin,
 * /usr/local/bin, /usr/bin, PATH. NULL and *error if there is none, or if the one that was asked for cannot
 * be run.
 */
char *webserver_find(const lab_settings_t *settings, GError **error);

/* Whether it is one of the places where labdump looks by itself: the build tree's sibling, ~/.local/bin,
 * /usr/local/bin, /usr/bin. */
bool webserver_is_usual(const char *path);

/* Its command line, to be freed with g_strfreev(). bind may be NULL: all addresses. */
char **webserver_command(const char *path, const lab_settings_t *settings, const char *bind,
                         const lab_ports_t *ports);

/* The port that a line of its output announces, or 0 if the line is another one. */
unsigned webserver_ready_port(const char *line);

#endif
