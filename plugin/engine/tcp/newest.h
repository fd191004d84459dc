/* SPDX-License-Identifier: GPL-2.0-or-later */
/* newest.h - the newest connection between two endpoints. */
#ifndef LAB_NEWEST_H
#define LAB_NEWEST_H

#include "conn.h"

typedef struct lab_newest lab_newest_t;

lab_newest_t *lab_newest_new(void);
void lab_newest_free(lab_newest_t *newest);
/* The newest connection on the endpoints of `conn`; NULL = none before it. */
lab_conn_t *lab_newest_on(lab_engine_t *engine, const lab_conn_t *conn);
/* `conn` is the newest on its endpoints. */
void lab_newest_put(lab_engine_t *engine, const lab_conn_t *conn);

#endif
