/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.h - the names that a certificate of this machine must have. */
#ifndef LABSERVER_NAMES_H
#define LABSERVER_NAMES_H

#include <glib.h>
#include <stdbool.h>

/* localhost, the machine's name and addresses, and those that are wished (NULL at the end). Strings of its
 * own; free it with g_ptr_array_unref(). */
GPtrArray *names_wanted(const char *const *wished);

/* Whether it is a DNS name (letters, digits and hyphens between dots, RFC 1123 2.1; "*." in front of it is
 * allowed, RFC 6125 6.4.3) or an address. */
bool names_is_valid(const char *name);

#endif
