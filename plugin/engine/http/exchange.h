/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange.h - HTTP exchanges over the bytes of both directions of a connection. */
#ifndef LAB_EXCHANGE_H
#define LAB_EXCHANGE_H

#include "conn.h"

/* Reads the payload of the segment, and what its acknowledgment shows to be missing. */
void lab_exchange_payload(lab_context_t *c);
/* Names the exchange of a segment that was not read as new bytes, and of an acknowledgment. */
void lab_exchange_label(lab_context_t *c);
/* The connection ends with this segment: what is being read stays incomplete. */
void lab_exchange_cut(lab_context_t *c);
/* The RST in `frame` that had cut them off was not obeyed: they go on. */
void lab_exchange_uncut(lab_conn_t *conn, uint32_t frame);
/* Reads no more of the connection, and frees what reading took. */
void lab_exchange_free(lab_conn_t *conn);

/* Did this end send encrypted data that could not be read, and nothing that could since? */
bool lab_exchange_unreadable(const lab_conn_t *conn, unsigned end);
/* The newest exchange; NULL = none, or what came later cannot be read. */
lab_exchange_t *lab_exchange_current(const lab_conn_t *conn);
/* The newest exchange that got a response; after requests that did not it is an older one. NULL = none. */
const lab_exchange_t *lab_exchange_answered(const lab_conn_t *conn);
/* The end that made the request. */
const lab_endpoint_t *lab_exchange_client(const lab_engine_t *engine, const lab_exchange_t *exchange);

#endif
