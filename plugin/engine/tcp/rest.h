/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rest.h - connections that nothing happens on lie packed, in an eighth of their memory.
 *
 * A connection is awake from its first segment on. Once many other segments have come since its newest one it
 * is packed: it rests. It is awake again as soon as anybody asks the store for it. No fact is lost.
 *
 * Connections move when they rest: only the store, `previous` and `waiting` (which count in `pins`) and the
 * readers of its bytes may point to one from one segment to the next.
 */
#ifndef LAB_REST_H
#define LAB_REST_H

#include "conn.h"

typedef struct lab_rests lab_rests_t;

lab_rests_t *lab_rests_new(void);
void lab_rests_free(lab_rests_t *rests);

/* Of a new engine, for tests: how many connections may be awake whatever their age, and after how many
 * segments one may rest. */
void lab_rests_limit(lab_rests_t *rests, uint32_t awake, uint32_t age);

/* Memory for a connection that is awake, all zero. */
lab_conn_t *lab_rest_begin(lab_engine_t *engine);
/* The store does not point to this connection any more. */
void lab_rest_drop(lab_engine_t *engine, lab_conn_t *conn);
/* Before a segment is looked at: connections without segments for long begin to rest. */
void lab_rest_some(lab_engine_t *engine);

/* For the store: the connection that lies at `rest`, awake; its memory at `rest` is given back. */
lab_conn_t *lab_rest_wake(lab_engine_t *engine, void *rest);
/* The same for a reader: it goes on resting. Valid until the next call. */
const lab_conn_t *lab_rest_peek(lab_engine_t *engine, const void *rest);
/* True if the connection at `rest` owns memory outside of the arena. */
bool lab_rest_owns(const void *rest);

#endif
