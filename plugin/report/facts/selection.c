/* SPDX-License-Identifier: GPL-2.0-or-later */
/* selection.c - see selection.h. */
#include "selection.h"

#include "names.h"
#include "page_facts.h"

#include <string.h>

struct lab_selection {
    uint32_t streams, exchanges;
    uint8_t *connection_in; /* by stream */
    uint8_t *exchange_in;   /* by number */
};

/* A connection by the number of its first stream. */
static bool in_connections(const lab_selection_t *s, const lab_conn_t *conn)
{
    return conn && lab_conn_stream(conn) < s->streams && s->connection_in[lab_conn_stream(conn)];
}

static bool in_exchanges(const lab_selection_t *s, uint32_t number)
{
    return number <= s->exchanges && s->exchange_in[number];
}

/* ---- frames that pass ---- */

static void take_annotation(lab_selection_t *s, const lab_engine_t *engine, const lab_annotation_t *a)
{
    const lab_conn_t *conn = a->phase == LAB_PHASE_NONE ? NULL : lab_engine_conn_of(engine, a);
    if (conn)
        s->connection_in[lab_conn_stream(conn)] = 1;
    uint32_t number;
    for (unsigned i = 0; (number = lab_annotation_exchange(engine, a, i)) && number <= s->exchanges; i++)
        s->exchange_in[number] = 1;
}

static void take_frames(lab_selection_t *s, const lab_engine_t *engine, const GArray *frames)
{
    for (uint32_t frame = 1; frame < frames->len; frame++) {
        if (!g_array_index(frames, uint8_t, frame))
            continue;
        const lab_annotation_t *a = lab_engine_annotation(engine, frame);
        for (unsigned n = 0; a; a = lab_engine_more(engine, frame, n++))
            take_annotation(s, engine, a);
    }
}

/* ---- one server ---- */

/* "HOST" or "HOST:PORT", "[v6]:PORT"; an IPv6 address without brackets has no port. */
typedef struct {
    char *host;
    int port; /* -1 = any */
} lab_server_wanted_t;

static int port_of(const char *text)
{
    char *end;
    guint64 port = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : G_MAXUINT64;
    return port <= G_MAXUINT16 && !*end ? (int)port : -1;
}

static lab_server_wanted_t server_wanted(const char *text)
{
    bool brackets = *text == '[';
    const char *colon = strrchr(text, ':'), *closing = strchr(text, ']');
    bool plain_v6 = !brackets && colon && strchr(text, ':') != colon;
    if (plain_v6 || !colon || (brackets && colon < closing))
        colon = NULL;
    const char *begin = text + brackets, *end = brackets && closing ? closing : colon;
    return (lab_server_wanted_t){end ? g_strndup(begin, (gsize)(end - begin)) : g_strdup(begin),
                                 colon ? port_of(colon + 1) : -1};
}

/* A Host field may have a port behind its name. */
static bool is_host(const char *field, const char *host)
{
    size_t length = strlen(host);
    return field && g_ascii_strncasecmp(field, host, length) == 0 && (!field[length] || field[length] == ':');
}

static bool has_address(const lab_endpoint_t *e, const char *host)
{
    char *address = lab_report_address(e);
    bool same = address && g_ascii_strcasecmp(address, host) == 0;
    g_free(address);
    return same;
}

/* By address, or by a name that the connection has as a whole. */
static bool whole_connection_to(const lab_conn_t *conn, const char *host)
{
    const lab_lookup_t *lookup = lab_conn_lookup(conn);
    const lab_tls_names_t *tls = lab_conn_tls_names(conn);
    return has_address(lab_conn_endpoint(conn, !lab_conn_client(conn)), host) ||
           is_host(lookup ? lookup->name : NULL, host) || is_host(tls ? tls->server_name : NULL, host);
}

static void keep_if(uint8_t *in, bool keep)
{
    *in = *in && keep;
}

/* Exchanges of one connection; true if one is in. */
static bool keep_hosts(lab_selection_t *s, const lab_engine_t *engine, const lab_conn_t *conn,
                       const char *host, bool all)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    bool any = false;
    for (guint i = 0; exchanges && i < exchanges->len; i++) {
        uint32_t number = g_array_index(exchanges, uint32_t, i);
        bool right = all || is_host(lab_engine_exchange(engine, number)->host, host);
        keep_if(&s->exchange_in[number], right);
        any = any || right;
    }
    return any;
}

static void keep_server(lab_selection_t *s, const lab_engine_t *engine, const char *server)
{
    lab_server_wanted_t wanted = server_wanted(server);
    for (uint32_t i = 0; i < s->streams; i++) {
        const lab_conn_t *conn = lab_engine_conn_at(engine, i);
        if (!conn)
            continue;
        bool port = wanted.port < 0 || lab_conn_endpoint(conn, !lab_conn_client(conn))->port == wanted.port;
        bool whole = port && whole_connection_to(conn, wanted.host);
        bool some = keep_hosts(s, engine, conn, port ? wanted.host : "", whole);
        keep_if(&s->connection_in[i], whole || some);
    }
    g_free(wanted.host);
}

/* ---- one connection, one page load ---- */

static void keep_connection(lab_selection_t *s, const lab_engine_t *engine, int64_t number)
{
    const lab_conn_t *wanted = number < s->streams ? lab_engine_conn(engine, (uint32_t)number) : NULL;
    for (uint32_t i = 0; i < s->streams; i++)
        keep_if(&s->connection_in[i], wanted && i == lab_conn_stream(wanted));
}

