/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection_facts.c - see connection_facts.h. */
#include "connection_facts.h"

#include "names.h"
#include "selection.h"

#include <string.h>

/* clang-format off */
const lab_token_t lab_conn_kinds[LAB_CONN_KINDS] = {
    [LAB_CONN_HTTP]       = { "http",           "RFC 9112",          { { "HTTP", "HTTP" } } },
    [LAB_CONN_UNANSWERED] = { "never-answered", "RFC 9293 3.8.3",    { { "never answered", "无人应答" } } },
    [LAB_CONN_REFUSED]    = { "refused",        "RFC 9293 3.10.7.1", { { "refused", "被拒绝" } } },
    [LAB_CONN_NOT_OPENED] = { "not-opened",     "RFC 9293 3.5",      { { "not opened", "未建立" } } },
    [LAB_CONN_TLS]        = { "tls",            "RFC 8446",          { { "TLS", "TLS" } } },
    [LAB_CONN_RST_ONLY]   = { "rst-only",       "RFC 9293 3.10.7.1", { { "only a RST captured", "只抓到 RST" } } },
    [LAB_CONN_NO_DATA]    = { "no-data",        "",                  { { "without data", "没有数据" } } },
    [LAB_CONN_OTHER]      = { "other",          "",                  { { "of other protocols", "其他协议" } } },
};
/* clang-format on */

static bool has_exchanges(const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    return exchanges && exchanges->len;
}

static bool has_data(const lab_conn_t *conn)
{
    return lab_conn_bytes(conn, 0) + lab_conn_bytes(conn, 1) > 0;
}

/* The RSTs of a connection that was over, or filtered out, before the capture began. */
static bool is_rst_only(const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    if (!resets || !resets->len || has_data(conn))
        return false;
    const lab_reset_t *first = g_ptr_array_index(resets, 0),
                      *last = g_ptr_array_index(resets, resets->len - 1);
    return lab_conn_open_kind(conn) == LAB_OPEN_NOT_CAPTURED && lab_conn_first_frame(conn) == first->frame &&
           lab_conn_last_frame(conn) == last->frame;
}

lab_conn_kind_t lab_report_kind(const lab_conn_t *conn)
{
    lab_open_t open = lab_conn_open_kind(conn);
    if (has_exchanges(conn))
        return LAB_CONN_HTTP;
    if (open == LAB_OPEN_UNANSWERED)
        return LAB_CONN_UNANSWERED;
    if (open == LAB_OPEN_REFUSED)
        return LAB_CONN_REFUSED;
    if (open == LAB_OPEN_ABANDONED || open == LAB_OPEN_INCOMPLETE)
        return LAB_CONN_NOT_OPENED;
    if (lab_conn_tls_kind(conn) != LAB_TLS_NONE)
        return LAB_CONN_TLS;
    if (is_rst_only(conn))
        return LAB_CONN_RST_ONLY;
    return has_data(conn) ? LAB_CONN_OTHER : LAB_CONN_NO_DATA;
}

/* ---- the server ---- */

/* An address is no name. */
static bool is_name(const char *host, size_t length)
{
    char *text = g_strndup(host, length);
    bool name = length && *host != '[' && !g_hostname_is_ip_address(text);
    g_free(text);
    return name;
}

char *lab_report_server_name(const lab_conn_t *conn)
{
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    const lab_tls_names_t *tls = lab_conn_tls_names(conn);
    const char *host = lab_conn_host(conn);
    if (lookup)
        return g_strdup(lookup->name);
    if (tls && tls->server_name)
        return g_strdup(tls->server_name);
    size_t length = host ? strcspn(host, ":") : 0;
    return host && is_name(host, length) ? g_strndup(host, length) : NULL;
}

const char *lab_report_inside(const lab_conn_t *conn)
{
    static const char *const protocols[][2] = {{"h2", "TLS h2"}, {"http/1.1", "TLS http/1.1"}};
    const lab_tls_names_t *tls = lab_conn_tls_names(conn);
    if (lab_conn_tls_kind(conn) == LAB_TLS_NONE)
        return lab_conn_http2(conn) ? "HTTP/2" : has_exchanges(conn) ? "HTTP" : NULL;
    for (size_t i = 0; tls && tls->chosen && i < G_N_ELEMENTS(protocols); i++)
        if (strcmp(tls->chosen, protocols[i][0]) == 0)
            return protocols[i][1];
    return "TLS";
}

/* ---- what went wrong ---- */

static void note_anomalies(lab_overview_t *o, const lab_engine_t *engine)
{
    const GArray *findings = lab_engine_findings(engine);
    for (guint i = 0; i < findings->len; i++) {
        const lab_finding_t *f = &g_array_index(findings, lab_finding_t, i);
        const lab_conn_t *conn = lab_engine_conn(engine, f->stream);
        uint32_t stream = conn ? lab_conn_stream(conn) : o->streams;
        o->anomalies[stream] |= LAB_ANOMALY_BIT(f->anomaly);
        o->anomaly_counts[stream]++;
    }
}

