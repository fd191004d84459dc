/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab.h - the analysis engine: TCP segments in, annotations out. Plain C and GLib; it knows nothing of
 * Wireshark.
 *
 *   lab_engine_t *e = lab_engine_new();
 *   lab_engine_segment(e, &segment);                       // every segment, once, in capture order
 *   const lab_annotation_t *r = lab_engine_annotation(e, frame);   // what is known of a frame, any time
 *   lab_engine_free(e);
 *
 * What is certain at once is in the annotation after the call; what only later frames decide (a RST that
 * turns out to be ignored, the answer to a request) is written into the earlier annotations when it becomes
 * known. All numbers of bytes are payload bytes, all times are nanoseconds, all frames are numbered from 1, 0
 * = none.
 */
#ifndef LAB_H
#define LAB_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tokens.h"

#define LAB_TH_FIN 0x01u
#define LAB_TH_SYN 0x02u
#define LAB_TH_RST 0x04u
#define LAB_TH_PSH 0x08u
#define LAB_TH_ACK 0x10u

/* Capture quality, per connection and for the whole capture. */
enum {
    LAB_QUALITY_STARTS_IN_MIDDLE = 1 << 0,
    LAB_QUALITY_ONE_DIRECTION = 1 << 1,
    LAB_QUALITY_CUT = 1 << 2,
    LAB_QUALITY_DUPLICATES = 1 << 3,
    LAB_QUALITY_MISSING = 1 << 4,
    LAB_QUALITY_LARGE_SEGMENTS = 1 << 5,
    LAB_QUALITY_TIME_BACKWARDS = 1 << 6,
    LAB_QUALITY_NO_TCP = 1 << 7, /* of the capture only */
    LAB_QUALITY_BITS = 8
};

/* An address of `length` bytes (4, 16, or 0 where it is of another kind) and a port. */
typedef struct {
    uint8_t address[16];
    uint8_t length;
    uint16_t port;
} lab_endpoint_t;

/* A TLS record that could be decrypted. */
typedef struct {
    uint8_t type;    /* of its content, RFC 8446 5.1: 21 alert, 22 handshake, 23 application data */
    uint32_t length; /* of its content */
    const uint8_t *data;
    uint32_t offset; /* of application data: what its side had sent of it before, modulo 2^32 */
} lab_decrypted_record_t;

/* A segment as it was on the wire. The pointers need to be valid during the call only. */
typedef struct {
    uint32_t frame;
    uint32_t stream; /* number of the connection, from 0; equals tcp.stream */
    int64_t time;    /* since the epoch */
    lab_endpoint_t src, dst;
    uint32_t seq, ack; /* raw */
    uint16_t flags, window, checksum, ip_id;
    uint8_t ttl;
    uint32_t length;   /* payload on the wire */
    uint32_t captured; /* of it in the capture, at `payload` */
    const uint8_t *payload;
    const uint8_t *options; /* as far as captured */
    uint8_t options_length;
    const lab_decrypted_record_t
        *decrypted; /* the records that became complete with it, as far as decrypted */
    unsigned decrypted_count;
} lab_segment_t;

/* A UDP datagram that may be a DNS message. */
typedef struct {
    uint32_t frame;
    int64_t time;
    lab_endpoint_t src, dst;
    const uint8_t *payload;
    uint32_t captured;
} lab_datagram_t;

/* A name that was looked up. */
typedef struct {
    const char *name;
    lab_endpoint_t client; /* who asked */
    uint16_t resolver_port;
    uint32_t query_frame, answer_frame; /* 0 = not in the capture */
    int64_t query_time, answer_time;
} lab_lookup_t;

