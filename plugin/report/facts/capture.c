/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture.c - see capture.h. */
#include "capture.h"

uint32_t lab_report_quality(const lab_report_t *report)
{
    return report->engine ? lab_engine_quality(report->engine) : LAB_QUALITY_NO_TCP;
}

int64_t lab_report_time(const lab_report_t *report, uint32_t frame)
{
    return frame && frame <= report->time_count ? report->times[frame - 1] : -1;
}

const lab_exchange_t *lab_report_find_exchange(const lab_report_t *report, uint32_t number)
{
    return report->engine ? lab_engine_exchange(report->engine, number) : NULL;
}

const lab_conn_t *lab_report_find_connection(const lab_report_t *report, uint32_t stream)
{
    return report->engine ? lab_engine_conn(report->engine, stream) : NULL;
}
