/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story.c - the report as a person reads it: the capture, its servers, its page loads, what happened on the
 * connections that carried HTTP or went wrong, the other connections in a line each, the anomalies. */
#include "connection_facts.h"
#include "names.h"
#include "page_facts.h"
#include "selection.h"
#include "walks.h"

/* Up to so many are told, else only the second number: a report is to be read in minutes. JSON has all. */
#define PAGES_ALL   40
#define PAGES_MAX   20
#define STORIES_ALL 60
#define STORIES_MAX 10 /* of those with a page, and of those that went wrong */
/* In a report over no more connections than this each has its story. */
#define STORIES_ALWAYS 10
#define OBJECTS_MAX    30 /* exchanges named in the sentence of a page load */

/* ---- the capture ---- */

/* Of a capture without TCP it is said what it holds instead. */
static bool only_quic(const lab_report_t *r)
{
    return lab_report_quality(r) & LAB_QUALITY_NO_TCP && lab_report_quic_frames(r);
}

static void add_quality(lab_document_t *d, const lab_report_t *r)
{
    uint32_t quality = lab_report_quality(r);
    if (only_quic(r)) /* which has a sentence of its own */
        quality &= ~(uint32_t)LAB_QUALITY_NO_TCP;
    else if (!quality)
        lab_document_sentence(d, LAB_TEXT_QUALITY_GOOD, LAB_NO_PLACES);
    if (quality)
        lab_document_sentence(d, LAB_TEXT_REPORT_QUALITY, LAB_NO_PLACES);
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            lab_document_item(d, lab_quality_text(bit, d->lang));
}

static void append_count(lab_document_t *d, GString *list, uint32_t count, const char *what)
{
    if (count)
        g_string_append_printf(list, "%s%u %s", list->len ? lab_text(LAB_TEXT_COMMA, d->lang) : "", count,
                               what);
}

/* "8 of 33 connections; the others: 23 TLS, 2 never answered; 25 QUIC datagrams in 2 connections, 26 DNS". */
static void add_left_out(lab_document_t *d, const lab_report_t *r)
{
    const lab_left_out_t out = lab_report_left_out(r);
    GString *kinds = g_string_new(NULL), *frames = g_string_new(NULL);
    for (unsigned i = 0; i < LAB_CONN_KINDS; i++)
        append_count(d, kinds, out.left_out[i], lab_conn_kinds[i].text.in[d->lang]);
    append_count(d, frames, out.quic,
                 lab_document_words(d, LAB_TEXT_QUIC_DATAGRAMS,
                                    LAB_PLACES({"connections", lab_quic_connections_words(d, r)})));
    append_count(d, frames, out.dns, "DNS");
    const char *others = lab_document_take(d, kinds), *apart = lab_document_take(d, frames);
    const lab_place_t *list = LAB_PLACES({"list", others}), *rest = LAB_PLACES({"list", apart});
    lab_document_sentence(
        d, LAB_TEXT_REPORT_PART,
        LAB_PLACES({"in", lab_document_number(d, out.connections)},
                   {"all", lab_document_number(d, out.all_connections)},
                   {"others", *others ? lab_document_words(d, LAB_TEXT_REPORT_PART_OTHERS, list) : ""},
                   {"apart", *apart ? lab_document_words(d, LAB_TEXT_REPORT_PART_APART, rest) : ""}));
}

static void add_capture(lab_document_t *d, const lab_report_t *r)
{
    const lab_engine_t *e = r->engine;
    const lab_left_out_t out = lab_report_left_out(r);
    lab_document_part(d, LAB_TEXT_REPORT_TITLE, LAB_NO_PLACES);
    lab_document_sentence(d, LAB_TEXT_REPORT_CAPTURE,
                          LAB_PLACES({"frames", lab_document_number(d, r->frames)},
                                     {"tcp_frames", lab_document_number(d, e ? lab_engine_tcp_frames(e) : 0)},
                                     {"connections", lab_document_number(d, out.all_connections)},
                                     {"exchanges", lab_document_number(d, e ? lab_engine_exchanges(e) : 0)}));
    if (r->selection)
        add_left_out(d, r);
    add_quality(d, r);
    if (!r->selection)
        lab_add_quic(d, r);
}

