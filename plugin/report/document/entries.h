/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries.h - the labelled sentences of the report: "opened", "three-way handshake, 1.2 ms". */
#ifndef LAB_ENTRIES_H
#define LAB_ENTRIES_H

#include "text.h"

typedef enum {
#define ENTRY(id, label_en, label_zh, en, zh) LAB_ENTRY_##id,
#include "entries.def"
#undef ENTRY
    LAB_ENTRIES
} lab_entry_t;

/* `label` may have NULL: an entry without one. Both may have places. */
typedef struct {
    lab_text_t label, text;
} lab_entry_text_t;

const lab_entry_text_t *lab_entry_text(lab_entry_t entry);

#endif
