/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drawings.c - see drawings.h. */
#include "drawings.h"

lab_ladder_t *lab_ladder_new(void)
{
    lab_ladder_t *ladder = g_new0(lab_ladder_t, 1);
    ladder->steps = g_array_new(FALSE, FALSE, sizeof(lab_ladder_step_t));
    ladder->rows = g_array_new(FALSE, FALSE, sizeof(lab_ladder_row_t));
    return ladder;
}

void lab_ladder_free(lab_ladder_t *ladder)
{
    if (!ladder)
        return;
    g_array_unref(ladder->steps);
    g_array_unref(ladder->rows);
    g_free(ladder);
}

static void lane_free(gpointer data)
{
    lab_lane_t *lane = data;
    g_array_unref(lane->rows);
    g_array_unref(lane->marks);
    g_free(lane);
}

lab_waterfall_t *lab_waterfall_new(void)
{
    lab_waterfall_t *waterfall = g_new0(lab_waterfall_t, 1);
    waterfall->lanes = g_ptr_array_new_with_free_func(lane_free);
    return waterfall;
}

void lab_waterfall_free(lab_waterfall_t *waterfall)
{
    if (!waterfall)
        return;
    g_ptr_array_unref(waterfall->lanes);
    g_free(waterfall);
}

lab_lane_t *lab_waterfall_lane(lab_waterfall_t *waterfall, uint32_t stream, const char *label)
{
    lab_lane_t *lane = g_new0(lab_lane_t, 1);
    lane->stream = stream;
    lane->label = label;
    lane->rows = g_array_new(FALSE, FALSE, sizeof(lab_fall_row_t));
    lane->marks = g_array_new(FALSE, FALSE, sizeof(lab_lane_mark_t));
    g_ptr_array_add(waterfall->lanes, lane);
    return lane;
}
