/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenarios.h"

#include <string.h>

#define LAB_PATH "/lab/"

enum { BRIEF = 300, UNTIL_SERVER = 20000 };

/* Which groups of the index need a client of TLS. */
enum {
    TLS_GROUP_FIRST = false,
    TLS_GROUP_CLOSE = false,
    TLS_GROUP_RESET = false,
    TLS_GROUP_SLOW = false,
    TLS_GROUP_HTTP = false,
    TLS_GROUP_TLS = true,
};

#define SCENARIO(run, group, name, example, title_en, title_zh, wire_en, wire_zh, look_en, look_zh, filter,  \
                 command, post)                                                                              \
    {name, example, {{title_en, title_zh}}, {{look_en, look_zh}}, filter, TLS_##group},

static const lab_scenario_t table[] = {
#include "scenarios.def"
};

/* Those whose client does more than ask and close after BRIEF. */
static const lab_visit_t visits[] = {
    {"close-ignored", VISIT_PLAIN, UNTIL_SERVER, "", LAB_PATH "close-ignored"},
    {"keepalive-kept", VISIT_PLAIN, UNTIL_SERVER, "", NULL},
    {"keepalive-early", VISIT_PLAIN, UNTIL_SERVER, "", NULL},
    {"keepalive-late", VISIT_PLAIN, UNTIL_SERVER, "", NULL},
    {"keepalive-never", VISIT_PLAIN, 3000, "", NULL},
    {"max-requests", VISIT_PLAIN, UNTIL_SERVER, "", LAB_PATH "max-requests"},
    {"half-close", VISIT_AFTER_FIN, BRIEF, "", "x"},
    {"rst-after-response", VISIT_PLAIN, UNTIL_SERVER, "", NULL},
    {"unread-data", VISIT_UPLOAD, UNTIL_SERVER, "", NULL},
    {"data-after-close", VISIT_AFTER_FIN, BRIEF, "", "late"},
    {"slow-first-byte", VISIT_PLAIN, BRIEF, "", NULL},
    {"slow-trickle", VISIT_PLAIN, 2500, "", NULL},
    {"zero-window", VISIT_UPLOAD, UNTIL_SERVER, "", NULL},
    {"keepalive-probes", VISIT_PLAIN, UNTIL_SERVER, "", NULL},
    {"parts", VISIT_PLAIN, BRIEF, "Range: bytes=0-29999,-10\r\n", LAB_PATH "sample.txt"},
    {"many-objects", VISIT_OBJECTS, BRIEF, "", NULL},
    {"not-modified", VISIT_PLAIN, BRIEF, "If-None-Match: *\r\n", NULL},
    {"gzip", VISIT_PLAIN, BRIEF, "Accept-Encoding: gzip\r\n", NULL},
    {"cookies", VISIT_PLAIN, BRIEF, "", LAB_PATH "cookies"},
    {"pipelining", VISIT_AT_ONCE, BRIEF, "", NULL},
};

static const lab_visit_t usual = {"", VISIT_PLAIN, BRIEF, "", NULL};

const lab_visit_t *scenarios_visit(const lab_scenario_t *scenario)
{
    for (size_t i = 0; i < G_N_ELEMENTS(visits); i++)
        if (strcmp(visits[i].name, scenario->name) == 0)
            return &visits[i];
    return &usual;
}

/* Left out are parts of other scenarios, which no link leads to, and those that need a client of TLS. */
const lab_scenario_t *scenarios_next(const lab_scenario_t *before)
{
    for (const lab_scenario_t *s = before ? before + 1 : table; s < table + G_N_ELEMENTS(table); s++)
        if (s->target && !s->tls)
            return s;
    return NULL;
}

const lab_scenario_t *scenarios_find(const char *name)
{
    const lab_scenario_t *s = scenarios_next(NULL);
    while (s && strcmp(s->name, name) != 0)
        s = scenarios_next(s);
    return s;
}
