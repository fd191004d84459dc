/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages.h - DNS messages, and the name look-ups that they make. */
#ifndef LAB_DNS_MESSAGES_H
#define LAB_DNS_MESSAGES_H

#include "kept_strings.h"
#include "lab.h"

typedef struct lab_dns lab_dns_t;

/* An empty list of look-ups, whose names are kept in `names`. Free with lab_dns_free(); NULL is allowed
 * there. */
lab_dns_t *lab_dns_new(lab_strings_t *names);
void lab_dns_free(lab_dns_t *dns);
/* Reads a DNS message (RFC 1035 4.1) that came over UDP. A malformed message is ignored. */
void lab_dns_message(lab_dns_t *dns, const lab_datagram_t *datagram);
/* The newest look-up of the server's address that this client may have made; NULL = none. With `host`, only a
 * look-up of that name; the name ends at a colon (Host field, RFC 9110 7.2) or at its end. An answer whose
 * query was not captured ranks behind answers whose query was (RFC 5452 9.1). Owned by `dns`. */
const lab_lookup_t *lab_dns_find(const lab_dns_t *dns, const lab_endpoint_t *client,
                                 const lab_endpoint_t *server, const char *host);

#endif
