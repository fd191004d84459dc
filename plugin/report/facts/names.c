/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.c - see names.h. */
#include <arpa/inet.h>

#include "names.h"
#include "texts.h"

char *lab_report_address(const lab_endpoint_t *e)
{
    char text[INET6_ADDRSTRLEN];
    int family = e->length == 4 ? AF_INET : AF_INET6;
    if (e->length != 4 && e->length != 16)
        return NULL;
    return inet_ntop(family, e->address, text, sizeof text) ? g_strdup(text) : NULL;
}

char *lab_report_endpoint(const lab_endpoint_t *e)
{
    char *address = lab_report_address(e);
    char *text = g_strdup_printf(e->length == 16 ? "[%s]:%u" : "%s:%u", address ? address : "?", e->port);
    g_free(address);
    return text;
}

const char *lab_report_side(const lab_conn_t *conn, int end)
{
    if (end < 0)
        return NULL;
    if (end > 1)
        return "both";
    return (unsigned)end == lab_conn_client(conn) ? "client" : "server";
}

static const struct {
    const char *token;
    lab_text_id_t text;
} qualities[LAB_QUALITY_BITS] = {
    {"starts-in-middle", LAB_TEXT_QUALITY_STARTS_IN_MIDDLE},
    {"one-direction", LAB_TEXT_QUALITY_ONE_DIRECTION},
    {"cut", LAB_TEXT_QUALITY_CUT},
    {"duplicates", LAB_TEXT_QUALITY_DUPLICATES},
    {"missing", LAB_TEXT_QUALITY_MISSING},
    {"large-segments", LAB_TEXT_QUALITY_LARGE_SEGMENTS},
    {"time-backwards", LAB_TEXT_QUALITY_TIME_BACKWARDS},
    {"no-tcp", LAB_TEXT_QUALITY_NO_TCP},
};

void lab_report_flags(uint8_t flags, GString *out)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    const char *separator = "";
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!(flags & (1u << i)))
            continue;
        g_string_append_printf(out, "%s%s", separator, names[i]);
        separator = ", ";
    }
}

const char *lab_quality_token(unsigned bit)
{
    return qualities[bit].token;
}

const char *lab_quality_text(unsigned bit, lab_lang_t lang)
{
    return lab_text(qualities[bit].text, lang);
}
