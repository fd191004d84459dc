/* SPDX-License-Identifier: GPL-2.0-or-later */
/* response.c - see response.h. */
#include "response.h"

#include <glib.h>

typedef struct {
    unsigned status;
    const char *name, *value;
} required_t;

static const required_t required[] = {
    {301, MHD_HTTP_HEADER_LOCATION, "/lab/"},
    {302, MHD_HTTP_HEADER_LOCATION, "/lab/"},
    {303, MHD_HTTP_HEADER_LOCATION, "/lab/"},
    {307, MHD_HTTP_HEADER_LOCATION, "/lab/"},
    {308, MHD_HTTP_HEADER_LOCATION, "/lab/"},
    {401, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic realm=\"lab\""},
    {405, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, OPTIONS"},
    {407, MHD_HTTP_HEADER_PROXY_AUTHENTICATE, "Basic realm=\"lab\""},
    {426, MHD_HTTP_HEADER_UPGRADE, "TLS/1.2, HTTP/1.1"},
    {429, MHD_HTTP_HEADER_RETRY_AFTER, "10"},
    {503, MHD_HTTP_HEADER_RETRY_AFTER, "10"},
};

void response_add_required(struct MHD_Response *response, unsigned status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
        if (required[i].status == status)
            MHD_add_response_header(response, required[i].name, required[i].value);
    }
}

void response_add_common(struct MHD_Response *response, const keepalive_t *rules, persistence_t plan)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_SERVER, "labserver/" LAB_VERSION);
    MHD_add_response_header(response, RESPONSE_NOSNIFF, RESPONSE_NOSNIFF_VALUE);
    keepalive_add_headers(response, rules, plan);
}
