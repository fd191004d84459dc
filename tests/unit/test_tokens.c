/* The token tables and the table of RST causes: each spelling once, texts in both languages, known {names}.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "rst_verdict.h"
#include "texts.h"
#include "units.h"

static const struct {
    const char *name;
    const lab_token_t *rows;
    unsigned from, count; /* from: 1 where 0 is "none" */
    bool upper;           /* RFC 9293 spells states so */
} tables[] = {
    {"phases", lab_phases, 1, LAB_PHASES, false},
    {"roles", lab_roles, 0, LAB_ROLES, false},
    {"states", lab_states, 0, LAB_STATES, true},
    {"opens", lab_opens, 1, LAB_OPENS, false},
    {"closes", lab_closes, 1, LAB_CLOSES, false},
    {"reasons", lab_reasons, 1, LAB_REASONS, false},
    {"confidences", lab_confidences, 1, LAB_CONFIDENCES, false},
    {"impacts", lab_impacts, 1, LAB_IMPACTS, false},
    {"keepalives", lab_keepalives, 0, LAB_KEEPALIVES, false},
    {"TLS steps", lab_tls_steps, 0, LAB_TLS_STEPS, false},
    {"TLS kinds", lab_tls_kinds, 1, LAB_TLS_KINDS, false},
    {"queues", lab_queues, 1, LAB_QUEUES, false},
    {"ALPN", lab_alpns, 1, LAB_ALPNS, false},
    {"namings", lab_namings, 1, LAB_NAMINGS, false},
    {"anomalies", lab_anomalies, 0, LAB_ANOMALIES, false},
};

static bool is_token(const char *token, bool upper)
{
    for (const char *p = token; *p; p++)
        if (!g_ascii_isdigit(*p) && *p != '-' && *p != '.' &&
            !(upper ? g_ascii_isupper(*p) : g_ascii_islower(*p)))
            return false;
    return *token != '\0';
}

/* Beside a Chinese character a sentence has the punctuation of Chinese. */
static void punctuation_is_chinese(const char *text)
{
    static const char pattern[] = "\\p{Han}[,:;(?!]|[,:;)]\\p{Han}";
    if (g_regex_match_simple(pattern, text, 0, 0))
        g_error("'%s' mixes the punctuation of two languages", text);
}

static void both_languages_are_there(const lab_text_t *text, const char *token)
{
    for (unsigned lang = 0; lang < LAB_LANGS; lang++) {
        if (!text->in[lang] || !*text->in[lang])
            g_error("%s has no text in language %u", token, lang);
        g_assert_true(g_utf8_validate(text->in[lang], -1, NULL));
    }
    punctuation_is_chinese(text->in[LAB_LANG_ZH]);
}

static void every_alert_has_a_token_and_both_texts(void)
{
    unsigned known = 0;
    for (unsigned description = 0; description <= 255; description++) {
        const lab_token_t *row = lab_tls_alert_token((uint8_t)description);
        if (!row)
            continue;
        known++;
        g_assert_true(is_token(row->token, false));
        both_languages_are_there(&row->text, row->token);
    }
    g_assert_cmpuint(known, ==, 35); /* IANA's TLS Alerts, reserved ones of RFC 5246 included */
    g_assert_cmpstr(lab_tls_alert_token(40)->token, ==, "handshake-failure");
}

static void every_other_text_has_the_punctuation_of_its_language(void)
{
    for (unsigned id = 0; id < LAB_TEXTS; id++)
        punctuation_is_chinese(lab_text((lab_text_id_t)id, LAB_LANG_ZH));
}

static void every_row_has_a_token_and_texts_in_both_languages(void)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
        for (unsigned i = tables[t].from; i < tables[t].count; i++) {
            const lab_token_t *row = &tables[t].rows[i];
            if (!row->token)
                g_error("row %u of %s is missing", i, tables[t].name);
            if (!is_token(row->token, tables[t].upper))
                g_error("'%s' of %s is no token", row->token, tables[t].name);
            g_assert_nonnull(row->rfc);
            both_languages_are_there(&row->text, row->token);
        }
    }
}

static void every_token_is_spelled_once_in_its_table(void)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (unsigned i = tables[t].from; i < tables[t].count; i++)
            for (unsigned k = i + 1; k < tables[t].count; k++)
                g_assert_cmpstr(tables[t].rows[i].token, !=, tables[t].rows[k].token);
}

static void sets_fit_into_their_bits(void)
{
    g_assert_cmpint(LAB_ROLES, <=, 32);
    g_assert_cmpint(LAB_KEEPALIVES, <=, 32);
    g_assert_cmpint(LAB_ANOMALIES, <=, 64);
}

/* ---- RST causes ---- */

static bool cause_place(void *user, const char *name, GString *out)
{
    static const char *const known[] = {"by", "peer", "evidence"};
    (void)user;
    (void)out;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i], name) == 0)
            return true;
    g_error("the place {%s} is not known", name);
}

