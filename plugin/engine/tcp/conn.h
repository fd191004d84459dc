/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conn.h - what is known of a connection and of the segment that is being looked at.
 *
 * TCP fills it in and reads it. At the end of each structure lies what the rooms above keep there; TCP never
 * reads that.
 *
 * Sequence numbers are kept as 64-bit offsets from the initial sequence number of their side (the SYN is at
 * 0, the first byte at 1), so that nothing wraps and Wireshark's relative numbers are the same.
 */
#ifndef LAB_CONN_H
#define LAB_CONN_H

#include "events.h"
#include "gaps.h"
#include "store.h"

#include <string.h>

/* Of a row of frames, its first and its newest ones are kept: what shows a row is where it begins. */
#define LAB_FRAMES_KEPT 4

/* Notes a frame of a row that has `before` frames so far. */
static inline void lab_frames_note(uint32_t *kept, uint32_t before, uint32_t frame)
{
    kept[before < LAB_FRAMES_KEPT ? before : 1 + (before - 1) % (LAB_FRAMES_KEPT - 1)] = frame;
}

/* Where the i-th frame that is kept lies, in capture order, if the row has `count` frames. */
static inline uint32_t lab_frames_place(uint32_t count, uint32_t i)
{
    if (i == 0 || count <= LAB_FRAMES_KEPT)
        return i;
    return 1 + (count - LAB_FRAMES_KEPT + i - 1) % (LAB_FRAMES_KEPT - 1);
}

/* What the last segment of a side looked like. */
typedef struct {
    uint32_t frame, length;
    int64_t time, offset, ack;
    uint16_t flags, window, ip_id;
    uint8_t ttl;
    bool new_bytes, repeated, probe, window_probe;
    bool bad_ack; /* it acknowledged what was never sent, or nothing in an attempt */
    bool dropped;
} lab_last_t;

/* What Zeek would know of a side; verdict/zeek.c. */
typedef struct {
    uint8_t state, before; /* of the endpoint, as Zeek names them */
    uint8_t once;          /* letters that were written and come once */
    uint8_t numbered;      /* which of `number` mean something */
    uint32_t number[3];    /* of its last SYN, FIN and RST */
    uint32_t windows, repeats;
} lab_zeek_t;

/* A segment that a RST of the other side may answer: see sent.h. */
typedef struct {
    int64_t time, end, ack; /* end: after its bytes, SYN and FIN; ack -1 without ACK flag */
    uint32_t frame, length;
    uint8_t flags;
    bool new_bytes, probe;
    bool answered; /* by a RST */
    bool alert;    /* verdict: all that it carries is a TLS alert */
} lab_sent_t;
#define LAB_SENT_MAX 8

#define LAB_OTHER_NUMBERS 4
#define LAB_DOUBT_MAX     8

/* In both structures what every segment looks at comes first and lies together: what is not at hand in the
 * processor's memory costs more than the work on it. */