/* ---- page loads ---- */

/* "#1 page, #2 image": its exchanges and what kinds of objects they brought. */
static const char *objects_of(lab_document_t *d, const lab_engine_t *engine, const lab_page_t *p)
{
    GString *s = g_string_new(NULL);
    guint shown = MIN(p->exchanges->len, OBJECTS_MAX);
    for (guint i = 0; i < shown; i++) {
        const lab_exchange_t *x = lab_engine_exchange(engine, g_array_index(p->exchanges, uint32_t, i));
        const char *kind = lab_exchange_object(x);
        g_string_append_printf(s, "%s#%u %s", i ? ", " : "", x->number, kind ? kind : "-");
    }
    if (p->exchanges->len > shown)
        g_string_append(
            s, lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                  LAB_PLACES({"count", lab_document_number(d, p->exchanges->len - shown)})));
    return lab_document_take(d, s);
}

/* "3 (client port 50012), 4 (client port 50013) and 2 more". */
static const char *spares_of(lab_document_t *d, const lab_engine_t *engine, const GArray *spare)
{
    GString *s = g_string_new(NULL);
    guint shown = MIN(spare->len, 5);
    for (guint i = 0; i < shown; i++) {
        const lab_conn_t *conn = lab_engine_conn(engine, g_array_index(spare, uint32_t, i));
        g_string_append_printf(s, "%s%u", i ? ", " : "", lab_conn_stream(conn));
    }
    if (spare->len > shown)
        g_string_append(
            s, lab_document_words(d, LAB_TEXT_PORTS_MORE,
                                  LAB_PLACES({"count", lab_document_number(d, spare->len - shown)})));
    return lab_document_take(d, s);
}

/* ", 19.2 ms"; nothing of a page load of which one instant was captured. */
static const char *time_of(lab_document_t *d, const lab_page_t *p)
{
    if (p->last_time <= p->begin_time)
        return "";
    GString *text = g_string_new(lab_text(LAB_TEXT_COMMA, d->lang));
    lab_text_duration(text, p->last_time - p->begin_time, d->lang);
    return lab_document_take(d, text);
}

/* "; at most 2 exchanges at once": only where several connections or requests could be under way. */
static const char *at_once(lab_document_t *d, const lab_page_t *p, unsigned parallel)
{
    if (p->exchanges->len < 2 || !parallel)
        return "";
    return lab_document_words(d, LAB_TEXT_REPORT_AT_ONCE,
                              LAB_PLACES({"parallel", lab_document_number(d, parallel)}));
}

static const char *bytes_of(lab_document_t *d, const lab_page_t *p)
{
    return p->bytes ? lab_document_words(d, LAB_TEXT_PAGE_BYTES,
                                         LAB_PLACES({"bytes", lab_document_number(d, p->bytes)}))
                    : "";
}

static void add_page(lab_document_t *d, const lab_report_t *report, const lab_spares_t *spares,
                     const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    lab_document_sentence(d, LAB_TEXT_REPORT_PAGE,
                          LAB_PLACES({"number", lab_document_number(d, p->number)}, {"url", p->url},
                                     {"exchanges", lab_document_number(d, p->exchanges->len)},
                                     {"kinds", objects_of(d, report->engine, p)}, {"bytes", bytes_of(d, p)},
                                     {"time", time_of(d, p)},
                                     {"connections", lab_document_number(d, facts.streams->len)},
                                     {"at_once", at_once(d, p, facts.parallel)}));
    lab_document_anchor(d, LAB_LINK_PAGE, p->number);
    if (facts.spare->len)
        lab_document_entry(d, facts.spare->len < LAB_SPARE_MAX ? LAB_ENTRY_SPARE : LAB_ENTRY_SPARE_MANY,
                           LAB_PLACES({"spare", lab_document_number(d, facts.spare->len)},
                                      {"list", spares_of(d, report->engine, facts.spare)}));
    lab_add_waterfall(d, report, p);
    lab_page_facts_clear(&facts);
}

