/* Scenarios whose body is written bit by bit. */
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "scenario.h"

/* How a body of ours runs. */
typedef struct {
    guint64 announced; /* bytes, or MHD_SIZE_UNKNOWN for chunks */
    guint64 sent;      /* bytes */
    guint64 step;      /* a pause after so many bytes */
    guint pause;       /* milliseconds */
    ssize_t end;       /* what the library is told then */
} BodyPlan;

/* The pause lets what was sent arrive and be acknowledged before the end. */
static const BodyPlan body_plans[] = {
    [BODY_RESET] = {100000, 20000, 20000, 200, MHD_CONTENT_READER_END_WITH_ERROR},
    [BODY_TRUNCATED] = {100000, 20000, 20000, 200, MHD_CONTENT_READER_END_WITH_ERROR},
    [BODY_CHUNKED] = {MHD_SIZE_UNKNOWN, 10000, 1000, 100, MHD_CONTENT_READER_END_OF_STREAM},
    [BODY_TRICKLE] = {40, 40, 2, 100, MHD_CONTENT_READER_END_OF_STREAM},
    [BODY_DOWNLOAD] = {0, 0, G_MAXUINT64, 0, MHD_CONTENT_READER_END_OF_STREAM}, /* the client says how much */
};

/* What the content reader needs; it outlives the call of the handler. */
typedef struct {
    Exchange exchange;
    int kind;
    BodyPlan plan;
} BodyState;

static ssize_t end_body(const BodyState *state)
{
    int fd = state->exchange.conn->fd;

    if (state->kind == BODY_RESET)
        conn_reset(fd);
    else if (state->kind == BODY_TRUNCATED)
        shutdown(fd, SHUT_WR); /* the FIN first, however the library closes after an error */
    return state->plan.end;
}

/* A number of lines, so that little is left to do for each of the many blocks of a download. */
#define LINE      "This is the body of a response. Count its bytes.\n"
#define LINES     LINE LINE LINE LINE LINE LINE LINE LINE
#define LINE_SIZE (sizeof LINE - 1)

static void fill_body(char *out, guint64 position, gsize size)
{
    static const char lines[] = LINES LINES LINES LINES;
    gsize filled = 0;

    while (filled < size) {
        gsize from = (position + filled) % LINE_SIZE;
        gsize n = MIN(size - filled, sizeof lines - 1 - from);
        memcpy(out + filled, lines + from, n);
        filled += n;
    }
}

static ssize_t read_body(void *cls, uint64_t position, char *out, size_t room)
{
    const BodyState *state = cls;
    const BodyPlan *plan = &state->plan;
    Request *request = state->exchange.request;

    if (position && position % plan->step == 0 && !request->paused) {
        request->paused = TRUE;
        if (conns_pause(state->exchange.server->conns, state->exchange.conn, state->exchange.connection,
                        plan->pause))
            return 0;
    }
    if (position >= plan->sent)
        return end_body(state);
    request->paused = FALSE;
    gsize size = MIN(MIN(room, plan->step - position % plan->step), plan->sent - position);
    fill_body(out, position, size);
    return (ssize_t)size;
}

/* Room for one read of the content reader: small, so that what is cut short stays in order; a download fills
 * more. */
static gsize block_of(int kind)
{
    return kind == BODY_DOWNLOAD ? 65536 : 4096;
}

/* A client that asks for much and reads nothing would fill the system's memory for all connections. */
#define UNSENT_MAX 262144

/* A download is as long as the query says. FALSE: it says nonsense, and that was answered with *RESULT. */
static gboolean fit_plan(const Exchange *exchange, BodyState *state, enum MHD_Result *result)
{
    const int unsent = UNSENT_MAX;
    guint megabytes;

    if (state->kind != BODY_DOWNLOAD)
        return TRUE;
    if (!scenario_argument(exchange, "mb", 1, 64, 8, &megabytes, result))
        return FALSE;
    setsockopt(exchange->conn->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    state->plan.announced = state->plan.sent = (guint64)megabytes << 20;
    return TRUE;
}

enum MHD_Result scenario_body(const Scenario *scenario, const Exchange *exchange, const char *tail)
{
    BodyState *state = g_new0(BodyState, 1);
    struct MHD_Response *response = NULL;
    enum MHD_Result result = MHD_NO;

    (void)tail;
    *state = (BodyState){*exchange, scenario->parameter, body_plans[scenario->parameter]};
    if (fit_plan(exchange, state, &result))
        response = MHD_create_response_from_callback(state->plan.announced, block_of(state->kind), read_body,
                                                     state, g_free);
    if (!response) {
        g_free(state);
        return result;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return reply_send(exchange, 200, response, state->plan.sent);
}
