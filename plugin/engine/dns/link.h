/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link.h - links a connection to the name look-up that brought its server's address. */
#ifndef LAB_LINK_H
#define LAB_LINK_H

#include "conn.h"

/* At the first segment: the newest look-up of the server's address, if there was one. */
void lab_lookup_link(lab_conn_t *conn);
/* The first request names its server: of several look-ups of one address, that is the one. */
void lab_lookup_confirm(lab_conn_t *conn, const char *host);

#endif
