/* SPDX-License-Identifier: GPL-2.0-or-later */
/* messages_sent.h - the messages that each end of a connection sent, by their offsets. They stay when the
 * connection is no longer read. */
#ifndef LAB_MESSAGES_SENT_H
#define LAB_MESSAGES_SENT_H

#include "conn.h"

/* Notes the message of `exchange` that this end begins to send at `offset`. */
void lab_messages_add(lab_conn_t *conn, unsigned end, const lab_exchange_t *exchange, int64_t offset);
/* The bytes of this end from `offset` on are of the exchange with this number, up to the next run; 0 = of
 * none. HTTP/2: messages are sent in turns. */
void lab_messages_run(lab_conn_t *conn, unsigned end, uint32_t exchange, int64_t offset);
/* The exchange of the newest message of this end that holds the byte at `offset`; NULL = none. A message
 * whose end is not known holds all bytes after its first. */
lab_exchange_t *lab_messages_holding(const lab_conn_t *conn, unsigned end, int64_t offset);
/* The exchange of the newest message of this end that begins before `offset`; NULL = none. */
lab_exchange_t *lab_messages_before(const lab_conn_t *conn, unsigned end, int64_t offset);

#endif
