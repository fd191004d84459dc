/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name server of a network of its own. It knows one name and those below it, all with one address, and
 * answers NXDOMAIN for every other (RFC 1035 4.1.1). */
#ifndef LABDUMP_NAMES_H
#define LABDUMP_NAMES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

typedef struct lab_names lab_names_t;

/* Answers from the main loop on `fd`, a bound UDP socket that it owns from now on. `address`: IPv4, dotted.
 */
lab_names_t *names_start(int fd, const char *name, const char *address);

/* Closes and frees it (NULL is fine). */
void names_stop(lab_names_t *names);

/* The answer to a DNS message of `length` bytes, 0 bytes if it gets none (no query, or damaged). Returns the
 * answer's length; `answer` has room for 512 bytes, the most that UDP without EDNS carries. */
enum { LAB_DNS_ROOM = 512 };
size_t names_answer(const char *name, const char *address, const uint8_t *query, size_t length,
                    uint8_t *answer);

#endif
