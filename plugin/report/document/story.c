/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story.c - the report as a person reads it: the capture, its page loads, what happened on each connection,
 * the anomalies. */
#include "names.h"
#include "page_facts.h"
#include "walks.h"

/* ---- the capture ---- */

static uint32_t count_connections(const lab_engine_t *engine)
{
    uint32_t n = 0;
    for (uint32_t i = 0; engine && i < lab_engine_streams(engine); i++)
        n += lab_engine_conn_at(engine, i) != NULL;
    return n;
}

static void add_quality(lab_document_t *d, uint32_t quality)
{
    const char *good = quality ? "" : lab_text(LAB_TEXT_QUALITY_GOOD, d->lang);
    char *sentence = g_strconcat(lab_text(LAB_TEXT_REPORT_QUALITY, d->lang), good, NULL);
    lab_document_say(d, sentence);
    g_free(sentence);
    for (unsigned bit = 0; bit < LAB_QUALITY_BITS; bit++)
        if (quality & (1u << bit))
            lab_document_item(d, lab_quality_text(bit, d->lang));
}

static void add_capture(lab_document_t *d, const lab_report_t *r)
{
    const lab_engine_t *e = r->engine;
    lab_document_part(d, LAB_TEXT_REPORT_TITLE, LAB_NO_PLACES);
    lab_document_sentence(d, LAB_TEXT_REPORT_CAPTURE,
                          LAB_PLACES({"frames", lab_document_number(d, r->frames)},
                                     {"tcp_frames", lab_document_number(d, e ? lab_engine_tcp_frames(e) : 0)},
                                     {"connections", lab_document_number(d, count_connections(e))},
                                     {"exchanges", lab_document_number(d, e ? lab_engine_exchanges(e) : 0)}));
    add_quality(d, lab_report_quality(r));
}

/* ---- page loads ---- */

/* "#1 page, #2 image": its exchanges and what kinds of objects they brought. */
static const char *objects_of(lab_document_t *d, const lab_engine_t *engine, const lab_page_t *p)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < p->exchanges->len; i++) {
        const lab_exchange_t *x = lab_engine_exchange(engine, g_array_index(p->exchanges, uint32_t, i));
        const char *kind = lab_exchange_object(x);
        g_string_append_printf(s, "%s#%u %s", i ? ", " : "", x->number, kind ? kind : "-");
    }
    return lab_document_take(d, s);
}

static void add_page(lab_document_t *d, const lab_engine_t *engine, const lab_spares_t *spares,
                     const lab_page_t *p)
{
    lab_page_facts_t facts = lab_page_facts(spares, p);
    lab_document_sentence(d, LAB_TEXT_REPORT_PAGE,
                          LAB_PLACES({"number", lab_document_number(d, p->number)}, {"url", p->url},
                                     {"exchanges", lab_document_number(d, p->exchanges->len)},
                                     {"kinds", objects_of(d, engine, p)},
                                     {"bytes", lab_document_number(d, p->bytes)},
                                     {"time", lab_document_duration(d, p->last_time - p->begin_time)},
                                     {"connections", lab_document_number(d, facts.streams->len)},
                                     {"parallel", lab_document_number(d, facts.parallel)}));
    if (facts.spare->len)
        lab_document_entry(d, facts.spare->len < LAB_SPARE_MAX ? LAB_ENTRY_SPARE : LAB_ENTRY_SPARE_MANY,
                           LAB_PLACES({"spare", lab_document_number(d, facts.spare->len)}));
    lab_page_facts_clear(&facts);
}

static void add_pages(lab_document_t *d, const lab_engine_t *e)
{
    if (!e || !lab_engine_pages(e))
        return;
    lab_document_untitled(d);
    lab_spares_t *spares = lab_spares_new(e);
    for (uint32_t n = 1; n <= lab_engine_pages(e); n++)
        if (lab_engine_page(e, n)->exchanges->len)
            add_page(d, e, spares, lab_engine_page(e, n));
    lab_spares_free(spares);
}

/* ---- the whole ---- */

static void add_connections(lab_document_t *d, const lab_engine_t *e)
{
    for (uint32_t i = 0; e && i < lab_engine_streams(e); i++) {
        const lab_conn_t *conn = lab_engine_conn_at(e, i);
        if (conn)
            lab_add_connection(d, e, conn);
    }
}

static void add_no_anomaly(lab_document_t *d)
{
    char *sentence = g_strconcat(lab_text(LAB_TEXT_ANOMALIES, d->lang), lab_text(LAB_TEXT_COLON, d->lang),
                                 lab_text(LAB_TEXT_REPORT_NO_ANOMALY, d->lang), NULL);
    lab_document_untitled(d);
    lab_document_say(d, sentence);
    g_free(sentence);
}

lab_document_t *lab_report_document(const lab_report_t *report)
{
    lab_document_t *d = lab_document_new(report->lang);
    add_capture(d, report);
    lab_add_kinds(d, report);
    add_pages(d, report->engine);
    add_connections(d, report->engine);
    if (report->engine && lab_engine_findings(report->engine)->len)
        lab_add_anomalies(d, report);
    else
        add_no_anomaly(d);
    return d;
}
