/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture.c - see capture.h. */
#include "capture.h"

enum { LONG_TEXT = 64 << 10 /* bytes */ };

void lab_report_flush(const lab_report_t *report, GString *out)
{
    if (!report->take || out->len < LONG_TEXT)
        return;
    report->take(report->user, out);
    g_string_truncate(out, 0);
}

uint32_t lab_report_quality(const lab_report_t *report)
{
    return report->engine ? lab_engine_quality(report->engine) : LAB_QUALITY_NO_TCP;
}

const lab_exchange_t *lab_report_find_exchange(const lab_report_t *report, uint32_t number)
{
    return report->engine ? lab_engine_exchange(report->engine, number) : NULL;
}

const lab_conn_t *lab_report_find_connection(const lab_report_t *report, uint32_t stream)
{
    return report->engine ? lab_engine_conn(report->engine, stream) : NULL;
}
