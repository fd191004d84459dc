/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns.h - which name look-up led to which connection. */
#ifndef LAB_DNS_H
#define LAB_DNS_H

#include "lab.h"

typedef struct lab_dns lab_dns_t;

lab_dns_t *lab_dns_new(void);
void lab_dns_free(lab_dns_t *dns);
/* Takes a DNS message (RFC 1035 4.1) that came over UDP; what is malformed is left out. */
void lab_dns_message(lab_dns_t *dns, const lab_datagram_t *datagram);
/* The newest look-up that brought the server's address and that this client may have made, NULL = none; with
 * a host, only of that name, which ends at a colon (a Host field: RFC 9110 7.2) or at its end. An answer that
 * nobody was seen to ask for comes after those that somebody was (RFC 5452 9.1). Lives as long as `dns`. */
const lab_lookup_t *lab_dns_find(const lab_dns_t *dns, const lab_endpoint_t *client,
                                 const lab_endpoint_t *server, const char *host);

#endif
