/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which name server a process asks: resolv.conf(5), in a mount namespace of its own. */
#ifndef LABDUMP_RESOLVER_H
#define LABDUMP_RESOLVER_H

#include <stdbool.h>

/* From now on the calling process and its children ask the name server with this IPv4 address, after
 * /etc/hosts. The files of the system stay as they are. False if that cannot be: then nothing has changed for
 * names. The caller needs the rights of its user namespace, and one thread. */
bool resolver_use(const char *address);

#endif
