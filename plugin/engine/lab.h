/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lab.h - the analysis engine: TCP segments in, annotations out. Plain C and GLib; it knows nothing of
 * Wireshark.
 *
 *   lab_engine_t *e = lab_engine_new();
 *   lab_engine_segment(e, &segment);                       // every segment, once, in capture order
 *   const lab_annotation_t *a = lab_engine_annotation(e, frame);   // what is known of a frame, at any time
 *   lab_engine_free(e);
 *
 * The annotation of a frame is complete after the call, but for facts that only later frames decide (a RST
 * that is ignored, the answer to a request). Those are added to the earlier annotation when they become
 * known. Numbers of bytes are payload bytes. Times are nanoseconds. Frames are numbered from 1, 0 = none.
 * Pointers that these functions return are owned by the engine and valid until it is freed, unless said
 * otherwise.
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
#define LAB_TH_URG 0x20u

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

/* An IP address and a port. `length`: bytes of the address, 4 or 16; 0 = an address of another kind. */
typedef struct {
    uint8_t address[16];
    uint8_t length;
    uint16_t port;
} lab_endpoint_t;

/* The content of a decrypted TLS record. */
typedef struct {
    uint8_t type;    /* content type, RFC 8446 5.1: 21 alert, 22 handshake, 23 application data */
    uint32_t length; /* bytes at `data` */
    const uint8_t *data;
    uint32_t offset; /* application data only: bytes of it that the end had sent before, modulo 2^32 */
} lab_decrypted_record_t;

/* A segment as it was on the wire. Its pointers need to be valid during the call only. */
typedef struct {
    uint32_t frame;
    uint32_t stream; /* number of the connection, from 0; Wireshark's tcp.stream */
    int64_t time;    /* nanoseconds since the epoch */
    lab_endpoint_t src, dst;
    uint32_t seq, ack; /* raw */
    uint16_t flags, window, checksum, ip_id;
    uint8_t ttl;
    uint32_t length;   /* payload bytes on the wire */
    uint32_t captured; /* payload bytes in the capture, at `payload` */
    const uint8_t *payload;
    const uint8_t *options; /* TCP options, captured part */
    uint8_t options_length;
    const lab_decrypted_record_t *decrypted; /* decrypted records that end in this segment */
    unsigned decrypted_count;
} lab_segment_t;

/* A UDP datagram that may be a DNS message. Its pointer needs to be valid during the call only. */
typedef struct {
    uint32_t frame;
    int64_t time;
    lab_endpoint_t src, dst;
    const uint8_t *payload;
    uint32_t captured;
} lab_datagram_t;

/* A name look-up, RFC 1035. */
typedef struct {
    const char *name;
    lab_endpoint_t client; /* end that sent the query */
    uint16_t resolver_port;
    uint32_t query_frame, answer_frame; /* 0 = not in the capture */
    int64_t query_time, answer_time;
} lab_lookup_t;

/* What is known of a segment. End 0 of a connection is the sender of its first captured segment. There is one
 * for each frame, so its size counts more than that of anything else. */
typedef struct {
    uint32_t stream;
    uint32_t roles : 24;    /* set of LAB_ROLE_BIT */
    uint32_t phase : 4;     /* lab_phase_t; LAB_PHASE_NONE: no TCP segment in this frame */
    uint32_t sender : 1;    /* end 0 or 1 */
    uint32_t open_step : 2; /* step of the opening handshake, 1 to 3; 0 = none */
    uint32_t several : 1;   /* it belongs to more than one exchange: lab_annotation_exchange_last() */
    uint32_t exchange;      /* number of the first HTTP exchange that it belongs to; 0 = none */
    uint32_t related;       /* frame that it answers, repeats or acknowledges */
    uint32_t length : 24;   /* payload bytes; LAB_LENGTH_MAX = so many or more */
    uint32_t flags : 8;     /* lower eight TCP flags, LAB_TH_* */
    uint32_t detail;        /* number of its details; 0 = lab_engine_detail() gives NULL */
    uint32_t seq, ack;      /* raw; ack is valid with LAB_TH_ACK only */
    uint8_t state[2];       /* lab_state_t of each end after the segment was sent and received */
    uint8_t close_steps;    /* steps of the close: bit n = step n */
    uint8_t marks;          /* set of LAB_MARK_* */
} lab_annotation_t;
_Static_assert(LAB_ROLES <= 24 && LAB_PHASES <= 16, "members of lab_annotation_t hold all roles and phases");