static void add_pages(lab_document_t *d, const lab_report_t *report)
{
    const lab_page_t *page;
    uint32_t count = 0, told = 0;
    for (uint32_t n = 0; lab_report_next_page(report, &n);)
        count++;
    if (!count)
        return;
    uint32_t most = count > PAGES_ALL ? PAGES_MAX : count;
    lab_spares_t *spares = lab_spares_new(report->engine);
    lab_document_section(d, LAB_TEXT_PAGES, LAB_NO_PLACES);
    for (uint32_t n = 0; told < most && (page = lab_report_next_page(report, &n)); told++)
        add_page(d, report, spares, page);
    lab_spares_free(spares);
    if (count > most)
        lab_document_sentence(d, LAB_TEXT_PAGES_MORE,
                              LAB_PLACES({"count", lab_document_number(d, count - most)}));
}

/* ---- connections ---- */

/* Why a connection has a story. */
enum { UNTOLD, HAS_HTTP, WENT_WRONG, HAS_PAGE, REASONS };

static uint8_t reason_for(const lab_report_t *report, const lab_overview_t *overview, const lab_conn_t *conn)
{
    const lab_exchange_list_t *exchanges = lab_conn_exchanges(conn);
    uint8_t reason = lab_report_went_wrong(overview, conn) ? WENT_WRONG : UNTOLD;
    for (guint i = 0; reason < HAS_PAGE && exchanges && i < exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(report->engine, g_array_index(exchanges, uint32_t, i));
        reason = lab_exchange_page(report->engine, x) ? HAS_PAGE : MAX(reason, HAS_HTTP);
    }
    return reason;
}

/* By stream, why it has a story. Of too many the first of each reason stay. */
static uint8_t *choose(const lab_report_t *report, const lab_overview_t *overview)
{
    uint8_t *told = g_new0(uint8_t, overview->streams + 1);
    uint32_t counts[REASONS] = {0}, kept[REASONS] = {0}, all = 0;
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i)); all++)
        counts[told[lab_conn_stream(conn)] = reason_for(report, overview, conn)]++;
    bool many = counts[WENT_WRONG] + counts[HAS_PAGE] > STORIES_ALL;
    bool more = counts[HAS_HTTP] + counts[WENT_WRONG] + counts[HAS_PAGE] > STORIES_ALL;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));) {
        uint8_t *reason = &told[lab_conn_stream(conn)];
        if (all <= STORIES_ALWAYS)
            *reason = MAX(*reason, HAS_HTTP);
        else if ((more && *reason == HAS_HTTP) || (many && kept[*reason]++ >= STORIES_MAX))
            *reason = UNTOLD;
    }
    return told;
}

static void add_connections(lab_document_t *d, const lab_report_t *report)
{
    lab_overview_t overview = lab_overview(report);
    uint8_t *told = choose(report, &overview);
    const lab_conn_t *conn;
    for (uint32_t i = 0; (conn = lab_report_next_connection(report, &i));)
        if (told[lab_conn_stream(conn)]) {
            lab_add_connection(d, report, &overview, conn);
            lab_add_ladder(d, report, conn);
            lab_add_exchange_tables(d, report, conn);
        }
    lab_add_other_connections(d, report, &overview, told);
    g_free(told);
    lab_overview_clear(&overview);
}

/* ---- the whole ---- */

lab_document_t *lab_report_document(const lab_report_t *report)
{
    lab_document_t *d = lab_document_new(report->lang);
    add_capture(d, report);
    lab_add_kinds(d, report);
    add_pages(d, report);
    add_connections(d, report);
    lab_add_anomalies(d, report);
    lab_add_why(d, report);
    return d;
}
