/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intake.h - the bytes of a request's header, put right before the library reads them.
 *
 * RFC 9112, 5.1: blanks behind a field value are no part of it. RFC 9110, 5.5: a zero byte in it is a fault.
 * libmicrohttpd 0.9.75 keeps such blanks, refuses what they end ("Content-Length: 5 "), and ends a line at a
 * zero byte; 1.0 does neither. It has no hook for this. But it reads with recv(), and a recv() that the
 * program has itself comes before the system's, as for every function of a shared library (ld.so(8)). Inside
 * TLS it reads with gnutls_record_recv(), which is the program's own in the same way.
 */
#ifndef LABSERVER_INTAKE_H
#define LABSERVER_INTAKE_H

#include <stdbool.h>
#include <stddef.h>

/* Where a connection is. All false: its bytes are left alone. */
typedef struct {
    bool header; /* the bytes that come are a header's */
    bool fields; /* the request line is over */
    bool any;    /* the line has a byte */
    bool text;   /* the line has a byte that is no blank */
    bool blank;  /* the line has blanks at its end that were not passed on yet */
} intake_t;

/* Takes the blanks at the ends of field lines out of `data`, in place, and makes each zero byte of the header
 * a control character that no field may have. A run of blanks that may still turn out to be inside a value is
 * passed on later, as one: `data` must have room for one byte more than `size`. Returns the bytes that are
 * left. */
size_t intake_pass(intake_t *intake, char *data, size_t size);

/* From now on, what is read from the connection `fd` is a header; until intake_leave(). Call them where the
 * library calls back: it reads the connection in the same thread. */
void intake_expect(int fd);
void intake_leave(int fd);

/* Whether the connection `fd`, a new one, carries TLS: then its header is what is inside. */
void intake_secure(int fd, bool secure);

#endif
