/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.c - logs of anomalies and HTTP events; see events.h. */
#include "events.h"

void lab_anomaly_add(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (detail->anomalies & LAB_ANOMALY_BIT(anomaly))
        return;
    detail->anomalies |= LAB_ANOMALY_BIT(anomaly);
    lab_finding_t finding = {frame, stream, (uint8_t)anomaly};
    g_array_append_val(e->findings, finding);
}

void lab_anomaly_remove(lab_engine_t *e, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly)
{
    lab_detail_t *detail = lab_detail_of(e, frame, stream);
    if (!(detail->anomalies & LAB_ANOMALY_BIT(anomaly)))
        return;
    detail->anomalies &= ~LAB_ANOMALY_BIT(anomaly);
    for (guint i = e->findings->len; i-- > 0;) {
        const lab_finding_t *finding = &g_array_index(e->findings, lab_finding_t, i);
        if (finding->frame == frame && finding->stream == stream && finding->anomaly == anomaly) {
            g_array_remove_index(e->findings, i);
            return;
        }
    }
}

void lab_anomalies_move(lab_engine_t *e, uint32_t from, uint32_t first_frame, uint32_t to)
{
    for (guint i = e->findings->len; i-- > 0;) {
        lab_finding_t *finding = &g_array_index(e->findings, lab_finding_t, i);
        if (finding->frame < first_frame)
            return;
        if (finding->stream == from)
            finding->stream = to;
    }
}

const GArray *lab_engine_findings(const lab_engine_t *e)
{
    return e->findings;
}

void lab_http_event_add(lab_engine_t *e, const lab_exchange_t *x, lab_http_event_kind_t kind)
{
    lab_http_event_t event = {x->number, (uint8_t)kind, x->method != NULL};
    g_array_append_val(e->http_log, event);
}
