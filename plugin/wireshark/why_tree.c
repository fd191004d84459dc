/* SPDX-License-Identifier: GPL-2.0-or-later */
/* why_tree.c - see why_tree.h. */
#include "why_tree.h"

#include "why_facts.h"

#include <string.h>

static int ett_why = -1;
static int ett_text = -1;

void lab_why_register(void)
{
    static int *subtrees[] = {&ett_why, &ett_text};
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
}

/* The end of the first sentence: a line of the tree holds 240 bytes. */
static const char *after_sentence(const char *text)
{
    const char *latin = strstr(text, ". "), *chinese = strstr(text, "。");
    if (latin && (!chinese || latin < chinese))
        return latin + 2;
    return chinese ? chinese + strlen("。") : text + strlen(text);
}

static void add_card(const lab_why_t *card, tvbuff_t *tvb, proto_tree *tree, lab_lang_t lang)
{
    proto_item *item;
    char *title = g_strdup_printf("%s (%s)", card->title.in[lang], card->rfc);
    proto_tree *sub = proto_tree_add_subtree(tree, tvb, 0, 0, ett_why, &item, title);
    proto_item_set_generated(item);
    g_free(title);
    for (const char *text = card->text.in[lang], *end; *text; text = end) {
        end = after_sentence(text);
        char *sentence = g_strchomp(g_strndup(text, (gsize)(end - text)));
        proto_tree_add_subtree(sub, tvb, 0, 0, ett_text, &item, sentence);
        proto_item_set_generated(item);
        g_free(sentence);
    }
}

void lab_why_fill(const lab_engine_t *engine, const lab_annotation_t *annotation, tvbuff_t *tvb,
                  packet_info *pinfo, proto_tree *tree, lab_lang_t lang)
{
    size_t count;
    if (!tree || !PTREE_DATA(tree)->visible)
        return;
    const lab_why_t *cards = lab_why_cards(&count);
    uint64_t set = lab_why_of(engine, annotation, pinfo->num);
    for (size_t i = 0; i < count; i++)
        if (set & (UINT64_C(1) << i))
            add_card(&cards[i], tvb, tree, lang);
}
