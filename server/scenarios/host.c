/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host.c - see host.h. */
#include "host.h"

#include <string.h>

/* The host as the client named it, without its port. */
static char *host_of(const exchange_t *exchange)
{
    const char *host = exchange->request->headers.value[HEADER_HOST];

    if (!host || !*host)
        return g_strdup("127.0.0.1"); /* HTTP/1.0 need not name one */
    const char *colon = *host == '[' ? strchr(host, ']') + 1 : strchr(host, ':');
    return colon && *colon ? g_strndup(host, (size_t)(colon - host)) : g_strdup(host);
}

enum MHD_Result host_redirect(const exchange_t *exchange, const char *scheme, unsigned port, const char *path)
{
    if (!port)
        return reply_refusal(exchange, 503, T_WHY_NO_PORT);
    g_autofree char *host = host_of(exchange);
    g_autofree char *location = g_strdup_printf("%s://%s:%u%s", scheme, host, port, path);
    return reply_redirect(exchange, 302, location);
}
