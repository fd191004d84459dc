/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shared.h - which captures saw the same connection: handed in twice, a part of one, or re-timed.
 *
 * A segment's print is a checksum of ports, raw numbers, flags and length. Segments without data, SYN and FIN
 * have none. Initial sequence numbers are chosen at random (RFC 9293 3.4.1): three equal prints are no
 * chance.
 */
#ifndef LABCLASS_SHARED_H
#define LABCLASS_SHARED_H

#include "facts.h"

typedef struct {
    guint64 print;
    gint64 time; /* nanoseconds since the epoch */
    guint32 owner;
    guint16 client_port, server_port;
} lab_print_t;

/* Of lab_print_t; the owner is 0. */
GArray *lab_prints(const lab_facts_t *facts);

/* Two captures that share segments. */
typedef struct {
    guint32 a, b;
    guint count;
    gint64 least, most; /* of the times in b less those in a */
    GArray *ports;      /* of guint16: the client's, each once */
} lab_shared_t;

/* Of lab_shared_t, sorted by owners; `prints` of all captures, which it sorts. Free with g_array_unref(). A
 * capture is compared with the first one that has the segment. */
GArray *lab_shared(GArray *prints);

#endif