static void every_cause_has_texts_in_both_languages_with_known_places(void)
{
    GString *out = g_string_new(NULL);
    g_assert_cmpuint(lab_rst_cause_count(), >, 20);
    for (size_t i = 1; i < lab_rst_cause_count(); i++) {
        const lab_rst_cause_t *row = &lab_rst_causes[i];
        g_assert_true(is_token(row->token, false));
        both_languages_are_there(&row->text, row->token);
        g_assert_nonnull(row->rfc);
        g_assert_true((row->rule == NULL) == (row->row != LAB_RST_BY_RULE));
        g_assert_cmpint(row->confidence, !=, LAB_CONFIDENCE_NONE);
        for (unsigned lang = 0; lang < LAB_LANGS; lang++)
            lab_text_expand(out, row->text.in[lang], cause_place, NULL);
    }
    g_string_free(out, TRUE);
}

static void causes_share_a_token_only_with_another_confidence(void)
{
    for (size_t i = 1; i < lab_rst_cause_count(); i++)
        for (size_t k = i + 1; k < lab_rst_cause_count(); k++)
            if (strcmp(lab_rst_causes[i].token, lab_rst_causes[k].token) == 0)
                g_assert_cmpint(lab_rst_causes[i].confidence, !=, lab_rst_causes[k].confidence);
}

static void the_last_cause_always_holds(void)
{
    const lab_rst_cause_t *last = &lab_rst_causes[lab_rst_cause_count() - 1];
    lab_reset_t reset = {0};
    lab_end_t a = {0}, b = {0};
    lab_rst_view_t v = {.sender = &a, .receiver = &b, .reset = &reset};
    g_assert_cmpstr(last->token, ==, "unknown");
    g_assert_true(last->rule(&v));
    g_assert_cmpint(last->confidence, ==, LAB_UNKNOWN);
}

static void the_causes_that_no_rule_names_are_found_by_what_they_are(void)
{
    g_assert_cmpstr(lab_rst_cause_text(lab_rst_cause_of(LAB_RST_REPEAT)).token, ==, "repeat");
    g_assert_cmpstr(lab_rst_cause_text(lab_rst_cause_of(LAB_RST_NOT_ACCEPTED)).token, ==, "not-accepted");
    g_assert_cmpstr(lab_rst_cause_text(lab_rst_cause_of(LAB_RST_SENDER_GOES_ON)).token, ==, "forged");
    g_assert_null(lab_rst_cause_text(255).token); /* no such row: no cause */
}

/* ---- the other texts ---- */

static GHashTable *names_in_text;

static bool note_name(void *user, const char *name, GString *out)
{
    (void)user;
    (void)out;
    g_hash_table_add(names_in_text, g_strdup(name));
    return true;
}

static GHashTable *places_of(const char *text)
{
    GString *out = g_string_new(NULL);
    names_in_text = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lab_text_expand(out, text, note_name, NULL);
    g_assert_null(strpbrk(out->str, "{}")); /* no brace left over */
    g_string_free(out, TRUE);
    return names_in_text;
}

static bool same_places(const char *one, const char *other)
{
    GHashTable *a = places_of(one), *b = places_of(other);
    GHashTableIter i;
    gpointer name;
    bool same = g_hash_table_size(a) == g_hash_table_size(b);
    g_hash_table_iter_init(&i, a);
    while (g_hash_table_iter_next(&i, &name, NULL))
        same &= g_hash_table_contains(b, name);
    g_hash_table_unref(a);
    g_hash_table_unref(b);
    return same;
}

static void every_text_has_the_same_places_in_both_languages(void)
{
    for (unsigned i = 0; i < LAB_TEXTS; i++) {
        const char *en = lab_text((lab_text_id_t)i, LAB_LANG_EN),
                   *zh = lab_text((lab_text_id_t)i, LAB_LANG_ZH);
        g_assert_true(en && *en && zh && *zh);
        if (!same_places(en, zh))
            g_error("places differ: '%s' and '%s'", en, zh);
    }
    for (size_t i = 1; i < lab_rst_cause_count(); i++)
        g_assert_true(same_places(lab_rst_causes[i].text.in[0], lab_rst_causes[i].text.in[1]));
}

void add_tokens_tests(void)
{
    g_test_add_func("/tokens/every row has a token and texts in both languages",
                    every_row_has_a_token_and_texts_in_both_languages);
    g_test_add_func("/tokens/every token is spelled once in its table",
                    every_token_is_spelled_once_in_its_table);
    g_test_add_func("/tokens/every alert has a token and both texts", every_alert_has_a_token_and_both_texts);
    g_test_add_func("/tokens/every other text has the punctuation of its language",
                    every_other_text_has_the_punctuation_of_its_language);
    g_test_add_func("/tokens/sets fit into their bits", sets_fit_into_their_bits);
    g_test_add_func("/tokens/every cause has texts in both languages with known places",
                    every_cause_has_texts_in_both_languages_with_known_places);
    g_test_add_func("/tokens/causes share a token only with another confidence",
                    causes_share_a_token_only_with_another_confidence);
    g_test_add_func("/tokens/the last cause always holds", the_last_cause_always_holds);
    g_test_add_func("/tokens/the causes named by index are where they are named",
                    the_causes_that_no_rule_names_are_found_by_what_they_are);
    g_test_add_func("/tokens/every text has the same places in both languages",
                    every_text_has_the_same_places_in_both_languages);
}