typedef struct {
    lab_endpoint_t endpoint;
    uint32_t isn;
    int64_t next;               /* offset after the last byte, SYN or FIN it has sent */
    int64_t next_sent;          /* `next`, before the newest acknowledgment went beyond it */
    int64_t ack;                /* highest offset of the other side that it acknowledged, -1 = none */
    uint64_t bytes;             /* new payload bytes */
    uint32_t window;            /* last advertised, scaled */
    uint32_t window_max;        /* the largest of them */
    uint32_t probes;            /* keep-alive */
    uint32_t unanswered;        /* consecutive retransmissions with not a word from the other side */
    uint32_t unanswered_before; /* the same, when the other side then spoke of something else */
    uint32_t probes_unanswered;
    uint16_t next_ip_id;         /* its IP identification */
    uint8_t scale, state, alive; /* alive: lab_state_t, if no RST had been obeyed */
    bool isn_known,
        evidence; /* evidence: it sent data or FIN, so that its state can be told without a handshake */
    bool scale_offered, sack_offered, timestamps_offered;
    bool syn, syn_ack, peer_syn, syn_acked;
    uint8_t ip_ids; /* lab_ip_ids_t */
    /* peer_fin: the other's was received, presumed until its own acknowledgment number shows it */
    bool fin, fin_acked, peer_fin, fin_before_peer;
    bool probe_pending; /* its last keep-alive probe has no answer yet */
    lab_last_t last;
    uint8_t ttl_count, ttls[4];             /* that its packets had, RSTs aside */
    uint32_t sent_count;                    /* segments other than RSTs */
    lab_gaps_t gaps;                        /* in what was captured of it */
    uint32_t reset_frame, last_reset_frame; /* first and newest RST it sent */
    bool disowns_resets;                    /* it went on after the first of this row */
    int64_t abort_next;                     /* highest number of those with ACK flag: what it had sent */

    /* handshake */
    uint32_t syn_frame, syn_last_frame, syn_count; /* count: without SYN-ACKs */
    int64_t syn_time;

    bool cookie;         /* its SYN had a fast-open cookie, RFC 7413 */
    uint8_t instead;     /* lab_state_t that it is in whatever this connection's segments say, 0 = none */
    uint8_t other_count; /* SYN-ACKs with other numbers than `isn`; the client may yet take one of them */
    struct {
        uint32_t isn, frame;
    } others[LAB_OTHER_NUMBERS];

    /* teardown */
    uint32_t fin_frame, fin_last_frame, fin_count, fin_ack_frame;
    int64_t fin_time, fin_peer_ack; /* when its FIN came and what that acknowledged */
    int64_t fin_offset;
    bool fin_dropped; /* the newest copy of its FIN was not acceptable: closed window, ACK of nothing sent */
    uint8_t fin_step; /* lab.close.step of its FIN */

    int64_t flight_offset; /* its first byte since all before it was acknowledged */
    int64_t flight_since;  /* time of the newest payload of either side before that byte */

    /* retransmission and silence, keep-alive */
    uint32_t unanswered_frames[LAB_FRAMES_KEPT];
    uint32_t probe_frames[LAB_FRAMES_KEPT]; /* of the probes without answer in a row */
    uint32_t probe_frame;
    uint32_t first_acks; /* pure ACKs with one number that the capture begins with: perhaps probes */
    int64_t probe_time;
    int64_t probe_gap[2];          /* before the newest probe: after an answer, after none */
    lab_sent_t sent[LAB_SENT_MAX]; /* the newest segments: a ring; see sent.h */
    lab_sent_t forgotten;          /* the newest that was found although it had left the ring */

    /* kept for the rooms above */
    struct lab_message *messages; /* http: see messages_sent.h */
    uint32_t message_count, message_room;
    struct lab_direction *direction; /* http: how its bytes are read; NULL = they are not */
    bool not_http;                   /* http: its bytes are no HTTP that can be read */
    bool unread; /* tls: encrypted data came that could not be read, and nothing that could since */
    bool sends_tls_handshake; /* verdict: its last payload was of the TLS handshake */
    lab_reset_t *first_reset; /* verdict: the first of a row */
    uint32_t alert_frame;     /* verdict: newest TLS alert that may be fatal, nothing else came after it */
    lab_zeek_t zeek;          /* verdict */
} lab_end_t;

struct lab_conn {
    lab_engine_t *engine;
    /* One on the same endpoints, while this one's SYN has no SYN-ACK: live, or closed in
     * order. */
    struct lab_conn *previous, *waiting;
    uint32_t pins;     /* how many connections have this one as `previous` or `waiting` */
    uint32_t touched;  /* number of segments in the capture at its newest one; see rest.h */
    uint32_t provoked; /* the frame that has to be answered with a challenge ACK, RFC 5961; 0 = none */
    uint8_t provoked_by;
    bool calm;       /* nothing is under way: plain.h */
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
    uint8_t open;            /* lab_open_t, once decided */
    uint8_t close_step;      /* steps seen so far */
    uint8_t previous_turned; /* 1: end 0 of `previous` or `waiting` is our end 1 */
    int8_t first_fin;        /* end that sent the first FIN, -1 */
    lab_end_t end[2];

    bool fins_crossed, three_segment;
    bool split, fast_open; /* how the handshake went on its way */
    bool replaced;
    bool reset_obeyed; /* a RST ended it, or what was left of it in TIME-WAIT */
    uint8_t doubt_count;
    /* The first frames after that RST, and what they are if it turns out that it was not obeyed. */
    struct {
        uint32_t frame;
        uint8_t state[2], phase;
    } doubt[LAB_DOUBT_MAX];
    uint8_t closing_count;
    uint32_t closing_frames[8];
    uint32_t open_frames[4]; /* by step */
    uint32_t open_end_frame;
    uint32_t again_frame; /* the SYN of an attempt that was ended, once more; 0 = none. What was before is
                             settled */
    uint32_t unseen;      /* acknowledged pieces that the capture still lacks */
    int64_t first_time;
    int64_t open_time;
    int64_t rtt;        /* of the handshake as the capture point sees it, 0 unknown */
    int64_t close_idle; /* time between the last data and the first FIN or RST; below 0 it is not known */
    GPtrArray *resets;  /* of lab_reset_t, NULL = none */
    lab_keepalive_list_t keepalives;