/* No packet of IP is longer, RFC 2675 aside, and no capture program writes one. */
#define LAB_LENGTH_MAX 0xffffffu

enum {
    LAB_MARK_HTTP2_DATA = 1 << 0, /* carries bytes of a DATA frame of HTTP/2 */
    LAB_MARK_OPEN_END = 1 << 1,   /* ends the opening of the connection */
    LAB_MARK_CLOSE_END = 1 << 2,  /* ends the connection */
    LAB_MARK_HTTP_HEAD = 1 << 3,  /* carries bytes of a message's head */
    LAB_MARK_HTTP_LAST = 1 << 4,  /* last frame of a response */
    LAB_MARK_MORE = 1 << 5,       /* the frame has a further TCP layer: lab_engine_more() */
    LAB_MARK_TLS = 1 << 6,        /* payload belongs to the TLS handshake */
    LAB_MARK_TLS_DATA = 1 << 7,   /* payload is TLS application data only */
};

/* Exchanges that are listed of a segment with several streams of HTTP/2. */
#define LAB_HTTP2_LISTED_MAX 256

/* What a segment carries of HTTP/2, beside bytes of one body. */
typedef struct {
    uint32_t frames;       /* set, bit number = lab_http2_frame_t */
    uint32_t faults;       /* set, bit number = lab_h2_fault_t */
    uint8_t error;         /* lab_http2_error_t of its RST_STREAM or GOAWAY */
    uint32_t reset_stream; /* of its first RST_STREAM; 0 = none */
    uint64_t missing;      /* body bytes that the response of that stream lacks; 0 = none, or not known */
    uint32_t last_stream;  /* of its GOAWAY */
    int64_t window_empty; /* of a WINDOW_UPDATE: how long the window had been used up; nanoseconds, 0 = it was
                             not */
    uint32_t held;        /* number of streams that waited for this segment, which had been lost */
    uint16_t count, room; /* of `exchanges` */
    uint32_t *exchanges;  /* numbers of all that the segment belongs to, if there are several */
} lab_http2_facts_t;

/* Further facts of a segment that most segments do not have. */
typedef struct {
    uint64_t anomalies;      /* set of LAB_ANOMALY_BIT */
    int64_t probe_interval;  /* nanoseconds since the last activity or the probe before */
    int64_t promised;        /* seconds, with LAB_PERSIST_TIMEOUT_*: the promise that was kept or not */
    struct lab_reset *reset; /* of a RST, else NULL */
    const struct lab_attempt *attempt; /* the attempt that ended in this frame, if another one followed */
    lab_http2_facts_t *http2;          /* NULL = none */
    uint32_t keepalive;                /* set, bit number = lab_keepalive_t */
    uint32_t probe_number;             /* number of the keep-alive probe in this idle period, from 1 */
    uint32_t tls_steps;                /* set, bit number = lab_tls_step_t; 0 for application data alone */
    uint32_t count;                    /* retransmissions: how often these bytes were sent before */
    uint32_t exchange_last;            /* with `several` of the annotation */
    uint32_t connection; /* stream number + 1 of the segment's connection; 0 = the annotation's stream */
    uint32_t finding;    /* of the engine: place of its newest anomaly in the list */
    uint16_t tls_alert;  /* level << 8 | description; 0 = no alert, or an encrypted one */
    bool answered;       /* what it repeats had been acknowledged or answered before, in the capture */
    bool one_direction;  /* of a repeated FIN: the other side had not been captured so far */
} lab_detail_t;

