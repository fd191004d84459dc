/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls_entries.c - what TLS of a connection shows: its handshake, the names in it, what it carries. */
#include "walks.h"

/* "h2, http/1.1" */
static const char *joined(lab_document_t *d, const GPtrArray *list)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)g_ptr_array_index(list, i));
    return lab_document_take(d, text);
}

static void add_alpn(lab_document_t *d, const lab_conn_t *conn, const lab_tls_names_t *names)
{
    lab_alpn_t is = lab_conn_alpn(conn);
    if (is == LAB_ALPN_NONE)
        return;
    lab_document_entry(d, LAB_ENTRY_TLS_ALPN,
                       LAB_PLACES({"list", is == LAB_ALPN_CHOSEN ? names->chosen : joined(d, names->offered)},
                                  {"is", lab_alpns[is].text.in[d->lang]}, {"token", lab_alpns[is].token}));
}

/* "; names: a.example, b.example and 3 more"; "" without names. */
static const char *certified(lab_document_t *d, const lab_tls_names_t *names)
{
    if (!names->certified->len)
        return "";
    GString *text = g_string_new(
        lab_document_words(d, LAB_TEXT_REPORT_CERTIFIED, LAB_PLACES({"list", joined(d, names->certified)})));
    if (names->certified_left_out)
        g_string_append(text, lab_document_words(
                                  d, LAB_TEXT_REPORT_CERTIFIED_MORE,
                                  LAB_PLACES({"count", lab_document_number(d, names->certified_left_out)})));
    return lab_document_take(d, text);
}

static void add_names(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_tls_names_t *names = lab_conn_tls_names(conn);
    if (names->server_name)
        lab_document_entry(d, LAB_ENTRY_TLS_SERVER_NAME, LAB_PLACES({"name", names->server_name}));
    add_alpn(d, conn, names);
    if (names->certified)
        lab_document_entry(d, LAB_ENTRY_TLS_CERTIFICATE,
                           LAB_PLACES({"subject", names->subject}, {"names", certified(d, names)}));
}

void lab_add_tls(lab_document_t *d, const lab_conn_t *conn)
{
    const lab_token_t *kind = &lab_tls_kinds[lab_conn_tls_kind(conn)];
    const lab_token_t *inside = &lab_decrypted_kinds[lab_conn_decrypted(conn)];
    if (!kind->token)
        return;
    lab_document_entry(d, LAB_ENTRY_TLS,
                       LAB_PLACES({"tls", kind->text.in[d->lang]}, {"token", kind->token},
                                  {"time", lab_document_after_comma(d, lab_conn_tls_time(conn))}));
    add_names(d, conn);
    if (inside->token)
        lab_document_entry(d, LAB_ENTRY_INSIDE,
                           LAB_PLACES({"inside", inside->text.in[d->lang]}, {"token", inside->token}));
}
