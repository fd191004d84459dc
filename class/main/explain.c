/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain.c - the command explain: the short explanations of why.def. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "why.h"

static void list_all(const lab_options_t *o, GString *out)
{
    size_t count;
    const lab_why_t *cards = lab_why_cards(&count);
    for (size_t i = 0; i < count; i++)
        g_string_append_printf(out, "%-20s %s\n", cards[i].word, cards[i].title.in[o->language]);
}

/* Explanations whose word, title or text has what was asked for; 0 = none. */
static guint find_all(const lab_options_t *o, const char *wanted, GString *out)
{
    size_t count;
    guint found = 0;
    char *word = g_utf8_casefold(wanted, -1);
    const lab_why_t *cards = lab_why_cards(&count);
    for (size_t i = 0; i < count; i++) {
        char *all = g_strconcat(cards[i].word, "\n", cards[i].title.in[LAB_LANG_EN], "\n",
                                cards[i].title.in[LAB_LANG_ZH], NULL);
        char *fold = g_utf8_casefold(all, -1);
        if (strstr(fold, word)) {
            g_string_append_printf(out, "%s%s (%s)\n%s\n", found ? "\n" : "", cards[i].title.in[o->language],
                                   cards[i].rfc, cards[i].text.in[o->language]);
            found++;
        }
        g_free(fold);
        g_free(all);
    }
    g_free(word);
    return found;
}

int lab_command_explain(const lab_options_t *o)
{
    GString *out = g_string_new(NULL);
    const char *wanted = o->words[0];
    const lab_why_t *card = wanted ? lab_why_find(wanted) : NULL;
    int status;
    if (card)
        g_string_append_printf(out, "%s (%s)\n%s\n", card->title.in[o->language], card->rfc,
                               card->text.in[o->language]);
    else if (!wanted)
        list_all(o, out);
    if (wanted && !card && (!g_utf8_validate(wanted, -1, NULL) || !find_all(o, wanted, out))) {
        char *text =
            lab_words_with(T_NO_WORD, o->language, LAB_PLACES({"value", wanted}, {"program", lab_program()}));
        fprintf(stderr, "%s\n", text);
        g_free(text);
        status = LAB_USAGE;
    } else {
        status = lab_put(o, out);
    }
    g_string_free(out, TRUE);
    return status;
}
