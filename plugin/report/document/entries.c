/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries.c - see entries.h. The texts are in entries.def. */
#include "entries.h"

static const lab_entry_text_t entries[LAB_ENTRIES] = {
#define ENTRY(id, label_en, label_zh, en, zh) [LAB_ENTRY_##id] = {{{label_en, label_zh}}, {{en, zh}}},
#include "entries.def"
#undef ENTRY
};

const lab_entry_text_t *lab_entry_text(lab_entry_t entry)
{
    return &entries[entry];
}
