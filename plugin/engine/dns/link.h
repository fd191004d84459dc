/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.h - links a connection to the name look-up that brought its server's address. */
#ifndef LAB_LINK_H
#define LAB_LINK_H

#include "conn.h"

/* Links the newest look-up of the server's address, if there is one. Called at a connection's first segment.
 */
void lab_lookup_link(lab_conn_t *conn);
/* Links the look-up of `host` (the Host field of the first request) instead, or none if `host` was not looked
 * up before the connection. */
void lab_lookup_confirm(lab_conn_t *conn, const char *host);

#endif
