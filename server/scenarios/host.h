/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.h - the way to another port of this server. */
#ifndef LABSERVER_HOST_H
#define LABSERVER_HOST_H

#include "reply.h"

/* 302 to the path at that port, and at the host as the client named it: that is how it reaches us. With port
 * 0 it is 503: there is none. */
enum MHD_Result host_redirect(const exchange_t *exchange, const char *scheme, unsigned port,
                              const char *path);

#endif
