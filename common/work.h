/* SPDX-License-Identifier: GPL-2.0-or-later */
/* work.h - counts steps of the loops whose length depends on what a capture holds, so that a test can tell
 * work that grows with the capture from work that grows with its square. The clock could not. */
#ifndef LAB_WORK_H
#define LAB_WORK_H

#include <stdint.h>

/* Steps since the program began. For tests; nothing else reads it. */
extern uint64_t lab_work_steps;

/* One step: a comparison of two keys, or a look at one element of a list. */
static inline void lab_work(void)
{
    lab_work_steps++;
}

#endif
