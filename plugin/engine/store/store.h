/* engine.h - the inside of the engine, shared by engine.c, records.c and lookup.c only. */
#ifndef LAB_ENGINE_H
#define LAB_ENGINE_H

#include "conn.h"
#include "messages.h"
#include "duplicate.h"
#include "pages.h"

struct lab_engine {
    GPtrArray *chunks;    /* of lab_annotation_t[CHUNK_SIZE], NULL where no frame has a record */
    GHashTable *more;     /* frame -> GPtrArray of lab_annotation_t: further TCP layers */
    GPtrArray *details;   /* of lab_detail_t; a record has its number, from 1 */
    lab_detail_t nowhere; /* for what is found out of a frame that has no record (any more) */
    GPtrArray *conns;     /* by stream, NULL where none */
    lab_dns_t *dns;
    lab_pages_t *pages;
    GHashTable *last_conn; /* endpoints -> lab_conn_t, the newest on them */
    GPtrArray *exchanges;
    lab_arena_t *arena; /* all that stays until the end */
    lab_strings_t *strings;
    const lab_head_t *newest_head[2];
    GString *scratch;
    lab_copies_t *copies;
    GArray *findings;
    uint32_t quality, tcp_frames;
    int64_t last_time;
};

/* records.c: the record of a frame as it lies there, whatever is in it; NULL if there is no place for it yet
 * and none is to be made. */
lab_annotation_t *lab_annotation_slot(lab_engine_t *engine, uint32_t frame, bool create);
/* The record for the next segment of this frame: its own, or a further one for a second TCP layer. */
lab_annotation_t *lab_annotation_new(lab_engine_t *engine, uint32_t frame);

/* lookup.c: links a connection to the look-up that brought its server's address, if there was one. */
void lab_lookup_link(lab_conn_t *conn);

#endif
