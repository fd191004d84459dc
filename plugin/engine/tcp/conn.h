/* conn.h - the inside of a connection, shared by the engine's modules only.
 *
 * Sequence numbers are kept as 64-bit offsets from the initial sequence number of their side (the SYN is at
 * 0, the first byte at 1), so that nothing wraps and Wireshark's relative numbers are the same.
 */
#ifndef LAB_CONN_H
#define LAB_CONN_H

#include "arena.h"
#include "lab.h"
#include "kept_strings.h"

typedef struct lab_stream lab_stream_t; /* stream.h */
typedef struct lab_http lab_http_t;     /* http.h */

#define LAB_GAPS_MAX 6

typedef struct {
    int64_t from, to;
    int64_t since; /* time when it was first seen */
    bool acked;    /* the other side has these bytes: only the capture lacks them */
} lab_gap_t;

/* What the last segment of a side looked like. */
typedef struct {
    uint32_t frame, length;
    int64_t time, offset, ack;
    uint16_t flags, window;
    uint8_t ttl;
    bool new_bytes, probe, window_probe;
} lab_last_t;

/* In both structures what every segment looks at comes first and lies together: what is not at hand in the
 * processor's memory costs more than the work on it. */
typedef struct {
    lab_endpoint_t endpoint;
    uint32_t isn;
    int64_t next;               /* offset after the last byte, SYN or FIN it has sent */
    int64_t ack;                /* highest offset of the other side that it acknowledged, -1 = none */
    uint64_t bytes;             /* new payload bytes */
    uint32_t window;            /* last advertised, scaled */
    uint32_t probes;            /* keep-alive */
    uint32_t unanswered;        /* consecutive retransmissions with not a word from the other side */
    uint32_t unanswered_before; /* the same, when the other side then spoke of something else */
    uint32_t probes_unanswered;
    uint16_t next_ip_id; /* IP identification of the segment up to `next` */
    uint8_t scale, state, gap_count;
    bool isn_known,
        evidence; /* evidence: it sent data or FIN, so that its state can be told without a handshake */
    bool scale_offered, sack_offered, timestamps_offered;
    bool syn, syn_ack, peer_syn, syn_acked;
    /* peer_fin: the other's was received, presumed until its own acknowledgment number shows it */
    bool fin, fin_acked, peer_fin, fin_before_peer;
    bool probe_pending;       /* its last keep-alive probe has no answer yet */
    bool sends_tls_handshake; /* its last payload was of the TLS handshake */
    bool not_http;            /* its bytes are no HTTP that we can read */
    bool unread;              /* encrypted data came that could not be read, and nothing that could since */
    lab_stream_t *stream;
    lab_http_t *http;
    void *direction; /* exchange.c's own */
    lab_last_t last;
    lab_gap_t *gaps;                        /* LAB_GAPS_MAX of them, from the first one on */
    uint32_t reset_frame, last_reset_frame; /* first and newest RST it sent */

    /* handshake */
    uint32_t syn_frame, syn_count;
    int64_t syn_time;

    /* teardown */
    uint32_t fin_frame, fin_last_frame, fin_count, fin_ack_frame;
    int64_t fin_time, fin_peer_ack; /* when its FIN came and what that acknowledged */
    int64_t fin_offset;
    uint32_t data_after_peer_fin; /* first frame with new bytes after the other's FIN */
    uint8_t fin_step;             /* lab.close.step of its FIN */
    bool only_alert_after_peer_fin, request_after_peer_fin;

    /* retransmission and silence, keep-alive */
    uint32_t unanswered_frames[4];
    uint32_t probe_frames[4], probe_frame;
    int64_t probe_time, probe_gap;
} lab_end_t;

struct lab_conn {
    lab_engine_t *engine;
    struct lab_conn *alias;    /* Wireshark began a new stream in the middle of this connection; NULL = no */
    struct lab_conn *previous; /* a live connection on the same endpoints, while the new SYN has no SYN-ACK */
    lab_exchange_t *newest;    /* of `exchanges`; NULL = none */
    GArray *exchanges;
    uint32_t number; /* stream */
    uint32_t first_frame, last_frame, frames;
    int64_t last_time;
    int64_t data_time; /* of the newest payload, 0 = none so far */
    uint32_t quality;
    uint32_t close_end_frame;
    uint8_t client;          /* end */
    bool client_certain;     /* by SYN or request */
    bool midstream;          /* the first segment was no SYN */
    bool ended;              /* both sides are done */
    bool decrypts;           /* some of its TLS records were decrypted */
    uint8_t inside;          /* lab_decrypted_kind_t */
    uint8_t open;            /* lab_open_t, once decided */
    uint8_t close;           /* lab_close_t, once decided */
    uint8_t close_step;      /* steps seen so far */
    uint8_t previous_turned; /* 1: its end 0 is our end 1 */
    int8_t first_fin;        /* end that sent the first FIN, -1 */
    uint8_t history_length;
    char history[24];
    lab_end_t end[2];

    bool fins_crossed, half_close, three_segment;
    bool split, fast_open; /* how the handshake went on its way */
    bool replaced;
    uint8_t closing_count;
    uint32_t closing_frames[8];
    uint32_t open_frames[4]; /* by step */
    uint32_t open_end_frame;
    uint32_t unseen; /* acknowledged pieces that the capture still lacks */
    int64_t first_time;
    int64_t open_time;
    int64_t rtt;         /* of the handshake as the capture point sees it, 0 unknown */
    int64_t close_idle;  /* time between the last data and the first FIN or RST; below 0 it is not known */
    struct lab_tls *tls; /* NULL = carries none */
    const lab_lookup_t *lookup;
    GPtrArray *resets;
    GArray *keepalives;
};

