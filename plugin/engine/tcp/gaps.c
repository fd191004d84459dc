/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gaps.c - the bytes of one direction that the capture lacks; see gaps.h. */
#include "gaps.h"

#include <glib.h>
#include <string.h>

#define ROOM_FIRST 6

static void remove_at(lab_gaps_t *gaps, unsigned i)
{
    gaps->count--;
    memmove(&gaps->list[i], &gaps->list[i + 1], (gaps->count - i) * sizeof *gaps->list);
}

/* The list doubles in the arena, which takes nothing back: at most as much again is left behind. */
static void make_room(lab_gaps_t *gaps, lab_arena_t *arena)
{
    if (gaps->count < gaps->room)
        return;
    uint16_t room = gaps->room ? (uint16_t)MIN(gaps->room * 2, LAB_GAPS_MAX + 1) : ROOM_FIRST;
    lab_gap_t *list = lab_arena_raw(arena, room * sizeof *list);
    if (gaps->count)
        memcpy(list, gaps->list, gaps->count * sizeof *list);
    gaps->list = list;
    gaps->room = room;
}

static unsigned insert_at(lab_gaps_t *gaps, lab_arena_t *arena, unsigned i, lab_gap_t gap)
{
    make_room(gaps, arena);
    memmove(&gaps->list[i + 1], &gaps->list[i], (gaps->count - i) * sizeof *gaps->list);
    gaps->list[i] = gap;
    if (++gaps->count <= LAB_GAPS_MAX)
        return 0;
    unsigned forgotten = gaps->list[0].acked;
    remove_at(gaps, 0);
    return forgotten;
}

unsigned lab_gaps_add(lab_gaps_t *gaps, lab_arena_t *arena, lab_gap_t gap)
{
    return insert_at(gaps, arena, gaps->count, gap);
}

const lab_gap_t *lab_gaps_find(const lab_gaps_t *gaps, int64_t from, int64_t to)
{
    for (unsigned i = 0; i < gaps->count; i++)
        if (from < gaps->list[i].to && to > gaps->list[i].from)
            return &gaps->list[i];
    return NULL;
}

int lab_gaps_fill(lab_gaps_t *gaps, lab_arena_t *arena, int64_t from, int64_t to)
{
    int change = 0;
    for (unsigned i = 0; i < gaps->count;) {
        const lab_gap_t gap = gaps->list[i];
        if (gap.to <= from || gap.from >= to) {
            i++;
            continue;
        }
        remove_at(gaps, i);
        change -= gap.acked;
        if (gap.from < from) {
            change +=
                gap.acked - (int)insert_at(gaps, arena, i, (lab_gap_t){gap.from, from, gap.since, gap.acked});
            i++;
        }
        if (gap.to > to) {
            change +=
                gap.acked - (int)insert_at(gaps, arena, i, (lab_gap_t){to, gap.to, gap.since, gap.acked});
            return change;
        }
    }
    return change;
}
