/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture.c - see capture.h. */
#include "capture.h"

#include "selection.h"

#include <string.h>

/* Of a part of the capture, what its connections are like. */
static uint32_t quality_of_part(const lab_report_t *report)
{
    uint32_t quality = 0;
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));)
        quality |= lab_conn_quality(conn);
    return quality;
}

enum { LONG_TEXT = 64 << 10 /* bytes */ };

bool lab_report_is_long(const lab_report_t *report, const GString *out)
{
    return report->take && out->len >= LONG_TEXT;
}

void lab_report_flush(const lab_report_t *report, GString *out)
{
    if (!lab_report_is_long(report, out))
        return;
    report->take(report->user, out);
    g_string_truncate(out, 0);
}

uint32_t lab_report_quality(const lab_report_t *report)
{
    if (report->selection)
        return quality_of_part(report);
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

uint32_t lab_report_quic_frames(const lab_report_t *report)
{
    for (unsigned i = 0; i < report->protocol_count; i++)
        if (strcmp(report->protocols[i].name, "QUIC") == 0)
            return report->protocols[i].frames;
    return 0;
}

uint32_t lab_report_quic_connections(const lab_report_t *report)
{
    return report->quic ? report->quic->len : 0;
}

/* RFC 9114 3.1; drafts of it were "h3-29" and the like. */
static bool names_http3(const char *protocol)
{
    return strcmp(protocol, "h3") == 0 || g_str_has_prefix(protocol, "h3-");
}

bool lab_quic_is_http3(const lab_quic_t *quic)
{
    if (quic->protocol)
        return names_http3(quic->protocol);
    for (guint i = 0; quic->protocols && i < quic->protocols->len; i++)
        if (names_http3(g_ptr_array_index(quic->protocols, i)))
            return true;
    return false;
}

char *lab_quic_version(const lab_quic_t *quic)
{
    enum { VERSION_1 = 1, VERSION_2 = 0x6b3343cf }; /* RFC 9369 3.1 */
    if (!quic->version)
        return NULL;
    if (quic->version == VERSION_1 || quic->version == VERSION_2)
        return g_strdup(quic->version == VERSION_1 ? "1" : "2");
    return g_strdup_printf("0x%08x", quic->version);
}