#define LAB_EVIDENCE_MAX 6

/* A RST: its cause, how certain the cause is, the frames that show it, and what was lost. */
typedef struct lab_reset {
    uint32_t frame;
    int64_t time;
    uint8_t by;         /* end that sent it, 0 or 1 */
    uint8_t cause;      /* row of lab_rst_causes */
    uint8_t confidence; /* lab_confidence_t */
    uint8_t impact;     /* lab_impact_t */
    uint8_t evidence_count;
    uint32_t evidence[LAB_EVIDENCE_MAX];
    uint64_t bytes_lost; /* bytes, with LAB_BYTES_LOST */
    uint32_t repeat_of;  /* frame of the first RST that it repeats, 0 = it repeats none */
    uint32_t answers;    /* frame of the segment that it answers, never a RST; 0 = none */
    uint8_t form;        /* lab_rst_form_t of the engine */
    bool clears_older;   /* it closes an older connection of the receiver, RFC 9293 3.5.1 figure 9 */
    bool exact;          /* its number says that the receiver must obey, RFC 9293 3.10.7.3, 3.10.7.4 */
    bool obeyed;         /* presumed, until `ignored` */
    bool ended;          /* it ended the connection or the opening */
    bool keeps_socket;   /* an answer to an unacceptable ACK, whose sender goes on: SYN-SENT, SYN-RECEIVED */
    uint8_t before[2];   /* lab_state_t of both ends before it */
    uint8_t ttl;
    int64_t offset;    /* its sequence number, relative to its sender's */
    bool maybe_unread; /* the application may not have read all acknowledged bytes */
    bool
        message_cut; /* a request or response is incomplete; bytes_lost is the missing part of the response */
    bool other_ttl;  /* its TTL differs from those of the sender's other packets */
    bool ignored;    /* the connection continued after it */
} lab_reset_t;

/* A row of the table of RST causes; see rst_causes.c. Row 0: no cause. A row number past the last gives a
 * NULL token. */
typedef struct {
    const char *token;
    const char *rfc;
    lab_text_t text;
} lab_rst_cause_text_t;
size_t lab_rst_cause_count(void);
lab_rst_cause_text_t lab_rst_cause_text(uint8_t cause);

/* What a head begins with, beside the method or the status. */
typedef struct {
    const char *version, *phrase; /* "HTTP/1.1"; reason phrase of a response, may be empty; NULL = none */
} lab_start_t;

/* The head of a message, unchanged. It may hold bytes that are not UTF-8. Most lines of a head are those of
 * the head before it: lab_head_line(). */
typedef struct lab_head {
    const struct lab_head *model; /* the head that has the lines which are not in `own`; NULL = none has */
    struct lab_head *next;        /* next head of the exchange: request, 1xx responses, response */
    const lab_start_t *start;     /* never NULL */
    uint32_t frame;               /* frame with its last byte */
    uint32_t own;             /* with a model: set of the lines in `lines`, bit number = number of the line */
    uint16_t status;          /* 0 = of the request */
    uint16_t count, left_out; /* number of lines; number of further lines, see LAB_HTTP_LINES_MAX */
    bool trailer;             /* trailer fields after a chunked body, RFC 9110 6.5: lines only */
    bool has_trailer;         /* lab_head_trailer() */
    const char *lines[];      /* "Name: value" */
} lab_head_t;

/* The i-th line of a head, "Name: value"; i from 0, below `count`. */
static inline const char *lab_head_line(const lab_head_t *head, unsigned i)
{
    if (!head->model)
        return head->lines[i];
    uint32_t bit = (uint32_t)1 << i;
    return head->own & bit ? head->lines[__builtin_popcount(head->own & (bit - 1))] : head->model->lines[i];
}