/* What is known of a frame. End 0 of a connection is the sender of its first captured segment. */
typedef struct {
    uint32_t stream;
    uint32_t roles;                   /* set of LAB_ROLE_BIT */
    uint32_t exchange, exchange_last; /* first and last HTTP exchange it belongs to */
    uint32_t related;                 /* the frame it answers, repeats or acknowledges */
    uint32_t length;                  /* payload bytes */
    uint32_t detail;                  /* 0 = lab_engine_detail() has no more */
    uint32_t seq, ack;                /* raw; ack means something with LAB_TH_ACK only */
    uint8_t phase;                    /* lab_phase_t; LAB_PHASE_NONE: no TCP segment in this frame */
    uint8_t sender;                   /* end 0 or 1 */
    uint8_t state[2];                 /* lab_state_t of each end after it was sent and arrived */
    uint8_t open_step;                /* 1 to 3, 0 none */
    uint8_t close_steps;              /* set: bit n = step n */
    uint8_t marks;                    /* LAB_MARK_* */
    uint8_t flags;                    /* LAB_TH_* as sent, the lower eight */
} lab_annotation_t;

enum {
    LAB_MARK_OPEN_END = 1 << 1,  /* ends the attempt to open */
    LAB_MARK_CLOSE_END = 1 << 2, /* ends the connection */
    LAB_MARK_HTTP_HEAD = 1 << 3, /* carries the head of a message */
    LAB_MARK_HTTP_LAST = 1 << 4, /* last frame of a response */
    LAB_MARK_MORE = 1 << 5,      /* a further TCP layer in the same frame: lab_engine_more() */
    LAB_MARK_TLS = 1 << 6,       /* payload is of the TLS handshake */
    LAB_MARK_TLS_DATA = 1 << 7,  /* payload is TLS, application data only */
};

/* The rarer things that are known of a frame. */
typedef struct {
    uint64_t anomalies;      /* set of LAB_ANOMALY_BIT */
    uint32_t keepalive;      /* set, bit = lab_keepalive_t */
    uint32_t probe_number;   /* of consecutive probes in this idle period, from 1 */
    int64_t probe_interval;  /* since the last activity or the probe before */
    struct lab_reset *reset; /* of a RST frame */
    uint32_t tls_steps;      /* set, bit = lab_tls_step_t; application-data alone is LAB_MARK_TLS_DATA only */
    uint32_t count;          /* how often this was sent before (retransmissions) */
    uint32_t
        connection; /* stream number + 1 of the connection that the segment belongs to; 0 = annotation's */
    uint16_t tls_alert; /* of an alert in the clear, or decrypted: level << 8 | description; 0 = none, or not
                           readable */
} lab_detail_t;

#define LAB_EVIDENCE_MAX 6

/* A RST: why it came, how sure that is, which frames show it, what it cost. */
typedef struct lab_reset {
    uint32_t frame;
    int64_t time;
    uint8_t by;         /* end */
    uint8_t cause;      /* row of lab_rst_causes */
    uint8_t confidence; /* lab_confidence_t */
    uint8_t impact;     /* lab_impact_t */
    uint8_t evidence_count;
    uint32_t evidence[LAB_EVIDENCE_MAX];
    uint64_t bytes_lost; /* with LAB_BYTES_LOST */
    uint32_t repeat_of;  /* the first RST of a row, 0 = this is it */
    uint32_t answers;    /* the segment that it answers, never a RST; 0 = none */
    uint8_t form;        /* lab_rst_form_t of the engine */
    bool clears_older;   /* it clears an older connection at the other side, RFC 9293 3.5.1 figure 9 */
    bool exact;          /* its number says that the receiver has to obey, RFC 9293 3.10.7.3, 3.10.7.4 */
    bool obeyed;         /* presumed, until `ignored` */
    bool ended;          /* it ended the connection or the attempt */
    bool keeps_socket;   /* an answer to an unacceptable ACK, whose sender goes on: SYN-SENT, SYN-RECEIVED */
    uint8_t before[2];   /* lab_state_t of both ends before it */
    uint8_t ttl;
    int64_t offset;    /* its number, in its sender's space */
    bool maybe_unread; /* what TCP acknowledged need not have reached the program */
    bool message_cut;  /* a request or response is incomplete; bytes_lost counts what the response owed */
    bool other_ttl;    /* than the sender's other packets */
    bool ignored;      /* traffic went on after it */
} lab_reset_t;

/* A row of the table of RST causes; see rst_causes.c. Index 0 is no cause. */
typedef struct {
    const char *token;
    const char *rfc;
    lab_text_t text;
} lab_rst_cause_text_t;
size_t lab_rst_cause_count(void);
lab_rst_cause_text_t lab_rst_cause_text(uint8_t cause);

