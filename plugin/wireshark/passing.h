/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passing.h - which frames pass a display filter: the callbacks of a tap listener that has the filter. Its
 * data is an array of uint8_t; the value at a frame's number is not 0 if the frame passed. */
#ifndef LAB_PASSING_H
#define LAB_PASSING_H

#include "compat.h"

/* Free with g_array_unref(). */
GArray *lab_passing_new(void);
void lab_passing_reset(void *passing);
tap_packet_status lab_passing_see(void *passing, packet_info *pinfo, epan_dissect_t *edt, const void *data,
                                  tap_flags_t flags);

#endif
