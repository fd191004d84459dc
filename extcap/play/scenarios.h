/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labserver's scenarios, from its own table server/scenarios/scenarios.def, and what a client does in each.
 */
#ifndef LABDUMP_SCENARIOS_H
#define LABDUMP_SCENARIOS_H

#include <stdbool.h>

#include "text.h"

typedef enum {
    VISIT_PLAIN,
    VISIT_AFTER_FIN, /* the further bytes are sent although the server has sent its FIN */
    VISIT_OBJECTS,   /* the images of the page are fetched too */
    VISIT_UPLOAD,    /* a POST of 600,000 bytes */
    VISIT_AT_ONCE,   /* three requests without waiting for a response (RFC 9112 9.3.2) */
} lab_visit_kind_t;

/* What the client of a scenario does beyond one request. */
typedef struct {
    const char *name;
    lab_visit_kind_t kind;
    unsigned hold; /* milliseconds of silence after which the client closes, unless the server did before */
    const char *headers; /* of each request, with line ends */
    const char *next;    /* target of a second request on the connection, or bytes for VISIT_AFTER_FIN */
} lab_visit_t;

typedef struct {
    const char *name;
    const char *target; /* of the request, behind /lab/; NULL: a part of another scenario */
    lab_text_t title;
    lab_text_t look;    /* which frames to look for */
    const char *filter; /* display filter that finds them */
    bool tls;
} lab_scenario_t;

/* The scenario after `before` in labserver's index, the first one for NULL; NULL: that was the last. */
const lab_scenario_t *scenarios_next(const lab_scenario_t *before);

/* NULL if there is none of this name. */
const lab_scenario_t *scenarios_find(const char *name);

/* Never NULL. */
const lab_visit_t *scenarios_visit(const lab_scenario_t *scenario);

#endif