static void note_frame(lab_overview_t *o, const lab_engine_t *engine, const lab_annotation_t *a)
{
    const lab_conn_t *conn = a->marks & LAB_MARK_TLS_DATA ? lab_engine_conn_of(engine, a) : NULL;
    if (conn && a->sender == lab_conn_client(conn))
        o->client_data[lab_conn_stream(conn)] = 1;
}

lab_overview_t lab_overview(const lab_report_t *report)
{
    const lab_engine_t *engine = report->engine;
    lab_overview_t o = {.streams = engine ? lab_engine_streams(engine) : 0};
    o.anomalies = g_new0(uint64_t, o.streams + 1);
    o.anomaly_counts = g_new0(uint32_t, o.streams + 1);
    o.client_data = g_new0(uint8_t, o.streams + 1);
    if (!engine)
        return o;
    note_anomalies(&o, engine);
    for (uint32_t frame = 1; frame <= report->frames; frame++) {
        const lab_annotation_t *a = lab_engine_annotation(engine, frame);
        for (unsigned n = 0; a; a = lab_engine_more(engine, frame, n++))
            note_frame(&o, engine, a);
    }
    return o;
}

void lab_overview_clear(lab_overview_t *o)
{
    g_free(o->anomalies);
    g_free(o->anomaly_counts);
    g_free(o->client_data);
}

/* Of a connection that cannot be read, a RST that ends it is usual: browsers do so. Of a RST alone nothing
 * can be told. */
static bool resets_wrong(const lab_conn_t *conn)
{
    const GPtrArray *resets = lab_conn_resets(conn);
    bool readable = lab_conn_tls_kind(conn) == LAB_TLS_NONE && !is_rst_only(conn);
    for (guint i = 0; resets && i < resets->len; i++) {
        const lab_reset_t *reset = g_ptr_array_index(resets, i);
        if (reset->impact == LAB_BYTES_LOST || (readable && reset->impact != LAB_NOTHING_LOST))
            return true;
    }
    return false;
}

bool lab_report_went_wrong(const lab_overview_t *o, const lab_conn_t *conn)
{
    const uint64_t wrong =
        LAB_ANOMALY_BIT(LAB_ANOMALY_BAD_SYN_ACK) | LAB_ANOMALY_BIT(LAB_ANOMALY_SYN_IN_CONNECTION) |
        LAB_ANOMALY_BIT(LAB_ANOMALY_PORT_REUSE_PREMATURE) | LAB_ANOMALY_BIT(LAB_ANOMALY_SYN_FIN) |
        LAB_ANOMALY_BIT(LAB_ANOMALY_SYN_RST) | LAB_ANOMALY_BIT(LAB_ANOMALY_FIN_UNANSWERED) |
        LAB_ANOMALY_BIT(LAB_ANOMALY_ZERO_WINDOW) | LAB_ANOMALY_BIT(LAB_ANOMALY_KEEPALIVE_UNANSWERED) |
        LAB_ANOMALY_BIT(LAB_ANOMALY_TRUNCATED_BODY);
    lab_conn_kind_t kind = lab_report_kind(conn);
    return kind == LAB_CONN_REFUSED || kind == LAB_CONN_NOT_OPENED ||
           (o->anomalies[lab_conn_stream(conn)] & wrong) || lab_conn_tls_kind(conn) == LAB_TLS_FAILED ||
           resets_wrong(conn);
}

bool lab_report_is_spare(const lab_overview_t *o, const lab_conn_t *conn)
{
    lab_open_t open = lab_conn_open_kind(conn);
    lab_tls_kind_t tls = lab_conn_tls_kind(conn);
    if (has_exchanges(conn) || (open != LAB_OPEN_THREE_WAY && open != LAB_OPEN_FAST_OPEN) ||
        (lab_conn_quality(conn) & LAB_QUALITY_ONE_DIRECTION))
        return false;
    if (tls == LAB_TLS_NONE)
        return !has_data(conn);
    return tls != LAB_TLS_FAILED && lab_conn_tls_time(conn) >= 0 && !o->client_data[lab_conn_stream(conn)];
}

/* ---- what is left out ---- */

uint32_t lab_report_protocol(const lab_report_t *report, const char *name)
{
    uint32_t frames = 0;
    for (unsigned i = 0; report->protocols && i < report->protocol_count; i++)
        if (strcmp(report->protocols[i].name, name) == 0)
            frames += report->protocols[i].frames;
    return frames;
}

/* Frames of the look-up that the connection waited for. */
static uint32_t lookup_frames(const lab_conn_t *conn)
{
    const lab_lookup_t *l = lab_conn_lookup(conn);
    return l && lab_conn_lookup_awaited(conn) ? (l->query_frame != 0) + (l->answer_frame != 0) : 0;
}

lab_left_out_t lab_report_left_out(const lab_report_t *report)
{
    lab_left_out_t out = {.quic = lab_report_protocol(report, "QUIC"),
                          .dns = lab_report_protocol(report, "DNS")};
    const lab_report_t whole = {.engine = report->engine};
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(&whole, &i));) {
        out.all_connections++;
        if (!lab_report_has_connection(report, conn)) {
            out.left_out[lab_report_kind(conn)]++;
            continue;
        }
        out.connections++;
        out.dns -= MIN(out.dns, lookup_frames(conn));
    }
    return out;
}
