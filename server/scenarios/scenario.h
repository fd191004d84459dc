/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scenario.h - what a scenario is, and what the functions that run scenarios share.
 *
 * The table is scenarios.def. A scenario makes one thing happen on the wire.
 */
#ifndef LABSERVER_SCENARIO_H
#define LABSERVER_SCENARIO_H

#include <stdbool.h>

#include "reply.h"

#define SCENARIO_PREFIX "/lab/"

typedef struct scenario scenario_t;

/* Answers the exchange as the scenario says. */
typedef enum MHD_Result scenario_run_t(const scenario_t *scenario, const exchange_t *exchange);

/* Where the index shows a scenario. */
typedef enum {
    GROUP_FIRST, /* those to begin with */
    GROUP_CLOSE,
    GROUP_RESET,
    GROUP_SLOW,
    GROUP_HTTP,
    GROUP_TLS,
    GROUPS
} scenario_group_t;

/* A row of scenarios.def. */
struct scenario {
    scenario_run_t *run;
    scenario_group_t group;
    const char *name;    /* behind /lab/; a name that ends with a slash takes what follows it in the path */
    const char *example; /* what the index links to, relative to /lab/; NULL: a part of another scenario */
    lab_text_t title;
    lab_text_t wire;     /* what happens on the wire */
    lab_text_t look;     /* which frames to look for */
    const char *filter;  /* a display filter of Wireshark that finds them */
    const char *command; /* for a shell, with {host}, {address}, {port} and {url}; NULL: a browser does it */
    bool post;           /* the POST runs it; GET shows a page with the button */
};

#define SCENARIO(run, ...) scenario_run_t run;
#include "scenarios.def"
#undef SCENARIO

/* The row for this scenario in a table of plans; each row begins with the scenario's name. Ends the program
 * with a message if there is none: every scenario is run by a test. */
const void *scenario_plan(const scenario_t *scenario, const void *plans, size_t count, size_t row_size);

/* A page that describes the scenario. `extra` is HTML, or NULL. The caller frees the result. */
char *scenario_html(const scenario_t *scenario, const exchange_t *exchange, const char *extra);

/* The same in HTML without the document around it, appended. */
void scenario_describe(GString *out, const scenario_t *scenario, const exchange_t *exchange);

/* scenario_html() as a response of 200. */
enum MHD_Result scenario_reply_page(const scenario_t *scenario, const exchange_t *exchange,
                                    const char *extra);

/* A whole number in the query, `fallback` if it is not there. false: the value is no number from `low` to
 * `high`, and that was answered with *result. */
bool scenario_argument(const exchange_t *exchange, const char *name, unsigned low, unsigned high,
                       unsigned fallback, unsigned *number, enum MHD_Result *result);

#endif
