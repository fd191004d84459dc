/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.h - logs of what happened, in capture order. */
#ifndef LAB_EVENTS_H
#define LAB_EVENTS_H

#include "store.h"

/* Notes an anomaly of the segment in `frame` that belongs to the connection of `stream`; once a frame. */
void lab_anomaly_add(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* Takes it back, if it was noted: later frames show that it was none. */
void lab_anomaly_remove(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* What was noted of stream `from` since `first_frame` belongs to stream `to`. */
void lab_anomalies_move(lab_engine_t *engine, uint32_t from, uint32_t first_frame, uint32_t to);

typedef enum {
    LAB_HTTP_REQUEST_HEAD,  /* the head of the request has been read */
    LAB_HTTP_RESPONSE_HEAD, /* the head of the final response has been read */
    LAB_HTTP_RESPONSE_END   /* the last byte of the response has come */
} lab_http_event_kind_t;

/* Something that happened to an exchange. */
typedef struct {
    uint32_t exchange; /* number */
    uint8_t kind;      /* lab_http_event_kind_t */
    bool asked;        /* the head of the request had been read then */
} lab_http_event_t;

void lab_http_event_add(lab_engine_t *engine, const lab_exchange_t *exchange, lab_http_event_kind_t kind);

#endif
