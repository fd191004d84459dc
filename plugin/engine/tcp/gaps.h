/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gaps.h - the bytes of one direction that the capture lacks, or lacks so far.
 *
 * The gaps are sorted by offset, do not overlap, and hold at least one byte each.
 */
#ifndef LAB_GAPS_H
#define LAB_GAPS_H

#include "arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t from, to; /* offsets; `to` is after the last byte */
    int64_t since;    /* time when it was first seen */
    bool acked;       /* the other side has these bytes: only the capture lacks them */
} lab_gap_t;

/* More gaps than this at a time are not kept: the one with the lowest offset is forgotten. What fills it
 * later counts as sent before. */
#define LAB_GAPS_MAX 64

typedef struct {
    lab_gap_t *list;
    uint16_t count, room;
} lab_gaps_t;

/* Adds a gap behind all others. Returns how many acknowledged ones were forgotten for it: 0 or 1. */
unsigned lab_gaps_add(lab_gaps_t *gaps, lab_arena_t *arena, lab_gap_t gap);
/* The first gap that the bytes from `from` to `to` touch; NULL = none. */
const lab_gap_t *lab_gaps_find(const lab_gaps_t *gaps, int64_t from, int64_t to);
/* Takes the bytes from `from` to `to` out of all gaps that they touch. Returns by how much the number of
 * acknowledged gaps changes. */
int lab_gaps_fill(lab_gaps_t *gaps, lab_arena_t *arena, int64_t from, int64_t to);

#endif
