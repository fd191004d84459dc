/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kills all descendants of a process that is a subreaper: a descendant whose parent dies becomes its child.
 */
#ifndef LABDUMP_REAPER_H
#define LABDUMP_REAPER_H

#include <glib.h>
#include <stdbool.h>

/* The calling process becomes a subreaper, see prctl(2). */
void reaper_begin(void);

/* The pid_t of all children of the calling process, to be freed. */
GArray *reaper_children(void);

/* Sends SIGKILL to the children that are not in `spared` (NULL: to all). True if there was one, dead or
 * alive; a dead one is there until it is waited for. */
bool reaper_kill(const GArray *spared);

/* Kills and waits until no child is left but those in `spared`, at most 2 seconds. */
void reaper_end(const GArray *spared);

#endif