/* The head of a message, kept as it was written. Bytes that are no UTF-8 are kept too. */
typedef struct lab_head {
    struct lab_head *next; /* of the same exchange: the request's, those of 1xx responses, the response's */
    uint32_t frame;        /* in which it was complete */
    uint16_t status;       /* 0 = of the request */
    bool trailer;          /* no head, but the fields after its message's chunked body: lines only */
    uint16_t count, left_out;     /* field lines kept, and those beyond LAB_HTTP_LINES_MAX */
    const char *version, *phrase; /* "HTTP/1.1"; of a response "OK", may be empty */
    const char *lines[];          /* "Name: value" */
} lab_head_t;

/* One HTTP request and its response. Offsets are relative sequence numbers of the side that sent them. Inside
 * TLS a message begins and ends with the records that it lies in: its frames, times and offsets are theirs,
 * its sizes those of what was decrypted. */
typedef struct {
    uint32_t number; /* in the capture, from 1 */
    uint32_t stream;
    uint32_t index; /* on its connection, from 1 */
    uint8_t client; /* end that sent the request */
    uint32_t request_first, request_last, response_first, response_last;
    int64_t request_begin, request_done, response_begin, response_done; /* times; 0 = not seen */
    int64_t request_start, request_end, response_start, response_end;   /* offsets; -1 = not known (yet) */
    int64_t response_after; /* what the client had acknowledged when it asked: the response begins there or
                               later */
    const char *method, *target, *host, *content_type; /* owned by the engine; NULL = not seen */
    uint16_t status;
    lab_head_t *heads;                        /* in the order they came, NULL = none seen */
    int64_t promised;                         /* body bytes the response announced, -1 unknown */
    uint64_t received;                        /* body bytes of the response seen or known to have passed */
    int32_t keepalive_timeout, keepalive_max; /* as the response promised, -1 = not said */
    uint32_t page;                            /* not up to date: ask lab_exchange_page() */
    uint8_t page_join;                        /* lab_page_join_t; as `page` */
    uint32_t request_closes : 1, response_closes : 1, request_http_1_0 : 1, response_http_1_0 : 1;
    uint32_t request_complete : 1, response_complete : 1, truncated : 1, chunked : 1, until_close : 1;
    uint32_t trailers : 1;   /* a message of it has fields after its body */
    uint32_t secure : 1;     /* it was decrypted from TLS records */
    uint32_t page_later : 1; /* it was asked for when its page had long been loaded */
    uint32_t tunnel : 1;     /* after it the connection carries another protocol */
} lab_exchange_t;

typedef struct lab_engine lab_engine_t;
typedef struct lab_conn lab_conn_t;

/* The head of its request, or of its final response; NULL = not seen. */
const lab_head_t *lab_exchange_head(const lab_exchange_t *exchange, bool response);
/* The fields that came after the body of the message that this is the head of; NULL = none. */
const lab_head_t *lab_head_trailer(const lab_head_t *head);

/* page, image, audio, ... (interface: lab.http.object); NULL while there is no response. */
const char *lab_exchange_object(const lab_exchange_t *exchange);

/* Where the time of an exchange went, as HAR 1.2 splits it: parts that follow each other and do not overlap,
 * in nanoseconds, -1 = not known or not applicable. `total` is the sum of those that are known: from the
 * first packet that served this exchange (its name look-up, its SYN, else the request) to the response's last
 * byte; -1 while that is not known. */
typedef struct {
    int64_t queue, dns, connect, tls, send, wait, receive, total;
    lab_queue_t queue_is; /* what it is, or why it is not known */
} lab_timing_t;
lab_timing_t lab_exchange_timing(const lab_engine_t *engine, const lab_exchange_t *exchange);
/* Where the queue is LAB_QUEUE_NOT_VISIBLE or LAB_QUEUE_OPENED_AHEAD: what it cannot have exceeded, -1 = no
 * bound. The client may have wanted the object since the page that it belongs to began to come, not before.
 */
int64_t lab_exchange_queue_bound(const lab_engine_t *engine, const lab_exchange_t *exchange);

