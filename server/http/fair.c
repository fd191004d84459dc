/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fair.c - see fair.h. */
#include "fair.h"

#include <glib.h>
#include <netinet/in.h>
#include <string.h>

fair_client_t fair_client(const struct sockaddr *address)
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    uint32_t four;
    uint64_t prefix;

    if (address->sa_family == AF_INET)
        return ((const struct sockaddr_in *)address)->sin_addr.s_addr;
    if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
        memcpy(&four, &six->sin6_addr.s6_addr[12], sizeof four);
        return four;
    }
    memcpy(&prefix, &six->sin6_addr, sizeof prefix);
    return prefix;
}

#define SHARE   4
#define RESERVE 16

unsigned fair_share(unsigned all)
{
    return MAX(1, all / SHARE);
}

unsigned fair_reserve(unsigned all)
{
    return all / RESERVE;
}

/* The rates are in bytes a second. Half a megabit, the slower one, is a bad day of a mobile network. */
typedef struct {
    unsigned patience; /* milliseconds */
    unsigned pace;     /* the response has as much more time as its bytes take at this rate; 0: none */
    unsigned seconds;  /* 0: as the options say */
    unsigned slowest;  /* the same for `seconds` */
} step_rule_t;

static const step_rule_t rules[CONN_STEPS] = {
    [CONN_IDLE] = {0, 0, 0, 0},
    [CONN_HEADER] = {500, 0, 0, 0},
    [CONN_BODY] = {2000, 0, 60, 0},
    [CONN_RESPONSE] = {2000, 262144, 60, 65536},
};

int64_t fair_patience(conn_step_t step, uint64_t bytes)
{
    const step_rule_t *rule = &rules[step];
    uint64_t more = rule->pace ? bytes / rule->pace * G_USEC_PER_SEC : 0;

    return rule->patience * G_TIME_SPAN_MILLISECOND + (int64_t)more;
}

unsigned fair_seconds(conn_step_t step, uint64_t bytes)
{
    const step_rule_t *rule = &rules[step];

    return rule->seconds + (rule->slowest ? (unsigned)(bytes / rule->slowest) : 0);
}
