/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange.h - the HTTP exchanges of a connection. */
#ifndef LAB_EXCHANGE_H
#define LAB_EXCHANGE_H

#include "conn.h"

/* Reads the payload of the segment. Bytes that it acknowledges and that the capture lacks count as missing.
 */
void lab_exchange_payload(lab_context_t *c);
/* Sets the exchange of a segment whose bytes were not new, and of an acknowledgment. */
void lab_exchange_label(lab_context_t *c);
/* The connection ends with this segment: a response that is being read is truncated. */
void lab_exchange_cut(lab_context_t *c);
/* The RST in `frame` that had cut them off was not obeyed: they go on. */
void lab_exchange_uncut(lab_conn_t *conn, uint32_t frame);
/* Stops reading the connection, and frees the readers of both directions. Exchanges stay. */
void lab_exchange_free(lab_conn_t *conn);

/* True if the newest encrypted data of this end was not decrypted, or waits for bytes that the capture lacks.
 */
bool lab_exchange_unreadable(const lab_conn_t *conn, unsigned end);
/* The newest exchange; NULL = none, or later data cannot be read. */
lab_exchange_t *lab_exchange_current(const lab_conn_t *conn);
/* The newest exchange with a response; NULL = none. */
const lab_exchange_t *lab_exchange_answered(const lab_conn_t *conn);
/* The connection lies elsewhere now: what reads its bytes has to know. */
void lab_exchange_moved(lab_conn_t *conn);
/* Address and port of the end that sent the request. Valid until the next call. */
const lab_endpoint_t *lab_exchange_client(const lab_engine_t *engine, const lab_exchange_t *exchange);

#endif