/* What an exchange has on a stream of HTTP/2, RFC 9113. */
typedef struct {
    uint32_t stream;
    uint32_t pushed_on;         /* the server promised it on this stream; 0 = it was asked for */
    uint32_t pushed_for;        /* exchange of that stream; 0 = it was asked for, or not known */
    bool upgraded;              /* asked for with HTTP/1.1 and Upgrade: h2c, RFC 7540 3.2 */
    uint32_t unknown_fields[2]; /* fields that cannot be known: of request and response */
    bool unknown_head[2];       /* all of them: of request and response */
    uint32_t depends_on;        /* RFC 9113 5.3, deprecated */
    uint16_t weight;            /* 1 to 256; 0 = no priority was named */
    bool exclusive;
    const char *protocol;         /* of an extended CONNECT, RFC 8441; NULL = none */
    uint32_t reset_frame;         /* of the first RST_STREAM; 0 = none */
    uint8_t reset_by, reset_code; /* end; lab_http2_error_t */
    uint32_t unprocessed;         /* frame of the GOAWAY that says that nothing was done for it; 0 = none */
    int64_t window_wait;          /* nanoseconds in which a window was used up, in the middle of its body */
    int64_t window_until;         /* time of the end of the last one */
    uint32_t window_waits, window_frame; /* how often; the newest WINDOW_UPDATE that ended it */
    int64_t held;                   /* longest time that bytes of it waited for a lost segment; nanoseconds */
    uint32_t held_by, held_streams; /* frame that brought the lost bytes; how many streams waited for it */
} lab_http2_exchange_t;

/* One HTTP request and its response. Offsets are relative sequence numbers of the end that sent the bytes.
 * Inside TLS, frames, times and offsets of a message are those of its first and last record; sizes are
 * decrypted bytes. */
typedef struct {
    uint32_t number; /* in the capture, from 1 */
    uint32_t stream;
    uint32_t index; /* on its connection, from 1 */
    uint32_t page;  /* may be out of date: use lab_exchange_page() */
    uint32_t request_first, request_last, response_first, response_last; /* frames */
    int64_t request_begin, request_done, response_begin, response_done;  /* times; 0 = not seen */
    int64_t request_start, request_end, response_start, response_end;    /* offsets; -1 = not known (yet) */
    const char *method, *target, *host, *content_type;                   /* NULL = not seen */
    lab_head_t *heads, *last_head; /* in capture order, NULL = none seen */
    lab_http2_exchange_t *http2;   /* NULL = HTTP/1.x */
    int64_t promised;              /* body bytes that the response head announces, -1 = unknown */
    uint64_t received;             /* body bytes of the response, also those not captured */
    /* offset that the request acknowledged: the response begins there or later */
    int64_t response_after : 48;
    uint64_t status : 16; /* 0 = no response head seen */
    /* seconds and requests in Keep-Alive, -1 = absent, -2 = no number, LAB_PROMISE_MAX = so many or more */
    int64_t keepalive_timeout : 48;
    uint64_t head_count : 15; /* number of `heads`; LAB_HEADS_MAX = so many or more */
    uint64_t until_close : 1; /* the response lasts until the connection closes */
    int64_t keepalive_max : 48;
    uint64_t client : 1;    /* end that sent the request */
    uint64_t page_join : 3; /* lab_page_join_t; valid after lab_exchange_page() */
    uint64_t request_closes : 1, response_closes : 1, request_http_1_0 : 1, response_http_1_0 : 1;
    uint64_t request_complete : 1, response_complete : 1, truncated : 1, chunked : 1;
    uint64_t trailers : 1;   /* a message has trailer fields */
    uint64_t secure : 1;     /* decrypted from TLS records */
    uint64_t page_later : 1; /* requested after its page had finished loading */
    uint64_t tunnel : 1;     /* the connection carries another protocol after it */
} lab_exchange_t;

#define LAB_PROMISE_MAX ((INT64_C(1) << 47) - 1)
#define LAB_HEADS_MAX   0x7fff

