/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - what the engine keeps of a capture: the annotations of frames, the table of connections, the list
 * of exchanges, and the logs of what happened (events.h).
 *
 * The store knows frame numbers, stream numbers and pointers. What a connection or an exchange is, the rooms
 * above know. They also keep here what they need once per capture; the store never looks inside.
 */
#ifndef LAB_STORE_H
#define LAB_STORE_H

#include "arena.h"
#include "kept_strings.h"
#include "lab.h"

/* A row of the table of connections, by stream number. */
typedef struct {
    lab_conn_t *conn;  /* NULL = no segment of this stream yet */
    uint32_t redirect; /* stream number + 1 of the connection that its segments belong to; 0 = its own */
} lab_store_row_t;

struct lab_engine {
    GPtrArray *chunks;    /* of lab_annotation_t[CHUNK_SIZE]; NULL where no frame has an annotation */
    GHashTable *more;     /* frame -> GPtrArray of lab_annotation_t: further TCP layers */
    GPtrArray *details;   /* of lab_detail_t; an annotation has its number, from 1 */
    lab_detail_t nowhere; /* takes what is found out of a frame that has no annotation (any more) */
    GArray *conns;        /* of lab_store_row_t */
    GPtrArray *exchanges; /* of lab_exchange_t, by number - 1 */
    GArray *findings;     /* of lab_finding_t, in capture order */
    GArray *http_log;     /* of lab_http_event_t, in capture order; pages.c empties it */
    lab_arena_t *arena;   /* all that stays until the end */
    lab_strings_t *strings;
    GString *scratch; /* working space of the HTTP parsers */
    uint32_t quality, tcp_frames;
    int64_t last_time;

    /* kept for the rooms above */
    GHashTable *newest; /* endpoints -> lab_conn_t, the newest on them */
    struct lab_copies *copies;
    struct lab_dns *dns;
    struct lab_pages *pages;
    const lab_head_t *newest_head[2]; /* the head that was kept last: of a request, of a response */
};

/* An engine with an empty store; what the rooms above keep is NULL. Free with lab_store_free(), which frees
 * nothing of theirs. */
lab_engine_t *lab_store_new(void);
void lab_store_free(lab_engine_t *engine);

/* ---- annotations ---- */

/* The annotation of a frame as it lies there, whatever is in it. NULL if there is no room for it yet and none
 * is to be made. */
lab_annotation_t *lab_annotation_slot(lab_engine_t *engine, uint32_t frame, bool create);
/* The annotation for the next segment of this frame: its own, or a further one for a second TCP layer. */
lab_annotation_t *lab_annotation_new(lab_engine_t *engine, uint32_t frame);
/* The annotation of the segment in `frame` that belongs to the connection of `stream`; NULL = none. */
lab_annotation_t *lab_annotation_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
/* Its details, made if it has none yet. Never NULL: what belongs to no annotation goes nowhere. */
lab_detail_t *lab_detail_of(lab_engine_t *engine, uint32_t frame, uint32_t stream);
/* The same, of an annotation that is at hand. */
lab_detail_t *lab_detail_new(lab_engine_t *engine, lab_annotation_t *annotation);

/* Exchanges the ends: the connection that a frame turned out to belong to numbers them the other way. */
void lab_annotation_turn(lab_annotation_t *annotation);

/* ---- connections ---- */

/* The row of a stream; the table grows to have it. */
lab_store_row_t *lab_store_row(lab_engine_t *engine, uint32_t stream);
/* Segments of `stream` belong to the connection of `target` from now on. */
void lab_store_redirect(lab_engine_t *engine, uint32_t stream, uint32_t target);
/* The stream number of the connection that segments of `stream` belong to, however often it was redirected.
 */
uint32_t lab_store_resolve(const lab_engine_t *engine, uint32_t stream);
/* The connection of a stream, to be changed; NULL = none. */
lab_conn_t *lab_store_conn(lab_engine_t *engine, uint32_t stream);

#endif
