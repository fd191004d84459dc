/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - the engine's memory of a capture: annotations of frames, table of connections, list of exchanges,
 * and logs of events (events.h).
 *
 * The store knows frame numbers, stream numbers and pointers. The folders above it know what a connection and
 * an exchange are. They keep their own state of a capture here; the store does not read it.
 */
#ifndef LAB_STORE_H
#define LAB_STORE_H

#include "arena.h"
#include "hash.h"
#include "kept_strings.h"
#include "lab.h"

/* A row of the table of connections, by stream number. */
typedef struct {
    uintptr_t at; /* the connection; with the lowest bit: where it rests; 0 = no segment of this stream yet */
    uint32_t redirect; /* stream number + 1 of the connection that its segments belong to; 0 = its own */
    uint32_t finding;  /* place of its newest entry in `findings`, from 1; 0 = none */
} lab_store_row_t;

struct lab_engine {
    GPtrArray *chunks;    /* of lab_annotation_t[CHUNK_SIZE]; NULL where no frame has an annotation */
    GHashTable *more;     /* frame -> GPtrArray of lab_annotation_t: further TCP layers */
    GPtrArray *details;   /* of lab_detail_t; an annotation has its number, from 1 */
    lab_detail_t nowhere; /* written instead of the details of a frame without an annotation; never read */
    GArray *conns;        /* of lab_store_row_t */
    GPtrArray *exchanges; /* of lab_exchange_t, by number - 1 */
    GArray *findings;     /* of lab_finding_t, in capture order; some may be removed, see events.c */
    guint removed;        /* number of those */
    GArray *http_log;     /* of lab_http_event_t, in capture order; pages.c empties it */
    lab_arena_t *arena;   /* objects that live until the engine is freed */
    lab_strings_t *strings;
    GString *scratch; /* working space shared by the HTTP parsers */
    uint32_t quality, tcp_frames;
    struct {
        uint32_t frame, stream; /* frame 0 = none */
        lab_annotation_t *annotation;
    } now;          /* the segment that is being looked at: most look-ups are for its annotation */
    bool all_steps; /* for tests: no segment takes a shortcut, plain.h */
    int64_t last_time;

    /* state of the folders above */
    struct lab_newest *newest; /* endpoints -> newest connection between them */
    struct lab_rests *rests;
    /* what the store calls to have a connection that rests awake, and to read one; see rest.h */
    lab_conn_t *(*wake)(lab_engine_t *engine, void *rest);
    const lab_conn_t *(*peek)(lab_engine_t *engine, const void *rest);
    struct lab_copies *copies;
    struct lab_dns *dns;
    struct lab_pages *pages;
    lab_map_t *heads; /* of exchanges with many: number and frame -> first lab_head_t; NULL = none has */
    const lab_head_t *newest_head[2]; /* head kept last: [0] of a request, [1] of a response */
};

/* An engine with an empty store. The state of the folders above is NULL. Free with lab_store_free(), which
 * does not free that state. */
lab_engine_t *lab_store_new(void);
void lab_store_free(lab_engine_t *engine);

/* ---- annotations ---- */

/* The memory of a frame's annotation, also where no segment was seen in the frame (phase LAB_PHASE_NONE).
 * NULL if it is not allocated yet and `create` is false. */
lab_annotation_t *lab_annotation_slot(lab_engine_t *engine, uint32_t frame, bool create);
/* A new annotation for a segment of this frame: the frame's own for its first segment, a further one for a
 * second TCP layer. */
lab_annotation_t *lab_annotation_new(lab_engine_t *engine, uint32_t frame);
/* The annotation of the segment in `frame` that belongs to the connection of `stream`; NULL = none. */
lab_annotation_t *lab_annotation_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
/* The details of that annotation, allocated if it has none yet. Without an annotation, memory that is never
 * read. Never NULL. */
lab_detail_t *lab_detail_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
/* The same for who only reads: nothing is allocated; without details, those of a segment that has none. */
const lab_detail_t *lab_detail_seen(lab_engine_t *engine, uint32_t frame, uint32_t stream);
/* The details of `annotation`, allocated if it has none yet. Never NULL. */
lab_detail_t *lab_detail_new(lab_engine_t *engine, lab_annotation_t *annotation);

/* The annotation's segment belongs to the exchanges from `first` to `last`, and to no other. */
void lab_annotation_exchanges(lab_engine_t *engine, lab_annotation_t *annotation, uint32_t first,
                              uint32_t last);
/* The annotation's segment belongs to the exchange with this number, too. */
void lab_annotation_join(lab_engine_t *engine, lab_annotation_t *annotation, uint32_t number);

/* Swaps ends 0 and 1: the connection that the frame turned out to belong to numbers them the other way round.
 */
void lab_annotation_turn(lab_annotation_t *annotation);

/* ---- connections ---- */

/* The row of a stream; the table grows if it has none. The pointer is valid until the table grows again. */
lab_store_row_t *lab_store_row(lab_engine_t *engine, uint32_t stream);
/* Segments of `stream` belong to the connection of `target` from now on. */
void lab_store_redirect(lab_engine_t *engine, uint32_t stream, uint32_t target);
/* The stream number of the connection that segments of `stream` belong to, however often it was redirected.
 */
uint32_t lab_store_resolve(const lab_engine_t *engine, uint32_t stream);
/* The connection of a stream, after redirection; NULL = none. */
lab_conn_t *lab_store_conn(lab_engine_t *engine, uint32_t stream);
/* The connection in the row of a stream, which need not be the one that its segments belong to; NULL = none.
 */
lab_conn_t *lab_store_own(lab_engine_t *engine, uint32_t stream);
/* lab_store_conn() for who only reads: valid until the next call. */
const lab_conn_t *lab_store_peek(lab_engine_t *engine, uint32_t stream);
/* The connection in the row of a stream rests in this memory from now on. */
void lab_store_rest(lab_engine_t *engine, uint32_t stream, void *rest);
/* Where the connection in the row rests; NULL = it is awake, or there is none. */
void *lab_store_resting(const lab_engine_t *engine, uint32_t stream);

#endif
