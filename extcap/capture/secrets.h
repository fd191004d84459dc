/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The secrets of TLS sessions, put into the capture in front of the packets that need them.
 *
 * The server writes lines of the format NSS Key Log into a pipe, each before the first bytes that it
 * encrypts. Only sessions whose ClientHello is in the capture, sent to one of the server's ports, get into
 * it: what the server does as somebody else's client stays out. */
#ifndef LABDUMP_SECRETS_H
#define LABDUMP_SECRETS_H

#include <glib.h>
#include <stdint.h>

#include "writer.h"

enum { SECRETS_PORTS = 3 };

typedef struct lab_secrets lab_secrets_t;

/* Reads from `fd`, which it owns from now on, in the main loop too. `ports` are the server's, 0 for none; the
 * link type is a LINKTYPE_ number. */
lab_secrets_t *secrets_new(int fd, lab_writer_t *writer, int link_type, const unsigned ports[SECRETS_PORTS]);

/* Call it before a packet is written. Returns where to write it: the writer's queue, or what waits for a
 * secret. The client of TLS 1.2 encrypts its Finished before the server knows the secret (RFC 5246 7.3); the
 * server of TLS 1.3 may send its ServerHello before it has written the secrets. That waits until they are
 * written or the other side answers, 2 seconds at most; what comes after it, too. */
GByteArray *secrets_before(lab_secrets_t *secrets, const uint8_t *data, unsigned captured);

/* Writes what waits, closes the pipe and frees it (NULL is fine). */
void secrets_end(lab_secrets_t *secrets);

#endif
