/* SPDX-License-Identifier: GPL-2.0-or-later */
/* direction.h - one direction's way from segments to messages; private to exchange.c. */
#ifndef LAB_DIRECTION_H
#define LAB_DIRECTION_H

#include "decrypted.h"
#include "framing.h"

typedef struct lab_direction {
    lab_conn_t *conn;
    uint8_t end; /* that sends these bytes */
    bool response, interim;
    lab_exchange_t *exchange; /* of the message being read, NULL = none */
    lab_position_t began;
    int64_t acked; /* offset of the other side that the segment being read acknowledges */
    int64_t lost;  /* offset from which on bytes are missing, so that messages may be; -1 = none */
    lab_stream_t *stream;
    lab_http_t *http;           /* NULL = no byte of HTTP so far */
    lab_decrypted_t *decrypted; /* of a direction that carries TLS; NULL = it does not */
} lab_direction_t;

#endif
