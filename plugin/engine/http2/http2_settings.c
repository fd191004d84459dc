/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_settings.c - settings, RFC 9113 6.5. What allows the other side more counts at once; the size of the
 * table of header fields counts for what comes after the acknowledgment. */
#include "http2_inside.h"

static bool in_range(uint16_t id, uint32_t value)
{
    switch (id) {
    case LAB_H2_ENABLE_PUSH:
        return value <= 1;
    case LAB_H2_INITIAL_WINDOW_SIZE:
        return value <= LAB_H2_LARGEST;
    case LAB_H2_MAX_FRAME_SIZE:
        return value >= LAB_H2_FRAME_MAX && value <= 0xffffff;
    default:
        return true;
    }
}

void lab_h2_setting_read(lab_h2_t *h2, unsigned end, const uint8_t *bytes, lab_position_t at)
{
    uint16_t id = (uint16_t)(bytes[0] << 8 | bytes[1]);
    uint32_t value = lab_h2_be32(bytes + 2);
    if (!in_range(id, value)) {
        lab_h2_tell(h2, end, LAB_H2_FAULT_SETTING, NULL, at);
        return;
    }
    if (id == LAB_H2_INITIAL_WINDOW_SIZE)
        h2->side[!end].initial = value;
    if (id == LAB_H2_MAX_FRAME_SIZE)
        h2->side[!end].frames.longest = value;
    if (id == LAB_H2_HEADER_TABLE_SIZE) {
        h2->side[end].table_size = value;
        h2->side[end].table_size_set = true;
    }
    h2->events->setting(h2->user, end, id, value);
}

void lab_h2_settings_acknowledged(lab_h2_t *h2, unsigned end)
{
    lab_h2_side_t *other = &h2->side[!end];
    if (other->table_size_set)
        lab_hpack_table_size(h2->side[end].hpack, other->table_size);
    other->table_size_set = false;
}
