/* SPDX-License-Identifier: GPL-2.0-or-later */
/* part.h - the part of a capture that a statistic was asked for. */
#ifndef LAB_PART_H
#define LAB_PART_H

#include "arguments.h"

/* `passing`: by frame number, not 0 if the frame passed the display filter; NULL = there is none. Returns
 * NULL for the whole capture. If the capture has no such server, page load or connection, it says so with
 * those that there are, and ends the program: exit code 2. */
lab_selection_t *lab_part_of(const lab_arguments_t *arguments, const GArray *passing,
                             const lab_engine_t *engine);

#endif