    /* kept for the rooms above */
    struct lab_tls *tls;           /* tls: NULL = carries none */
    bool decrypts;                 /* tls: some of its records were decrypted */
    uint8_t decrypted_kind;        /* http: lab_decrypted_kind_t */
    struct lab_http2_conn *http2;  /* http: NULL = it carries no HTTP/2 */
    lab_exchange_list_t exchanges; /* http: numbers of its exchanges */
    lab_exchange_t *newest;        /* http: of `exchanges`; NULL = none */
    lab_exchange_t *answered;      /* http: the newest with a response; NULL = none */
    uint32_t waiting_after;        /* http: so many of the first exchanges wait for no response */
    const lab_lookup_t *lookup;    /* dns */
    uint8_t close;                 /* verdict: lab_close_t, means something when `ended` */
    uint32_t reset_told;         /* verdict: the RST on which it was told what had been promised; 0 = none */
    uint32_t exchanges_at_close; /* verdict: how many there were at the first FIN or the RST that ended it */
    uint32_t answered_at_close;  /* verdict: index of the newest of them whose response had begun; 0 = none */
    uint32_t resets_passed;      /* verdict: so many of the first `resets` were not obeyed */
    bool half_close;             /* verdict: data came after the first FIN, from the other side */
    uint8_t history_length;      /* verdict: Zeek's history */
    bool history_turned;         /* verdict: it is that of a connection whose end 1 is the client */
    char history[24];
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
    bool bad_ack;   /* its receiver is in an attempt and has sent nothing of what it acknowledges */
    bool filled;    /* a gap in what was captured before */
    bool dropped;   /* its receiver drops it: nothing in it counts */
    lab_annotation_t *annotation;
} lab_context_t;

static inline void lab_add_role(lab_context_t *c, lab_role_t role)
{
    c->annotation->roles |= LAB_ROLE_BIT(role);
}

/* The raw sequence number of what `end` sends next. */
static inline uint32_t lab_next_number(const lab_end_t *end)
{
    return end->isn + (uint32_t)end->next;
}

/* The offset of a raw sequence number of `end`, where it lies nearest to what it sends next: RFC 9293 3.4. */
static inline int64_t lab_offset_of(const lab_end_t *end, uint32_t raw)
{
    return end->next + (int32_t)(raw - lab_next_number(end));
}

/* RFC 7323 2.3: the window that the segment advertises. */
static inline uint32_t lab_scaled_window(const lab_context_t *c)
{
    bool scaling = c->sender->scale_offered && c->receiver->scale_offered && !c->syn;
    return (uint32_t)c->seg->window << (scaling ? c->sender->scale : 0);
}

/* An acknowledgment and nothing else. */
static inline bool lab_is_pure_ack(const lab_context_t *c)
{
    return c->has_ack && !c->data && !c->syn && !c->fin && !c->rst;
}

static inline bool lab_has_role(const lab_context_t *c, lab_role_t role)
{
    return (c->annotation->roles & LAB_ROLE_BIT(role)) != 0;
}

static inline void lab_add_anomaly(lab_context_t *c, lab_anomaly_t anomaly)
{
    lab_anomaly_add(c->engine, c->seg->frame, c->conn->number, anomaly);
}

/* A connection whose first segment goes from `src` to `dst`; lies in the engine's arena. */
lab_conn_t *lab_conn_new(lab_engine_t *engine, const lab_segment_t *seg);
/* Frees what TCP keeps outside the arena. */
void lab_conn_clear(lab_conn_t *conn);

static inline bool lab_endpoint_equal(const lab_endpoint_t *a, const lab_endpoint_t *b)
{
    if (a->port != b->port || a->length != b->length)
        return false;
    if (a->length == 4) /* a length that the compiler knows costs no call */
        return memcmp(a->address, b->address, 4) == 0;
    return memcmp(a->address, b->address, a->length) == 0;
}

#endif