/* How an exchange is known to belong to its page load. */
typedef enum {
    LAB_PAGE_ITSELF,
    LAB_PAGE_REDIRECT,
    LAB_PAGE_REFERER,
    LAB_PAGE_ICON,
    LAB_PAGE_ORDER
} lab_page_join_t;

/* A page load: a page and what was fetched for it. */
typedef struct {
    uint32_t number;   /* in the capture, from 1 */
    char *url;         /* host and target, behind https:// where it came inside TLS */
    const char *place; /* the same without https:// */
    lab_endpoint_t client;
    int64_t begin_time,
        last_time;        /* first byte of the page's request, last byte of what it was loaded with */
    int64_t active_time;  /* newest request or response of it */
    uint32_t pending;     /* exchanges that have no end yet */
    uint64_t bytes;       /* of all bodies */
    uint32_t last_stream; /* connection of its newest exchange */
    GArray *exchanges;    /* of uint32_t, in the order of their requests */
} lab_page_t;

/* An anomaly in capture order. */
typedef struct {
    uint32_t frame, stream;
    uint8_t anomaly;
} lab_finding_t;

/* A keep-alive event in capture order. */
typedef struct {
    uint32_t frame;
    uint8_t by;
    uint8_t token;
    uint32_t number;
    int64_t interval;
} lab_keepalive_event_t;

lab_engine_t *lab_engine_new(void);
void lab_engine_free(lab_engine_t *engine);

/* Takes in one segment. A frame that comes a second time with another segment gets a further annotation. */
void lab_engine_segment(lab_engine_t *engine, const lab_segment_t *segment);
/* Takes in a DNS message, in capture order with the segments. */
void lab_engine_dns(lab_engine_t *engine, const lab_datagram_t *datagram);
/* Forgets what is known of a frame number: `tshark -2 -R` numbers frames anew while it reads. */
void lab_engine_forget(lab_engine_t *engine, uint32_t frame);

/* NULL for a frame without a TCP segment. The pointer stays valid until the engine is freed. */
const lab_annotation_t *lab_engine_annotation(const lab_engine_t *engine, uint32_t frame);
/* The n-th further TCP segment (n from 0) of a frame, NULL past the last. */
const lab_annotation_t *lab_engine_more(const lab_engine_t *engine, uint32_t frame, unsigned n);
const lab_detail_t *lab_engine_detail(const lab_engine_t *engine, const lab_annotation_t *annotation);

uint32_t lab_engine_streams(const lab_engine_t *engine); /* highest stream number + 1 */
/* The connection that the frames of this stream belong to. Where Wireshark began a new stream in the middle
 * of one, that is an earlier one; lab_engine_conn_at() then gives NULL, so that each is met once in a loop
 * over all streams. */
const lab_conn_t *lab_engine_conn(const lab_engine_t *engine, uint32_t stream);
const lab_conn_t *lab_engine_conn_at(const lab_engine_t *engine, uint32_t stream);
/* The connection that a segment belongs to. A stream may begin within an older connection and go on with one
 * of its own: then its segments belong to both, each to one. */
const lab_conn_t *lab_engine_conn_of(const lab_engine_t *engine, const lab_annotation_t *annotation);
uint32_t lab_engine_exchanges(const lab_engine_t *engine);
const lab_exchange_t *lab_engine_exchange(const lab_engine_t *engine, uint32_t number);
/* The page loads are worked out when they are asked for, up to the segment that was taken in last. */
uint32_t lab_engine_pages(const lab_engine_t *engine);
const lab_page_t *lab_engine_page(const lab_engine_t *engine, uint32_t number);         /* from 1 */
uint32_t lab_exchange_page(const lab_engine_t *engine, const lab_exchange_t *exchange); /* 0 = none */
const GArray *lab_engine_findings(const lab_engine_t *engine);                          /* of lab_finding_t */
/* A frame was cut short, perhaps so that its TCP header cannot be read. */
void lab_engine_frame_cut(lab_engine_t *engine);
/* Set of LAB_QUALITY_*; goes through all connections. */
uint32_t lab_engine_quality(const lab_engine_t *engine);
/* Time of the first segment. */
int64_t lab_engine_first_time(const lab_engine_t *engine);
uint32_t lab_engine_tcp_frames(const lab_engine_t *engine);

