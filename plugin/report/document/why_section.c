/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why_section.c - short explanations of what the capture shows, with the frames: folded, and left out where
 * nothing can be folded. */
#include "selection.h"
#include "walks.h"
#include "why_facts.h"

enum { FRAMES_MOST = 8 };

/* The frames that a card applies to. */
typedef struct {
    uint32_t first[FRAMES_MOST];
    uint32_t count;
} lab_card_t;

static void note_frame(const lab_report_t *report, lab_card_t *cards, uint32_t frame)
{
    const lab_annotation_t *a = lab_engine_annotation(report->engine, frame);
    const lab_conn_t *conn = a ? lab_engine_conn_of(report->engine, a) : NULL;
    uint64_t set = conn && lab_report_has_connection(report, conn) ? lab_why_of(report->engine, a, frame) : 0;
    for (unsigned i = 0; set; i++, set >>= 1) {
        if (!(set & 1))
            continue;
        if (cards[i].count < FRAMES_MOST)
            cards[i].first[cards[i].count] = frame;
        cards[i].count++;
    }
}

static const char *frames_of(lab_document_t *d, const lab_card_t *card)
{
    GString *list = g_string_new(NULL);
    for (uint32_t i = 0; i < card->count && i < FRAMES_MOST; i++)
        g_string_append_printf(list, "%s%s", i ? ", " : "",
                               lab_document_linked(d, LAB_LINK_FRAME, card->first[i]));
    if (card->count > FRAMES_MOST)
        g_string_append(list, ", ...");
    const char *kept = lab_document_take(d, list);
    g_hash_table_add(d->linked, (gpointer)kept);
    return kept;
}

void lab_add_why(lab_document_t *d, const lab_report_t *report)
{
    size_t count;
    unsigned shown = 0;
    const lab_why_t *table = lab_why_cards(&count);
    lab_card_t cards[64] = {0};
    for (uint32_t frame = 1; report->engine && frame <= report->frames; frame++)
        note_frame(report, cards, frame);
    for (size_t i = 0; i < count; i++)
        shown += cards[i].count > 0;
    if (!shown)
        return;
    lab_document_untitled(d);
    lab_document_detail(d, LAB_TEXT_WHY, LAB_PLACES({"count", lab_document_number(d, shown)}));
    for (size_t i = 0; i < count; i++) {
        if (!cards[i].count)
            continue;
        lab_document_heading(d, table[i].title.in[d->lang]);
        lab_document_say(d, table[i].text.in[d->lang]);
        lab_document_sentence(d, LAB_TEXT_WHY_FRAMES,
                              LAB_PLACES({"rfc", table[i].rfc}, {"frames", frames_of(d, &cards[i])}));
    }
    lab_document_fold_end(d);
}
