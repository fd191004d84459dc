/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls.c - scenarios about TLS. A port of their own shows each client the one that it chose last. */
#include "host.h"
#include "scenario.h"

typedef struct {
    const char *name;
    secure_kind_t kind;
    scenario_run_t *run; /* what is inside TLS; NULL: the page */
} tls_plan_t;

static const tls_plan_t plans[] = {
    {"tls-full", SECURE_FULL, NULL},
    {"tls-resumed", SECURE_RESUMED, NULL},
    {"tls-retry", SECURE_RETRY, NULL},
    {"tls12-full", SECURE_12, NULL},
    {"tls12-resumed", SECURE_12_RESUMED, NULL},
    {"tls12-rsa", SECURE_RSA, NULL},
    {"tls-expired", SECURE_EXPIRED, NULL},
    {"tls-other-name", SECURE_OTHER_NAME, NULL},
    {"tls-unknown-ca", SECURE_UNKNOWN_CA, NULL},
    {"tls-no-version", SECURE_NO_VERSION, NULL},
    {"tls-no-notify", SECURE_NO_NOTIFY, NULL},
    {"tls-alert", SECURE_ALERT, scenario_body},
};

enum MHD_Result scenario_tls(const scenario_t *scenario, const exchange_t *exchange)
{
    const tls_plan_t *plan = scenario_plan(scenario, plans, G_N_ELEMENTS(plans), sizeof *plans);
    service_t *service = exchange->service;

    if (!service->secure)
        return reply_refusal(exchange, 404, T_WHY_NO_TLS);
    if (exchange->conn->secure_kind != plan->kind) {
        secure_choose(service->secure, exchange->conn->id, plan->kind);
        exchange->request->plan.close = true; /* what was chosen begins with a connection */
        return host_redirect(exchange, "https", service->secure_ports.scenarios, exchange->path);
    }
    /* Each visit is a connection: what TLS does at its beginning and at its end can be seen. */
    exchange->request->plan.close = true;
    return plan->run ? plan->run(scenario, exchange) : scenario_reply_page(scenario, exchange, NULL);
}
