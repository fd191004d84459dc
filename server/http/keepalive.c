/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keepalive.c - see keepalive.h. */
#include "keepalive.h"

persistence_t keepalive_plan(const keepalive_t *rules, unsigned answered, bool client_closes)
{
    bool spent = rules->max && answered >= rules->max;

    if (!rules->timeout || client_closes || spent)
        return (persistence_t){true, 0};
    return (persistence_t){false, rules->max ? rules->max - answered : 0};
}

#define DEFAULT_TIMEOUT 5

unsigned keepalive_idle_seconds(const keepalive_t *rules)
{
    return rules->timeout ? rules->timeout : DEFAULT_TIMEOUT;
}

void keepalive_add_headers(struct MHD_Response *response, const keepalive_t *rules, persistence_t plan)
{
    char value[64];

    if (plan.close) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
        return;
    }
    if (plan.remaining)
        g_snprintf(value, sizeof value, "timeout=%u, max=%u", rules->timeout, plan.remaining);
    else
        g_snprintf(value, sizeof value, "timeout=%u", rules->timeout);
    MHD_set_response_options(response, MHD_RF_SEND_KEEP_ALIVE_HEADER, MHD_RO_END);
    MHD_add_response_header(response, "Keep-Alive", value);
}