/* Numbers of exchanges; g_array_index() reads them. */
typedef struct {
    uint32_t *data;
    uint32_t len, room;
} lab_exchange_list_t;

typedef struct lab_engine lab_engine_t;
typedef struct lab_conn lab_conn_t;

/* The head of the request, or of the final response; NULL = not seen. */
const lab_head_t *lab_exchange_head(const lab_exchange_t *exchange, bool response);
/* The first head of the exchange whose last byte is in `frame`, and from one of them the next one; NULL =
 * none. */
const lab_head_t *lab_exchange_head_in(const lab_engine_t *engine, const lab_exchange_t *exchange,
                                       uint32_t frame);
const lab_head_t *lab_head_next_in_frame(const lab_head_t *head);
/* The trailer fields of the message that has this head; NULL = none. */
const lab_head_t *lab_head_trailer(const lab_head_t *head);

/* Kind of the response, a constant: page, image, audio, ... (lab.http.object); NULL while there is no
 * response.
 */
const char *lab_exchange_object(const lab_exchange_t *exchange);

/* The time of an exchange in the parts of HAR 1.2, in nanoseconds; -1 = not known or not applicable. The
 * parts follow each other and do not overlap. `total` is the sum of the known parts: from the first packet
 * for this exchange (its name look-up, its SYN, else its request) to the response's last byte; -1 if send,
 * wait or receive is not known. */
typedef struct {
    int64_t queue, dns, connect, tls, send, wait, receive, total;
    lab_queue_t queue_is; /* what the queue was spent on, or why it is not known */
} lab_timing_t;
lab_timing_t lab_exchange_timing(const lab_engine_t *engine, const lab_exchange_t *exchange);
/* The sum of those of `count` times that are known (0 or more); -1 if it is above INT64_MAX nanoseconds. */
int64_t lab_times_sum(const int64_t *times, size_t count);
/* An upper bound of the queue in nanoseconds where it is LAB_QUEUE_NOT_VISIBLE or LAB_QUEUE_OPENED_AHEAD; -1
 * = no bound. A client can want an object of a page only after the page's first response byte. */
int64_t lab_exchange_queue_bound(const lab_engine_t *engine, const lab_exchange_t *exchange);

/* What shows that an exchange belongs to its page load. */
typedef enum {
    LAB_PAGE_ITSELF,
    LAB_PAGE_REDIRECT,
    LAB_PAGE_REFERER,
    LAB_PAGE_ICON,
    LAB_PAGE_ORDER,
    LAB_PAGE_PUSH
} lab_page_join_t;

/* A page load: a page and the objects that were requested for it. */
typedef struct {
    uint32_t number;      /* in the capture, from 1 */
    char *url;            /* "host/path?query"; inside TLS "https://host/path?query" */
    const char *resource; /* "host/path?query", the end of `url` */
    lab_endpoint_t client;
    int64_t begin_time;   /* first byte of the page's request */
    int64_t last_time;    /* last byte of the newest exchange that was requested while the page was loading */
    int64_t active_time;  /* newest request or response of the page load */
    uint32_t pending;     /* number of exchanges without a complete response */
    uint64_t bytes;       /* of all complete bodies */
    uint32_t last_stream; /* connection of the newest exchange */
    uint32_t left;        /* of the engine: number of `exchanges` that belong to the page no longer */
    GArray *exchanges;    /* of uint32_t, numbers in the order of the requests */
} lab_page_t;

/* An event of a connection of HTTP/2, in capture order. */
typedef struct {
    uint32_t frame;
    int64_t time;
    uint8_t by;       /* end that sent the frame */
    uint8_t kind;     /* lab_http2_frame_t; LAB_HTTP2_OTHER: a rule was broken, `fault` */
    uint8_t error;    /* lab_http2_error_t of RST_STREAM and GOAWAY */
    uint8_t fault;    /* lab_h2_fault_t */
    uint32_t stream;  /* 0 = the connection; of GOAWAY the last stream */
    uint32_t code;    /* the error code as it was sent */
    int64_t interval; /* of an answer: nanoseconds since what it answers; -1 = not known */
} lab_http2_event_t;

