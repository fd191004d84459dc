/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.c - logs of anomalies and HTTP events; see events.h. */
#include "events.h"

#include "work.h"

/* A removed finding stays in the list, with no anomaly, until somebody asks for the list. Each finding is in
 * two chains from newer to older ones: those of its frame's details, and those of its stream. */
#define REMOVED LAB_ANOMALIES

static lab_finding_t *finding_at(const lab_engine_t *e, uint32_t place)
{
    lab_work();
    return &g_array_index(e->findings, lab_finding_t, place - 1);
}

/* Puts the finding into the chain of a stream. */
static void chain(lab_engine_t *e, uint32_t place, uint32_t stream)
{
    lab_finding_t *finding = finding_at(e, place);
    lab_store_row_t *row = lab_store_row(e, stream);
    finding->stream = stream;
    finding->before_in_stream = row->finding;
    row->finding = place;
}

void lab_anomaly_add(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (detail->anomalies & LAB_ANOMALY_BIT(anomaly))
        return;
    detail->anomalies |= LAB_ANOMALY_BIT(anomaly);
    lab_finding_t finding = {.frame = frame, .anomaly = (uint8_t)anomaly, .before = detail->finding};
    g_array_append_val(e->findings, finding);
    detail->finding = e->findings->len;
    chain(e, e->findings->len, stream);
}

void lab_anomaly_remove(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    if (!(lab_detail_seen(e, frame, stream)->anomalies & LAB_ANOMALY_BIT(anomaly)))
        return;
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    detail->anomalies &= ~LAB_ANOMALY_BIT(anomaly);
    for (uint32_t *place = &detail->finding; *place; place = &finding_at(e, *place)->before) {
        lab_finding_t *finding = finding_at(e, *place);
        if (finding->frame == frame && finding->stream == stream && finding->anomaly == anomaly) {
            finding->anomaly = REMOVED;
            *place = finding->before;
            e->removed++;
            return;
        }
    }
}

void lab_anomalies_move(lab_engine_t *e, uint32_t from, uint32_t first_frame, uint32_t to)
{
    uint32_t place = lab_store_row(e, from)->finding, next;
    lab_store_row(e, from)->finding = 0;
    for (; place; place = next) {
        const lab_finding_t *finding = finding_at(e, place);
        next = finding->before_in_stream;
        chain(e, place, finding->frame >= first_frame ? to : from);
    }
}

/* Where the finding that was at `place` lies once the removed ones are gone. */
static uint32_t moved(const GArray *places, uint32_t place)
{
    return place ? g_array_index(places, uint32_t, place - 1) : 0;
}

/* Takes the removed findings out of the list. Places in chains change with it. */
static void compact(lab_engine_t *e)
{
    GArray *places = g_array_sized_new(FALSE, TRUE, sizeof(uint32_t), e->findings->len);
    g_array_set_size(places, e->findings->len);
    uint32_t left = 0;
    for (uint32_t stream = 0; stream < e->conns->len; stream++)
        lab_store_row(e, stream)->finding = 0;
    for (uint32_t place = 1; place <= e->findings->len; place++) {
        lab_finding_t finding = *finding_at(e, place);
        if (finding.anomaly == REMOVED)
            continue;
        g_array_index(places, uint32_t, place - 1) = ++left;
        finding.before = moved(places, finding.before);
        *finding_at(e, left) = finding;
        chain(e, left, finding.stream);
    }
    for (guint i = 0; i < e->details->len; i++) {
        lab_detail_t *detail = g_ptr_array_index(e->details, i);
        detail->finding = moved(places, detail->finding);
    }
    e->nowhere.finding = moved(places, e->nowhere.finding);
    g_array_set_size(e->findings, left);
    g_array_unref(places);
    e->removed = 0;
}

const GArray *lab_engine_findings(const lab_engine_t *engine)
{
    lab_engine_t *e = (lab_engine_t *)engine;
    if (e->removed)
        compact(e);
    return e->findings;
}

void lab_http_event_add(lab_engine_t *e, const lab_exchange_t *x, lab_http_event_kind_t kind)
{
    const lab_http_event_t event = {.exchange = x->number, .kind = kind, .asked = x->method != NULL};
    if (event.exchange == x->number) /* nobody has memory for more */
        g_array_append_val(e->http_log, event);
}
