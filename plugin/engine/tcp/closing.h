/* closing.h - what closing.c, close_reason.c and reset.c share. */
#ifndef LAB_CLOSING_H
#define LAB_CLOSING_H

#include "conn.h"

/* Why it closed, as far as HTTP tells: close_reason.c. */
lab_reason_t lab_closing_reason(const lab_conn_t *conn, const lab_closing_t *closing);
/* A RST turned out to be ignored: the connection goes on. */
void lab_closing_reopen(lab_ctx_t *c);

#endif
