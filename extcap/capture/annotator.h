/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Lab says of each packet, as its comment, while capturing. labdump has no dissector: a tshark with the
 * plugin Lab reads the same pcapng from a pipe, and what it says of a packet comes back as a line. The packet
 * is held until then.
 *
 * Only what one pass knows: a packet's comment says nothing that a later packet tells. */
#ifndef LABDUMP_ANNOTATOR_H
#define LABDUMP_ANNOTATOR_H

#include <glib.h>
#include <stdbool.h>

#include "writer.h"

typedef struct lab_annotator lab_annotator_t;

/* tshark's arguments, to be freed with g_strfreev(). `language`: en, zh or NULL; the server's port is decoded
 * as HTTP. */
char **annotator_command(const char *tshark, const char *language, unsigned port);

/* From now on what is queued in the writer goes through tshark first. Owns both descriptors: `to` is tshark's
 * standard input, `from` its standard output. */
lab_annotator_t *annotator_start(lab_writer_t *writer, int to, int from);

/* Waits until tshark has said what it knows of all packets so far, 10 seconds at most, and lets go of the
 * writer: what is queued later has no comments. Frees it; NULL is fine. */
void annotator_finish(lab_annotator_t *annotator);

/* A line of tshark's, without its end, as a comment; to be freed. NULL: nothing is said of this packet. */
char *annotator_comment(const char *line);

#endif