/* So many events of a connection are kept. */
#define LAB_HTTP2_EVENTS_MAX 1000

/* What one end of a connection said of HTTP/2. */
typedef struct {
    uint32_t settings[7];    /* by number, RFC 9113 6.5.2, as far as they are in `set` */
    uint8_t set;             /* set, bit number = number of the setting */
    uint32_t settings_frame; /* 0 = none */
    uint32_t acknowledged;   /* frame in which the other end acknowledged them; 0 = none */
    uint32_t window_updates; /* number of them, and the bytes that they allow */
    uint64_t granted;
    uint32_t pings, goaway_frame, goaway_last;
    uint8_t goaway_error; /* lab_http2_error_t of the newest GOAWAY */
    bool fields_lost;     /* some header fields cannot be known */
} lab_http2_end_t;

typedef struct {
    bool upgraded, midstream;
    lab_http2_end_t end[2];
    GArray *events; /* of lab_http2_event_t */
    uint32_t events_left_out;
    uint32_t streams, pushed, reset; /* number of streams that were opened, of them pushed, and reset */
} lab_http2_story_t;

/* An anomaly in capture order. */
typedef struct {
    uint32_t frame, stream;
    uint8_t anomaly;
    uint32_t before, before_in_stream; /* of the engine: places of older ones in the list, 0 = none */
} lab_finding_t;

/* A keep-alive event in capture order. */
typedef struct {
    uint32_t frame;
    uint8_t by;       /* end that sent the frame, 0 or 1 */
    uint8_t token;    /* lab_keepalive_t */
    uint32_t number;  /* number of the probe in this idle period, from 1 */
    int64_t interval; /* nanoseconds since the last activity or the probe before */
} lab_keepalive_event_t;

/* For g_array_index(). */
typedef struct {
    lab_keepalive_event_t *data;
    uint32_t len, room;
} lab_keepalive_list_t;

/* An engine without segments. Free with lab_engine_free(). */
lab_engine_t *lab_engine_new(void);
void lab_engine_free(lab_engine_t *engine);

/* Analyses one segment. A second segment with the same frame number gets a further annotation. */
void lab_engine_segment(lab_engine_t *engine, const lab_segment_t *segment);
/* Analyses a DNS message, in capture order with the segments. A malformed message is ignored. */
void lab_engine_dns(lab_engine_t *engine, const lab_datagram_t *datagram);
/* Removes the annotations of a frame: `tshark -2 -R` gives the number of a filtered frame to the next one. */
void lab_engine_forget(lab_engine_t *engine, uint32_t frame);

/* The annotation of a frame's first TCP segment; NULL = a frame without one. */
const lab_annotation_t *lab_engine_annotation(const lab_engine_t *engine, uint32_t frame);
/* The n-th further TCP segment (n from 0) of a frame; NULL past the last. */
const lab_annotation_t *lab_engine_more(const lab_engine_t *engine, uint32_t frame, unsigned n);
/* The details of an annotation; NULL = none. */
const lab_detail_t *lab_engine_detail(const lab_engine_t *engine, const lab_annotation_t *annotation);

/* The number of the last exchange that the annotation's segment belongs to; 0 = none. */
uint32_t lab_annotation_exchange_last(const lab_engine_t *engine, const lab_annotation_t *annotation);

uint32_t lab_engine_streams(const lab_engine_t *engine); /* highest stream number + 1 */
/* The connection of a stream; NULL = none. Wireshark may begin a new stream within a connection: both streams
 * then have the same connection here. */
const lab_conn_t *lab_engine_conn(const lab_engine_t *engine, uint32_t stream);
/* The connection of a stream; NULL if the stream began within the connection of another stream. A loop over
 * all streams meets each connection once. */
