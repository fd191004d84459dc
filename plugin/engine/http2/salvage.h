/* SPDX-License-Identifier: GPL-2.0-or-later */
/* salvage.h - what can be known of a block of header fields where earlier fields were lost; private to
 * http2/. */
#ifndef LAB_SALVAGE_H
#define LAB_SALVAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Stands for a name that cannot be known. */
#define LAB_SALVAGE_NAME '?'

/* Appends to `out` the fields of the block that can be known, in HPACK again, for a decoder whose tables have
 * `entries` entries. A field with an unknown name that goes into the table is given LAB_SALVAGE_NAME, so that
 * the places of later fields stay right. `enlarge`: a size update comes first. `unknown` grows by the fields
 * that cannot be known. False if the block is no HPACK. */
bool lab_salvage(const uint8_t *block, uint32_t n, uint32_t entries, bool enlarge, GByteArray *out,
                 unsigned *unknown);

#endif
