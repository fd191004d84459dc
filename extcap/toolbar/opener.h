/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens pages in the user's browser. A process of its own, because whatever labdump and its keeper start ends
 * with them, and a browser must not. It ends with labdump, or when the last browser that it started ends. */
#ifndef LABDUMP_OPENER_H
#define LABDUMP_OPENER_H

#include <stdbool.h>

/* Forks it; the caller must have one thread only, and must not be a subreaper yet. Returns the descriptor for
 * opener_open(), or -1. Closing it ends the process. */
int opener_start(void);

/* False if there is no program that opens pages. */
bool opener_open(int opener, const char *url);

#endif