const lab_conn_t *lab_engine_conn_at(const lab_engine_t *engine, uint32_t stream);
/* The connection of a segment. A stream may begin within an older connection and continue with a connection
 * of its own: each of its segments belongs to one of the two. */
const lab_conn_t *lab_engine_conn_of(const lab_engine_t *engine, const lab_annotation_t *annotation);
uint32_t lab_engine_exchanges(const lab_engine_t *engine);
/* The exchange with this number, from 1; NULL past the last. */
const lab_exchange_t *lab_engine_exchange(const lab_engine_t *engine, uint32_t number);
/* The i-th exchange (i from 0) that the annotation's segment belongs to; 0 = there are no more of them. Of
 * HTTP/1.x they are numbered in a row, and exchanges of other connections may be among them. */
uint32_t lab_annotation_exchange(const lab_engine_t *engine, const lab_annotation_t *annotation, unsigned i);
/* These three work out the page loads up to the newest segment. */
uint32_t lab_engine_pages(const lab_engine_t *engine);
const lab_page_t *lab_engine_page(const lab_engine_t *engine,
                                  uint32_t number); /* from 1; NULL past the last */
uint32_t lab_exchange_page(const lab_engine_t *engine, const lab_exchange_t *exchange); /* 0 = none */
const GArray *lab_engine_findings(const lab_engine_t *engine);                          /* of lab_finding_t */
/* Notes that the capture has a frame that was cut short, also where its TCP header cannot be read. */
void lab_engine_frame_cut(lab_engine_t *engine);
/* Set of LAB_QUALITY_*; goes through all connections. */
uint32_t lab_engine_quality(const lab_engine_t *engine);
/* Time of the first segment, in nanoseconds since the epoch. */
int64_t lab_engine_first_time(const lab_engine_t *engine);
uint32_t lab_engine_tcp_frames(const lab_engine_t *engine);

/* Facts of a connection; `end` is 0 or 1 as in lab_annotation_t. */
const lab_endpoint_t *lab_conn_endpoint(const lab_conn_t *conn, unsigned end);
unsigned lab_conn_client(const lab_conn_t *conn); /* end of the client, presumed until data shows it */
uint32_t lab_conn_stream(const lab_conn_t *conn);
uint32_t lab_conn_first_frame(const lab_conn_t *conn);
uint32_t lab_conn_last_frame(const lab_conn_t *conn);
int64_t lab_conn_first_time(const lab_conn_t *conn);
int64_t lab_conn_last_time(const lab_conn_t *conn);
uint64_t lab_conn_bytes(const lab_conn_t *conn, unsigned end);
uint32_t lab_conn_quality(const lab_conn_t *conn);
/* The raw sequence number that has the relative number 0 in Wireshark; false while it is not known. */
bool lab_conn_isn(const lab_conn_t *conn, unsigned end, uint32_t *isn);

/* The look-up that gave the client the server's address; NULL = none in the capture. */
const lab_lookup_t *lab_conn_lookup(const lab_conn_t *conn);
/* True if this is the first connection after the look-up. A later one used the known address. */
bool lab_conn_lookup_awaited(const lab_conn_t *conn);
/* The Host field of the first request; NULL = none, or the request went to a proxy. */
const char *lab_conn_host(const lab_conn_t *conn);
/* Where the client had the server's address from. */
lab_naming_t lab_conn_naming(const lab_conn_t *conn);

/* The protocol inside TLS; LAB_DECRYPTED_NONE if no record was decrypted. */
lab_decrypted_kind_t lab_conn_decrypted(const lab_conn_t *conn);
/* The connection's own story of HTTP/2; NULL = it has none. */
const lab_http2_story_t *lab_conn_http2(const lab_conn_t *conn);
/* The row of an error code of HTTP/2. */
lab_http2_error_t lab_http2_error_of(uint32_t code);
/* True if the newest encrypted data of this end was not decrypted. */
bool lab_conn_unread(const lab_conn_t *conn, unsigned end);
/* The kind of the TLS handshake; LAB_TLS_NONE without TLS. */
lab_tls_kind_t lab_conn_tls_kind(const lab_conn_t *conn);
/* Nanoseconds from the ClientHello to the end of the handshake; -1 = not known. */
int64_t lab_conn_tls_time(const lab_conn_t *conn);

