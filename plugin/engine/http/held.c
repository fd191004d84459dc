/* SPDX-License-Identifier: GPL-2.0-or-later */
/* held.c - head-of-line blocking: TCP delivers in order, so a lost segment of one stream of HTTP/2 holds up
 * all others until it comes again. RFC 9113 1. */
#include "streams.h"

void lab_held_note(lab_http2_conn_t *h, lab_exchange_t *x, bool waited, int64_t time)
{
    unsigned i = 0;
    while (i < h->held_count && h->held[i].x != x)
        i++;
    if (i == LAB_HELD_MAX)
        return;
    if (i == h->held_count)
        h->held[h->held_count++] = (lab_held_t){x, -1};
    if (waited && h->held[i].since < 0)
        h->held[i].since = time;
}

/* `waiting`: streams with bytes behind the lost segment. One stream alone waits for itself. */
static void say(lab_http2_conn_t *h, uint32_t frame, int64_t time)
{
    for (unsigned i = 0; i < h->held_count; i++) {
        lab_http2_exchange_t *x = h->held[i].x->http2;
        int64_t held = time - h->held[i].since;
        if (h->held[i].since < 0 || held < x->held)
            continue;
        x->held = held;
        x->held_by = frame;
        x->held_streams = h->held_count;
    }
    lab_http2_facts(h->conn, frame)->held = h->held_count;
    lab_anomaly_add(h->conn->engine, frame, h->conn->number, LAB_ANOMALY_HEAD_OF_LINE);
}

void lab_held_settle(lab_http2_conn_t *h, uint32_t frame, int64_t time)
{
    bool waiting = false;
    for (unsigned i = 0; i < h->held_count; i++)
        waiting |= h->held[i].since >= 0;
    if (waiting && h->held_count > 1)
        say(h, frame, time);
    h->held_count = 0;
}
