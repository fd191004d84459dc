/* The pages below /lab/, each of which makes something happen on the wire. */
#ifndef LABSERVER_SCENARIO_H
#define LABSERVER_SCENARIO_H

#include "reply.h"

typedef struct Scenario Scenario;

/* TAIL: what the path has behind the scenario's own. */
typedef enum MHD_Result (*ScenarioRun)(const Scenario *scenario, const Exchange *exchange, const char *tail);

/* A row of the table in scenario_table.c; a new scenario is a new row. */
struct Scenario {
    const char *name;    /* behind /lab/; with a last slash it takes a tail */
    const char *example; /* what the index links to, relative to /lab/ */
    ScenarioRun run;
    int parameter; /* what it means is RUN's business */
    const char *title[LANG_COUNT];
    const char *wire[LANG_COUNT]; /* what happens on the wire */
    const char *filter;           /* Wireshark display filter that finds it */
};

extern const Scenario scenarios[];
extern const guint scenario_count;

/* Is PATH for the scenarios to answer? */
gboolean scenario_owns(const char *path);

/* Runs the scenario at the exchange's path, or shows the index. */
enum MHD_Result scenario_reply(const Exchange *exchange);

/* What rows of the table run. */
enum MHD_Result scenario_reset_before(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_body(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_after(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_slow(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_close(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_early(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_redirect(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_status(const Scenario *scenario, const Exchange *exchange, const char *tail);

/* PARAMETER of scenario_body. */
enum { BODY_RESET, BODY_TRUNCATED, BODY_CHUNKED };

#endif
