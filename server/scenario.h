/* The pages below /lab/, each of which makes something happen on the wire. */
#ifndef LABSERVER_SCENARIO_H
#define LABSERVER_SCENARIO_H

#include "reply.h"
#include "stage.h"

#define SCENARIO_PREFIX "/lab/"

typedef struct Scenario Scenario;

/* TAIL: what the path has behind the scenario's own. */
typedef enum MHD_Result (*ScenarioRun)(const Scenario *scenario, const Exchange *exchange, const char *tail);

/* A row of the table in scenario_table.c; a new scenario is a new row. */
struct Scenario {
    const char *name;    /* behind /lab/; with a last slash it takes a tail */
    const char *example; /* what the index links to, relative to /lab/; NULL: a part of another scenario */
    ScenarioRun run;
    int parameter; /* what it means is RUN's business */
    const char *title[LANG_COUNT];
    const char *wire[LANG_COUNT]; /* what happens on the wire */
    const char *look[LANG_COUNT]; /* which frames to look for */
    const char *filter;           /* Wireshark display filter that finds it */
    const char *command; /* for a shell, if no browser does it; {host}, {port} and {url} are filled in */
    gboolean post;       /* it is the POST that runs; GET shows a page with the button */
};

extern const Scenario scenarios[];
extern const guint scenario_count;

/* Is PATH for the scenarios to answer? */
gboolean scenario_owns(const char *path);

/* Does the POST to PATH run a scenario that must have the connection before its body is read? */
gboolean scenario_wants_post(const char *path);

/* Runs the scenario at the exchange's path, or shows the index. */
enum MHD_Result scenario_reply(const Exchange *exchange);

/* What rows of the table run. */
enum MHD_Result scenario_reset_before(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_body(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_after(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_slow(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_close(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_promise(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_max(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_redirect(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_status(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_play(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_port(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_not_modified(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_sample(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_parts(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_objects(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_object(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_count_requests(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_cookies(const Scenario *scenario, const Exchange *exchange, const char *tail);
enum MHD_Result scenario_gzip(const Scenario *scenario, const Exchange *exchange, const char *tail);

/* PARAMETER of scenario_body. */
enum { BODY_RESET, BODY_TRUNCATED, BODY_CHUNKED, BODY_TRICKLE, BODY_DOWNLOAD };

/* PARAMETER of scenario_promise. */
enum { PROMISE_KEPT, PROMISE_EARLY, PROMISE_LATE, PROMISE_NEVER };

/* PARAMETER of scenario_play. */
enum {
    PLAY_CLIENT_CLOSES,
    PLAY_CLOSE_IGNORED,
    PLAY_FIN_RESET,
    PLAY_GONE,
    PLAY_UNREAD,
    PLAY_ZERO_WINDOW,
    PLAY_PROBES,
    PLAY_HTTP10
};

/* PARAMETER of scenario_port. */
enum { PORT_CLOSED, PORT_SLOW, PORT_REACHED };

/* For those that run: a page that tells what SCENARIO does. EXTRA (may be NULL) is HTML. The caller frees it.
 */
char *scenario_html(const Scenario *scenario, const Exchange *exchange, const char *extra);

/* A whole number in the query, FALLBACK if it is not there. FALSE: it is no number from LOW to HIGH, and that
 * was answered with *RESULT. */
gboolean scenario_argument(const Exchange *exchange, const char *name, guint low, guint high, guint fallback,
                           guint *number, enum MHD_Result *result);

#endif
