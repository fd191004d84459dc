/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drawings.h - what a document draws: the ladder of a connection, the waterfall of a page load. They hold
 * what is to be seen, in no format; strings are owned by the document. Times are nanoseconds, -1 = not known.
 */
#ifndef LAB_DRAWINGS_H
#define LAB_DRAWINGS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* ---- ladder: the segments of a connection, client left, server right ---- */

/* How an arrow is drawn. */
typedef enum {
    LAB_LOOK_USUAL,
    LAB_LOOK_LOST,     /* a later segment repeats it: it or its acknowledgment did not arrive */
    LAB_LOOK_REPEATED, /* a retransmission */
    LAB_LOOK_UNORDERED,
    LAB_LOOK_TWICE, /* the same packet, captured twice */
    LAB_LOOK_LATE,  /* after the end of the connection */
    LAB_LOOK_RESET,
    LAB_LOOK_LOOKUP, /* a DNS message, to or from the resolver */
    LAB_LOOKS
} lab_look_t;

typedef struct {
    uint32_t frame;
    int64_t time; /* since the first frame of the capture, as in Wireshark's column */
    bool from_client;
    lab_look_t look;
    const char *flags;     /* "SYN, ACK"; "" = none */
    const char *role;      /* what the segment is, in words */
    const char *note;      /* a sentence, may have links; "" = none */
    const char *states[2]; /* of client and server after it, RFC 9293 3.3.2; NULL = not known */
    bool changed[2];       /* the state is another than that before it */
    int64_t seq, seq_raw, ack, ack_raw, length;
    int64_t exchange; /* number of the HTTP exchange, -1 = of none */
} lab_ladder_step_t;

/* One segment, or a run of them that is folded to a line. */
typedef struct {
    guint first, count;  /* its steps: places in the array */
    const char *summary; /* of a run: "1,090 segments, 2.6 MB in 221 ms"; NULL = a single segment */
    bool from_client;    /* of a run: who sent most of its bytes */
    guint left_out;      /* of a run: segments after its steps that are not listed */
} lab_ladder_row_t;

typedef struct {
    const char *client, *server; /* "192.0.2.1:80" */
    const char *title;           /* what it is, for those who cannot see it */
    uint32_t stream;
    GArray *steps; /* of lab_ladder_step_t */
    GArray *rows;  /* of lab_ladder_row_t */
} lab_ladder_t;

/* ---- waterfall: the exchanges of a page load in time, by connection ---- */

typedef enum {
    LAB_BAR_QUEUE,
    LAB_BAR_DNS,
    LAB_BAR_CONNECT,
    LAB_BAR_TLS,
    LAB_BAR_SEND,
    LAB_BAR_WAIT,
    LAB_BAR_RECEIVE,
    LAB_BARS
} lab_bar_kind_t;

/* From the beginning of the waterfall. */
typedef struct {
    lab_bar_kind_t kind;
    int64_t begin, length;
    bool bound; /* at most so long: the true length is not known */
} lab_bar_t;

typedef enum { LAB_LANE_RST, LAB_LANE_FIN } lab_lane_mark_kind_t;

typedef struct {
    lab_lane_mark_kind_t kind;
    int64_t time;
    uint32_t frame;
    const char *words; /* "RST of the server in frame 12" */
} lab_lane_mark_t;

/* One exchange. */
typedef struct {
    uint32_t number, frame, status; /* frame of the request; 0 = not known */
    const char *label;              /* "GET /logo.png" */
    const char *answer;             /* "200, image, 2.6 kB" */
    int64_t done;                   /* its last byte */
    lab_bar_t bars[LAB_BARS + 1];
    unsigned bar_count;
    int64_t times[LAB_BARS], total; /* what the bars show, -1 = not known */
    int64_t bound;                  /* the queue took at most this */
} lab_fall_row_t;

/* A connection. */
typedef struct {
    uint32_t stream;
    const char *label; /* "Connection 3, client port 50000" */
    GArray *rows;      /* of lab_fall_row_t */
    GArray *marks;     /* of lab_lane_mark_t */
} lab_lane_t;

typedef struct {
    uint32_t page;
    const char *title;
    int64_t length;   /* of the time axis */
    guint left_out;   /* exchanges that are not drawn */
    GPtrArray *lanes; /* of lab_lane_t * */
} lab_waterfall_t;

lab_ladder_t *lab_ladder_new(void);
void lab_ladder_free(lab_ladder_t *ladder);
lab_waterfall_t *lab_waterfall_new(void);
void lab_waterfall_free(lab_waterfall_t *waterfall);
/* A further lane without rows. */
lab_lane_t *lab_waterfall_lane(lab_waterfall_t *waterfall, uint32_t stream, const char *label);

#endif
