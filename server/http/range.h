/* SPDX-License-Identifier: GPL-2.0-or-later */
/* range.h - what the field Range asks for (RFC 9110, 14). */
#ifndef LABSERVER_RANGE_H
#define LABSERVER_RANGE_H

#include <stdint.h>

#include "http.h"

/* A request for more pieces at once gets the whole file (RFC 9110, 14.2 and 17.15: broken or hostile
 * clients). */
#define RANGES_MAX 16

/* Bytes first to last, counted from 0, both inclusive. */
typedef struct {
    uint64_t first;
    uint64_t last;
} range_t;

/* In the order of the request. */
typedef struct {
    unsigned count;
    range_t range[RANGES_MAX];
} ranges_t;

typedef enum {
    RANGE_WHOLE,         /* no range, one not understood, or If-Range does not hold: send everything */
    RANGE_PART,          /* send the one that there is */
    RANGE_PARTS,         /* send two or more, as multipart/byteranges */
    RANGE_UNSATISFIABLE, /* 416 */
} range_kind_t;

/* The ranges of `size` bytes that `header` asks for: "bytes=a-b", "bytes=a-", "bytes=-n", or several of them
 * behind commas. Those that begin behind the end are left out, two that overlap become one; if more overlap,
 * the header is ignored (RFC 9110, 14.2). `ranges` is set for RANGE_PART and RANGE_PARTS only. */
range_kind_t range_read(const char *header, uint64_t size, ranges_t *ranges);

/* The same with If-Range (RFC 9110, 13.1.5) taken into account. */
range_kind_t range_of(const http_conditions_t *conditions, const http_validators_t *current, uint64_t size,
                      ranges_t *ranges);

#endif