/* The segment being looked at, with everything worked out once. */
typedef struct {
    lab_engine_t *engine;
    lab_conn_t *conn;
    const lab_segment_t *seg;
    lab_end_t *sender, *receiver;
    unsigned from, to;   /* their end numbers */
    int64_t offset, end; /* of the segment; end counts SYN and FIN */
    int64_t ack;         /* offset in the receiver's space, -1 without ACK flag */
    bool syn, fin, rst, has_ack, data;
    bool repeated;  /* everything in it was sent before */
    bool new_bytes; /* payload never sent before */
    bool advances;  /* acknowledges something new */
    lab_annotation_t *annotation;
} lab_ctx_t;

/* engine.c */
lab_annotation_t *lab_annotation_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
lab_detail_t *lab_detail_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
void lab_anomaly_add(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* Takes it back, if it was found: later frames show that it was none. */
void lab_anomaly_remove(lab_engine_t *engine, uint32_t frame, uint32_t stream, lab_anomaly_t anomaly);
/* What was found on a connection so far belongs to another one. */
void lab_findings_move(lab_engine_t *engine, const lab_conn_t *from, uint32_t to);
GPtrArray *lab_engine_exchange_list(lab_engine_t *engine);
lab_strings_t *lab_engine_strings(lab_engine_t *engine);
lab_arena_t *lab_engine_arena(lab_engine_t *engine);
/* Where head.c remembers the head that it kept last, of a request or of a response. */
const lab_head_t **lab_engine_newest_head(lab_engine_t *engine, bool response);
/* The first request of the connection names its server: of several look-ups of one address, that is the one.
 */
void lab_engine_host(lab_conn_t *conn, const char *host);
GString *lab_engine_scratch(lab_engine_t *engine);
/* The end that made the request. */
const lab_endpoint_t *lab_engine_client_of(const lab_engine_t *engine, const lab_exchange_t *exchange);
struct lab_pages *lab_engine_page_loads(lab_engine_t *engine);

/* Ends are numbered by the connection that a frame turned out to belong to. */
static inline void lab_annotation_turn(lab_annotation_t *annotation)
{
    uint8_t state = annotation->state[0];
    annotation->sender ^= 1;
    annotation->state[0] = annotation->state[1];
    annotation->state[1] = state;
}

static inline void lab_add_role(lab_ctx_t *c, lab_role_t role)
{
    c->annotation->roles |= LAB_ROLE_BIT(role);
}

static inline bool lab_has_role(const lab_ctx_t *c, lab_role_t role)
{
    return (c->annotation->roles & LAB_ROLE_BIT(role)) != 0;
}

static inline void lab_add_anomaly(lab_ctx_t *c, lab_anomaly_t anomaly)
{
    lab_anomaly_add(c->engine, c->seg->frame, c->conn->number, anomaly);
}

/* tcp_state.c: both ends' states from what is known of the handshake and the FINs. */
void lab_states_update(lab_ctx_t *c);
/* The state of an end in the record of a segment that turned out to change nothing for it. */
void lab_state_restore(const lab_conn_t *conn, lab_annotation_t *annotation, unsigned end);
/* opening.c */
void lab_opening(lab_ctx_t *c);
/* sequence.c: next, acknowledgments, gaps, retransmissions. */
void lab_sequence_before(lab_ctx_t *c);
void lab_sequence_label(lab_ctx_t *c);
void lab_sequence_advance(lab_ctx_t *c);
/* phase.c */
void lab_phase_decide(lab_ctx_t *c);
/* keepalive.c: true if the segment is a probe or an answer to one. */
bool lab_keepalive(lab_ctx_t *c);
void lab_keepalive_reset(lab_ctx_t *c);
/* One more thing to say of keep-alive on a frame; number and interval 0 = none. */
void lab_keepalive_add(lab_ctx_t *c, uint32_t frame, unsigned by, lab_keepalive_t token, uint32_t number,
                       int64_t interval);
/* Takes back what was said of a frame. */
void lab_keepalive_remove(lab_ctx_t *c, uint32_t frame, lab_keepalive_t token);
/* persistence.c: HTTP persistence, what was promised against what was done. */
void lab_persistence(lab_ctx_t *c);
/* closing.c */
void lab_closing(lab_ctx_t *c);
void lab_closing_reset(lab_ctx_t *c);
/* reset.c */
void lab_reset_seen(lab_ctx_t *c);
/* True while every byte that `end` sent was acknowledged by the other side, its FIN aside. */
bool lab_all_acknowledged(const lab_conn_t *conn, unsigned end);
void lab_reset_aftermath(lab_ctx_t *c);
/* exchange.c: HTTP over the bytes of both directions. */
void lab_exchange_payload(lab_ctx_t *c);
void lab_exchange_label(lab_ctx_t *c);
/* Did this end send encrypted data that could not be read, and nothing that could since? */
bool lab_exchange_unreadable(const lab_conn_t *conn, unsigned end);
void lab_exchange_cut(lab_ctx_t *c);
/* The newest exchange; NULL = none, or what came later cannot be read. */
lab_exchange_t *lab_exchange_current(const lab_conn_t *conn);
/* The newest exchange that got a response; after requests that did not it is an older one. NULL = none. */
const lab_exchange_t *lab_exchange_answered(const lab_conn_t *conn);
/* Is it sent to a proxy? */
bool lab_exchange_by_proxy(const lab_exchange_t *exchange);
void lab_exchange_free(lab_conn_t *conn);
/* zeek.c */
void lab_zeek_segment(lab_ctx_t *c);

#endif
