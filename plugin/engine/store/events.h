/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.h - logs of anomalies and HTTP events, in capture order. */
#ifndef LAB_EVENTS_H
#define LAB_EVENTS_H

#include "store.h"

/* Adds an anomaly to the segment in `frame` that belongs to the connection of `stream`. Nothing changes if
 * the segment has it already. */
void lab_anomaly_add(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* Removes an anomaly that later frames have disproved. Nothing changes if the segment does not have it. */
void lab_anomaly_remove(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* Moves the anomalies of stream `from` in `first_frame` and later to stream `to`. */
void lab_anomalies_move(lab_engine_t *engine, uint32_t from, uint32_t first_frame, uint32_t to);

typedef enum {
    LAB_HTTP_REQUEST_HEAD,  /* request head complete */
    LAB_HTTP_RESPONSE_HEAD, /* head of the final response complete */
    LAB_HTTP_RESPONSE_END   /* response complete */
} lab_http_event_kind_t;

/* An event of an exchange. */
typedef struct {
    uint32_t exchange : 29; /* number of the exchange */
    uint32_t kind : 2;      /* lab_http_event_kind_t */
    uint32_t asked : 1;     /* request head complete at that time */
} lab_http_event_t;

/* Appends an event of `exchange` to the log. */
void lab_http_event_add(lab_engine_t *engine, const lab_exchange_t *exchange, lab_http_event_kind_t kind);

#endif
