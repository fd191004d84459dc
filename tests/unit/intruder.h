/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intruder.h - a segment that its receiver drops (RFC 9293 3.10.7) is put into a generated conversation:
 * whatever it is, what is said of all other frames stays the same. */
#ifndef LAB_INTRUDER_H
#define LAB_INTRUDER_H

#include <glib.h>
#include <stdint.h>

/* True if nothing changed, or if the conversation of this seed has no place for an intruder; *tried says
 * whether there was one. Otherwise what changed is printed. */
gboolean intruder_changes_nothing(uint64_t seed, gboolean *tried);

#endif
