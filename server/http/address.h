/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address.h - addresses of IPv4 and IPv6, and those by which other computers reach this one. */
#ifndef LABSERVER_ADDRESS_H
#define LABSERVER_ADDRESS_H

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef union {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} address_t;

/* false: the text is no address of either version. */
bool address_parse(const char *text_form, unsigned port, address_t *address);

/* The address that the socket has on this computer. */
void address_of_socket(int fd, address_t *address);

bool address_is_any(const address_t *address);
bool address_is_any_six(const address_t *address);

/* An address of IPv4 that is written as one of IPv6 (RFC 4291, 2.5.5.2) counts as what it is. */
bool address_is_loopback(const address_t *address);

/* The URL of a server there; `scheme` is http or https. The caller frees it. */
char *address_url(const char *scheme, const address_t *address, unsigned port);

/* The addresses of this computer's interfaces that other computers can reach (address_t), those of IPv6 only
 * with `with_six`. The caller frees the array. */
GPtrArray *address_others(bool with_six);

#endif