static void mark(uint8_t *marks, const GArray *numbers, uint32_t count)
{
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, uint32_t, i) < count)
            marks[g_array_index(numbers, uint32_t, i)] = 1;
}

/* The connections of a page load are those that carried it and those that lay ready for it. */
static void keep_page(lab_selection_t *s, const lab_engine_t *engine, uint32_t number)
{
    const lab_page_t *page = lab_engine_page(engine, number);
    uint8_t *streams = g_new0(uint8_t, s->streams), *exchanges = g_new0(uint8_t, s->exchanges + 1);
    if (page) {
        lab_spares_t *spares = lab_spares_new(engine);
        lab_page_facts_t facts = lab_page_facts(spares, page);
        mark(exchanges, page->exchanges, s->exchanges + 1);
        mark(streams, facts.streams, s->streams);
        mark(streams, facts.spare, s->streams);
        lab_page_facts_clear(&facts);
        lab_spares_free(spares);
    }
    for (uint32_t i = 0; i < s->streams; i++)
        keep_if(&s->connection_in[i], streams[i]);
    for (uint32_t n = 1; n <= s->exchanges; n++)
        keep_if(&s->exchange_in[n], exchanges[n]);
    g_free(streams);
    g_free(exchanges);
}

/* ---- the selection ---- */

/* An exchange is in only with its connection. */
static void keep_exchanges_of_connections(lab_selection_t *s, const lab_engine_t *engine)
{
    for (uint32_t n = 1; n <= s->exchanges; n++)
        keep_if(&s->exchange_in[n],
                in_connections(s, lab_engine_conn(engine, lab_engine_exchange(engine, n)->stream)));
}

lab_selection_t *lab_selection_new(const lab_engine_t *engine, const lab_wanted_t *wanted)
{
    lab_selection_t *s = g_new0(lab_selection_t, 1);
    s->streams = engine ? lab_engine_streams(engine) : 0;
    s->exchanges = engine ? lab_engine_exchanges(engine) : 0;
    s->connection_in = g_new0(uint8_t, s->streams + 1);
    s->exchange_in = g_new0(uint8_t, s->exchanges + 1);
    if (!engine)
        return s;
    if (wanted->frames) {
        take_frames(s, engine, wanted->frames);
    } else {
        memset(s->connection_in, 1, s->streams);
        memset(s->exchange_in, 1, s->exchanges + 1);
    }
    if (wanted->server)
        keep_server(s, engine, wanted->server);
    if (wanted->connection >= 0)
        keep_connection(s, engine, wanted->connection);
    if (wanted->page)
        keep_page(s, engine, wanted->page);
    keep_exchanges_of_connections(s, engine);
    return s;
}

void lab_selection_free(lab_selection_t *s)
{
    if (!s)
        return;
    g_free(s->connection_in);
    g_free(s->exchange_in);
    g_free(s);
}

/* ---- what is in ---- */

bool lab_report_has_connection(const lab_report_t *report, const lab_conn_t *conn)
{
    return !report->selection || in_connections(report->selection, conn);
}

bool lab_report_has_exchange(const lab_report_t *report, const lab_exchange_t *exchange)
{
    return !report->selection || in_exchanges(report->selection, exchange->number);
}

bool lab_report_has_page(const lab_report_t *report, const lab_page_t *page)
{
    bool any = !report->selection;
    for (guint i = 0; !any && i < page->exchanges->len; i++)
        any = in_exchanges(report->selection, g_array_index(page->exchanges, uint32_t, i));
    return any;
}

bool lab_report_has_finding(const lab_report_t *report, const lab_finding_t *finding)
{
    return lab_report_has_connection(report, lab_engine_conn(report->engine, finding->stream));
}

const lab_conn_t *lab_report_next_connection(const lab_report_t *report, uint32_t *next)
{
    uint32_t streams = report->engine ? lab_engine_streams(report->engine) : 0;
    while (*next < streams) {
        const lab_conn_t *conn = lab_engine_conn_at(report->engine, (*next)++);
        if (conn && lab_report_has_connection(report, conn))
            return conn;
    }
    return NULL;
}

const lab_exchange_t *lab_report_next_exchange(const lab_report_t *report, uint32_t *next)
{
    uint32_t exchanges = report->engine ? lab_engine_exchanges(report->engine) : 0;
    while (*next < exchanges) {
        const lab_exchange_t *x = lab_engine_exchange(report->engine, ++*next);
        if (lab_report_has_exchange(report, x))
            return x;
    }
    return NULL;
}

const lab_page_t *lab_report_next_page(const lab_report_t *report, uint32_t *next)
{
    uint32_t pages = report->engine ? lab_engine_pages(report->engine) : 0;
    while (*next < pages) {
        const lab_page_t *page = lab_engine_page(report->engine, ++*next);
        if (page->exchanges->len && lab_report_has_page(report, page))
            return page;
    }
    return NULL;
}

const lab_finding_t *lab_report_next_finding(const lab_report_t *report, uint32_t *next)
{
    const GArray *findings = report->engine ? lab_engine_findings(report->engine) : NULL;
    while (findings && *next < findings->len) {
        const lab_finding_t *finding = &g_array_index(findings, lab_finding_t, (*next)++);
        if (lab_report_has_finding(report, finding))
            return finding;
    }
    return NULL;
}
