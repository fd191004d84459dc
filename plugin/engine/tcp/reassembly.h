/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream.h - the bytes of one direction in order, from segments that may be repeated, reordered or missing.
 */
#ifndef LAB_STREAM_H
#define LAB_STREAM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lab_stream lab_stream_t;

/* Where bytes were: which frame brought them and when, and their offset in the direction. */
typedef struct {
    uint32_t frame;
    int64_t time, offset;
} lab_position_t;

/* Gets `length` bytes at `offset` that came with `frame` at `time`; data is NULL for bytes that are not in
 * the capture. */
typedef void (*lab_stream_sink_t)(void *user, const uint8_t *data, uint32_t length, int64_t offset,
                                  uint32_t frame, int64_t time);

/* A stream whose first byte has offset `start`. Free with lab_stream_free (NULL is fine). */
lab_stream_t *lab_stream_new(int64_t start, lab_stream_sink_t sink, void *user);
void lab_stream_free(lab_stream_t *stream);
/* Offset after the last byte delivered. */
int64_t lab_stream_next(const lab_stream_t *stream);

/* Takes a segment's payload: `captured` of its `length` bytes are at `data`. Delivers what is in order now.
 */
void lab_stream_add(lab_stream_t *stream, int64_t offset, const uint8_t *data, uint32_t captured,
                    uint32_t length, uint32_t frame, int64_t time);
/* True if the byte at `offset` is the next one, and nothing waits behind it. Then lab_stream_pass() delivers
 * `length` bytes that the caller has looked at itself. */
bool lab_stream_in_order(const lab_stream_t *stream, int64_t offset);
void lab_stream_pass(lab_stream_t *stream, uint32_t length);
/* The receiver acknowledged everything before `offset`: what is missing below it will not come any more.
 * Believed the second time only, since a capture may hold an ACK before the data that it acknowledges. */
void lab_stream_acknowledged(lab_stream_t *stream, int64_t offset, uint32_t frame, int64_t time);

/* The bytes up to `offset` are not in the capture: they are told as missing, and what waits behind them
 * follows. */
void lab_stream_skip(lab_stream_t *stream, int64_t offset, uint32_t frame, int64_t time);

#endif