/* Questions about a connection; end numbers as in lab_annotation_t. */
const lab_endpoint_t *lab_conn_endpoint(const lab_conn_t *conn, unsigned end);
unsigned lab_conn_client(const lab_conn_t *conn); /* which end is the client, as far as known */
uint32_t lab_conn_stream(const lab_conn_t *conn);
uint32_t lab_conn_first_frame(const lab_conn_t *conn);
uint32_t lab_conn_last_frame(const lab_conn_t *conn);
int64_t lab_conn_first_time(const lab_conn_t *conn);
int64_t lab_conn_last_time(const lab_conn_t *conn);
uint64_t lab_conn_bytes(const lab_conn_t *conn, unsigned end);
uint32_t lab_conn_quality(const lab_conn_t *conn);
/* The raw sequence number from which Wireshark's relative ones count; false while it is not known. */
bool lab_conn_isn(const lab_conn_t *conn, unsigned end, uint32_t *isn);

/* The look-up that brought the server's address, NULL = none in the capture. */
const lab_lookup_t *lab_conn_lookup(const lab_conn_t *conn);
/* Was it made for this connection? To a later one the answer was known already. */
bool lab_conn_lookup_awaited(const lab_conn_t *conn);
/* The Host that the first request names, NULL = none, or it is not the server's (a proxy). */
const char *lab_conn_host(const lab_conn_t *conn);
/* Where the client had the server's address from, as far as its first request names the server. */
lab_naming_t lab_conn_naming(const lab_conn_t *conn);

/* What kind of TLS it carries, LAB_TLS_NONE without; and how long the handshake took, -1 = not known. */
/* What it carries inside, as far as records were decrypted; LAB_DECRYPTED_NONE where none was. */
lab_decrypted_kind_t lab_conn_decrypted(const lab_conn_t *conn);
/* Did this end send encrypted data that could not be read, and nothing that could since? */
bool lab_conn_unread(const lab_conn_t *conn, unsigned end);
lab_tls_kind_t lab_conn_tls_kind(const lab_conn_t *conn);
int64_t lab_conn_tls_time(const lab_conn_t *conn);

/* The row of an alert's description, NULL = not known. */
const lab_token_t *lab_tls_alert_token(uint8_t description);

lab_open_t lab_conn_open_kind(const lab_conn_t *conn);
int64_t lab_conn_open_time(const lab_conn_t *conn);                  /* -1 = not known */
int64_t lab_conn_open_began(const lab_conn_t *conn);                 /* time of the first SYN */
uint32_t lab_conn_open_frame(const lab_conn_t *conn, unsigned step); /* step 1 to 3 */

/* How it closed, as far as the frames so far tell. first: end 0 or 1, 2 = both, -1 = nobody. lossless: 1, 0,
 * -1 = not known. */
typedef struct {
    lab_close_t kind;
    int first;
    lab_reason_t reason;
    int lossless;
    int time_wait; /* end that is left in TIME-WAIT, 2 = both, -1 = none */
    uint32_t frames[8];
    unsigned frame_count;
} lab_closing_t;
lab_closing_t lab_conn_closing(const lab_conn_t *conn);
/* True once a segment has ended it; before that lab_conn_closing() tells what it looks like so far. */
bool lab_conn_closing_decided(const lab_conn_t *conn);

const GPtrArray *lab_conn_resets(const lab_conn_t *conn);  /* of lab_reset_t *, NULL = none */
const GArray *lab_conn_keepalives(const lab_conn_t *conn); /* of lab_keepalive_event_t, NULL = none */
const GArray *lab_conn_exchanges(const lab_conn_t *conn);  /* of uint32_t numbers, NULL = none */
const char *lab_conn_state_zeek(const lab_conn_t *conn);   /* Zeek's conn_state */
const char *lab_conn_history(const lab_conn_t *conn);      /* Zeek's history */

/* The one sentence about a frame, appended to `out`. */
void lab_note(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame, lab_lang_t lang,
              GString *out);

#endif
