/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why.c - see why.h. */
#include "why.h"

static const lab_why_t cards[] = {
#define WHY(word, rfc, where, title_en, title_zh, text_en, text_zh)                                          \
    {word, rfc, where, {{title_en, title_zh}}, {{text_en, text_zh}}},
#include "why.def"
#undef WHY
};

const lab_why_t *lab_why_cards(size_t *count)
{
    G_STATIC_ASSERT(G_N_ELEMENTS(cards) <= 64);
    *count = G_N_ELEMENTS(cards);
    return cards;
}

const lab_why_t *lab_why_find(const char *word)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cards); i++)
        if (g_ascii_strcasecmp(cards[i].word, word) == 0)
            return &cards[i];
    return NULL;
}
