#include "keepalive.h"

Persistence keepalive_plan(const KeepAlive *rules, guint answered, gboolean client_closes)
{
    gboolean spent = rules->max && answered >= rules->max;

    if (!rules->timeout || client_closes || spent)
        return (Persistence){TRUE, 0};
    return (Persistence){FALSE, rules->max ? rules->max - answered : 0};
}

int keepalive_slot(Persistence plan)
{
    if (plan.close)
        return 0;
    if (!plan.remaining)
        return 1;
    /* Slot 1 is shared by "no limit" and "one more": the rules of one server use only one of them. */
    return plan.remaining < KEEPALIVE_SLOTS ? (int)plan.remaining : -1;
}

void keepalive_add_headers(struct MHD_Response *response, const KeepAlive *rules, Persistence plan)
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
