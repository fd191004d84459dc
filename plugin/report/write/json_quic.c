/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_quic.c - the connections of QUIC that the capture holds. */
#include "json_parts.h"

static void names(json_dumper *j, const lab_quic_t *quic)
{
    lab_alpn_t is = quic->protocol ? LAB_ALPN_CHOSEN : quic->protocols ? LAB_ALPN_OFFERED : LAB_ALPN_NONE;
    string(j, "server_name", quic->server_name);
    begin_array(j, "alpn");
    if (quic->protocol)
        json_dumper_value_string(j, quic->protocol);
    for (guint i = 0; is == LAB_ALPN_OFFERED && i < quic->protocols->len; i++)
        json_dumper_value_string(j, g_ptr_array_index(quic->protocols, i));
    json_dumper_end_array(j);
    string(j, "alpn_is", lab_alpns[is].token);
    boolean(j, "http3", is == LAB_ALPN_NONE ? -1 : lab_quic_is_http3(quic));
}

static void connection(json_dumper *j, const lab_quic_t *quic)
{
    char *version = lab_quic_version(quic);
    begin_object(j, NULL);
    number(j, "number", quic->number);
    endpoint(j, "client", &quic->client);
    endpoint(j, "server", &quic->server);
    string(j, "version", version);
    names(j, quic);
    frame(j, "first_frame", quic->first_frame);
    frame(j, "last_frame", quic->last_frame);
    number(j, "datagrams", quic->datagrams);
    number(j, "bytes", quic->bytes);
    json_dumper_end_object(j);
    g_free(version);
}

void lab_json_quic(json_dumper *j, const lab_report_t *report)
{
    if (!report->quic) {
        null(j, "quic");
        return;
    }
    begin_array(j, "quic");
    for (guint i = 0; i < report->quic->len; i++) {
        connection(j, g_ptr_array_index(report->quic, i));
        hand_on(j, report);
    }
    json_dumper_end_array(j);
}