/* What the hellos and the server's certificate name in the clear. Texts are printable. */
typedef struct {
    char *server_name;    /* RFC 6066 3; with ECH (RFC 9849) that of the outer hello. NULL = not seen */
    GPtrArray *offered;   /* of char *: the client's protocols, RFC 7301; NULL = none seen */
    char *chosen;         /* the server's protocol; NULL = not known: see lab_conn_alpn() */
    char *subject;        /* of the certificate, as RFC 4514 writes it; NULL = empty or not seen */
    GPtrArray *certified; /* of char *: its subjectAltName, names and addresses; NULL = not seen */
    unsigned certified_left_out; /* further names of it */
    bool chose_none;             /* a whole ServerHello of TLS 1.2 that chooses no protocol */
} lab_tls_names_t;
/* NULL = no TLS. */
const lab_tls_names_t *lab_conn_tls_names(const lab_conn_t *conn);
/* Whose word the protocol is: the server's, or only the client's offer. */
lab_alpn_t lab_conn_alpn(const lab_conn_t *conn);

/* The row of an alert's description, a constant; NULL = not registered. */
const lab_token_t *lab_tls_alert_token(uint8_t description);

lab_open_t lab_conn_open_kind(const lab_conn_t *conn);
int64_t lab_conn_open_time(const lab_conn_t *conn);                  /* nanoseconds; -1 = not known */
int64_t lab_conn_open_began(const lab_conn_t *conn);                 /* time of the first SYN */
uint32_t lab_conn_open_frame(const lab_conn_t *conn, unsigned step); /* step 1 to 3 */

/* How the connection closed, as far as the captured frames tell. */
typedef struct {
    lab_close_t kind;
    int first; /* end that closed first, 2 = both at once, -1 = none */
    lab_reason_t reason;
    bool announced; /* a message gave the reason before the first FIN */
    int lossless;   /* 1 = all bytes were acknowledged, 0 = bytes were lost, -1 = not known */
    int time_wait;  /* end that remains in TIME-WAIT, 2 = both, -1 = none */
    uint32_t frames[8];
    unsigned frame_count;
} lab_closing_t;
lab_closing_t lab_conn_closing(const lab_conn_t *conn);
/* How an attempt to open a connection went, as of the frame that ended it. Details have it once another
 * attempt with the same SYN follows: then lab_conn_open_kind(), lab_conn_closing() and the like are of that
 * one. */
typedef struct lab_attempt {
    lab_open_t open;
    int64_t open_time; /* nanoseconds; -1 = not known */
    lab_closing_t closing;
    const char *conn_state, *history; /* in Zeek's notation */
} lab_attempt_t;

/* True once a segment has ended the connection; lab_conn_closing() may still change before that. */
bool lab_conn_closing_decided(const lab_conn_t *conn);

const GPtrArray *lab_conn_resets(const lab_conn_t *conn);                /* of lab_reset_t *, NULL = none */
const lab_keepalive_list_t *lab_conn_keepalives(const lab_conn_t *conn); /* NULL = none */
const lab_exchange_list_t *
lab_conn_exchanges(const lab_conn_t *conn);              /* numbers of its exchanges; NULL = none */
const char *lab_conn_state_zeek(const lab_conn_t *conn); /* Zeek's conn_state */
const char *lab_conn_history(const lab_conn_t *conn);    /* Zeek's history */

/* Appends the sentence about a frame's segment to `out`. */
void lab_note(const lab_engine_t *engine, const lab_annotation_t *annotation, uint32_t frame, lab_lang_t lang,
              GString *out);

#endif
