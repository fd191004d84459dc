/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange_facts.c - see exchange_facts.h. */
#include "exchange_facts.h"
#include "names.h"
#include "words.h"

#include <string.h>

const char *lab_report_line_value(const char *line, const char *name)
{
    size_t length;
    const char *value;
    bool is_wanted = lab_field_split(line, &length, &value) && length == strlen(name) &&
                     g_ascii_strncasecmp(line, name, length) == 0;
    return is_wanted ? value : NULL;
}

const char *lab_report_field_value(const lab_head_t *head, const char *name)
{
    const char *value = NULL;
    for (unsigned i = 0; head && !value && i < head->count; i++)
        value = lab_report_line_value(lab_head_line(head, i), name);
    return value ? value : "";
}

/* RFC 3986 3, 4.2: a scheme, a colon and two slashes. */
static bool is_absolute(const char *target)
{
    char *scheme = g_uri_parse_scheme(target);
    bool absolute = scheme && g_str_has_prefix(strchr(target, ':'), "://");
    g_free(scheme);
    return absolute;
}

/* "*" is no path, and CONNECT names a host and a port only. */
char *lab_exchange_url(const lab_engine_t *engine, const lab_exchange_t *x)
{
    const char *scheme = x->secure ? "https" : "http", *target = x->target ? x->target : "";
    if (is_absolute(target))
        return g_strdup(target);
    if (g_strcmp0(x->method, "CONNECT") == 0)
        return g_strdup_printf("%s://%s", scheme, target);
    const lab_conn_t *conn = lab_engine_conn(engine, x->stream);
    char *server = lab_report_endpoint(lab_conn_endpoint(conn, !x->client));
    char *url = g_strdup_printf("%s://%s%s", scheme, x->host ? x->host : server,
                                strcmp(target, "*") == 0 ? "" : target);
    g_free(server);
    return url;
}

/* A request without one of these fields has no body. Of chunks only the data are of the body; they are not
 * counted. */
int64_t lab_exchange_request_body(const lab_exchange_t *x)
{
    const lab_head_t *head = lab_exchange_head(x, false);
    const char *length = lab_report_field_value(head, "content-length");
    if (!head || !x->request_complete || *lab_report_field_value(head, "transfer-encoding"))
        return -1;
    return *length ? g_ascii_strtoll(length, NULL, 10) : 0;
}

/* The queue of a pipelined request comes after the request's first byte, so it is not counted. */
int64_t lab_exchange_started(const lab_exchange_t *x, const lab_timing_t *t)
{
    int64_t ready = t->queue_is == LAB_QUEUE_CONNECTION_READY ? t->queue : 0;
    return x->request_begin - MAX(t->dns, 0) - MAX(t->connect, 0) - MAX(t->tls, 0) - MAX(ready, 0);
}
