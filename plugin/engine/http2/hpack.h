/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hpack.h - the heads that one direction sends, RFC 7541 and RFC 9113 8. The decoder is libnghttp2's.
 *
 * What a field means may depend on every field before it. Where bytes of a block are missing, or are no
 * HPACK, those that came before are forgotten. From there on a field can be known if it names itself, stands
 * in the static table, or was told after the loss; the others are counted.
 *
 * Limits: a block may have any length; of its text LAB_H2_HEAD_MAX bytes are kept, in LAB_HTTP_LINES_MAX
 * lines. The table of a direction has LAB_H2_TABLE_MAX bytes at most, whatever the other side allows.
 */
#ifndef LAB_HPACK_H
#define LAB_HPACK_H

#include "framing.h"

#define LAB_H2_HEAD_MAX  65536
#define LAB_H2_TABLE_MAX 65536

/* A head. Strings are valid until the next block begins. `head` has the lines that are no pseudo fields. */
typedef struct {
    lab_http_head_t head;
    const char *scheme, *protocol; /* NULL = absent */
    unsigned unknown;              /* fields that cannot be known */
    bool malformed;                /* RFC 9113 8.1.1 */
    bool last;                     /* END_STREAM came with it */
} lab_h2_head_t;

typedef struct lab_hpack lab_hpack_t;

/* `lost`: fields before the first block that is read cannot be known. Free with lab_hpack_free(). */
lab_hpack_t *lab_hpack_new(bool lost);
void lab_hpack_free(lab_hpack_t *hpack);

/* The receiver allows a table of this size, RFC 7541 4.2; bytes. */
void lab_hpack_table_size(lab_hpack_t *hpack, uint32_t size);
/* A block begins. */
void lab_hpack_begin(lab_hpack_t *hpack);
/* The next bytes of the block. */
void lab_hpack_feed(lab_hpack_t *hpack, const uint8_t *data, uint32_t n);
/* Bytes of the block, or blocks before the next one, are missing. */
void lab_hpack_lose(lab_hpack_t *hpack);
/* The block is complete. False if it was no HPACK (RFC 7541 2.3.3, 5: COMPRESSION_ERROR); `head` has what was
 * read. */
bool lab_hpack_end(lab_hpack_t *hpack, lab_h2_head_t *head);
/* True if the block that begins with this byte is that of a response, false if of a request, where the static
 * table tells it (RFC 7541 appendix A); `known` false where it does not. */
bool lab_hpack_is_response(uint8_t first, bool *known);

#endif
