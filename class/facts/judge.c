/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge.c - comparing a statement with the capture; see statement.h. */
#include <string.h>

#include "expect.h"
#include "statement.h"

const char *const lab_verdict_tokens[LAB_VERDICTS] = {"right", "wrong", "open", "undecided"};

static void free_finding(gpointer user)
{
    lab_finding_t *f = user;
    g_free(f->claim);
    g_free(f->truth);
    g_array_unref(f->frames);
    g_free(f);
}

static GPtrArray *new_findings(void)
{
    return g_ptr_array_new_with_free_func(free_finding);
}

static char *claim_of(const lab_statement_t *s, const lab_pair_t *pair, gint64 number)
{
    char *value = g_strjoinv("+", pair->values), *text;
    GString *about = g_string_new(lab_subject_words[s->subject]);
    if (number >= 0 && s->subject != LAB_CAPTURE)
        g_string_append_printf(about, " %" G_GINT64_FORMAT, number);
    text = g_strdup_printf("%s %s%s%s", about->str, pair->name, pair->contains ? " contains " : "=",
                           pair->blank || *value ? value : "-");
    g_string_free(about, TRUE);
    g_free(value);
    return text;
}

static bool fulfilled(const lab_pair_t *pair, const GPtrArray *values)
{
    if (!pair->contains)
        return lab_expect_holds((const char *const *)pair->values, (const char *const *)values->pdata,
                                values->len);
    for (guint i = 0; i < values->len; i++)
        if (strstr(g_ptr_array_index(values, i), pair->values[0]))
            return true;
    return false;
}

static char *joined(const GPtrArray *values)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < values->len; i++)
        g_string_append_printf(out, "%s%s", i ? "+" : "", (const char *)g_ptr_array_index(values, i));
    return g_string_free(values->len ? out : g_string_assign(out, "-"), FALSE);
}

static lab_verdict_t verdict_of(const lab_pair_t *pair, const lab_truth_t *truth)
{
    return pair->blank                      ? LAB_OPEN
           : truth->doubt                   ? LAB_UNDECIDED
           : fulfilled(pair, truth->values) ? LAB_RIGHT
                                            : LAB_WRONG;
}

static lab_finding_t *compare(const lab_facts_t *facts, const lab_statement_t *s, const lab_pair_t *pair,
                              const lab_entry_t *entry)
{
    lab_truth_t truth = lab_facts_truth(facts, entry, pair->name);
    lab_finding_t *f = g_new0(lab_finding_t, 1);
    f->row = lab_name_find(s->subject, pair->name);
    f->number = entry->number;
    f->stream = lab_facts_stream(facts, entry);
    f->claim = claim_of(s, pair, entry->number);
    f->truth = pair->contains ? NULL : joined(truth.values);
    f->doubt = pair->blank ? NULL : truth.doubt;
    f->frames = g_array_ref(truth.frames);
    f->verdict = verdict_of(pair, &truth);
    lab_truth_clear(&truth);
    return f;
}

/* A pair about what is not in the capture at all. */
static lab_finding_t *nothing_to_compare(const lab_facts_t *facts, const lab_statement_t *s,
                                         const lab_pair_t *pair)
{
    lab_finding_t *f = g_new0(lab_finding_t, 1);
    guint last = facts->segments->len;
    f->row = lab_name_find(s->subject, pair->name);
    f->number = f->stream = -1;
    f->claim = claim_of(s, pair, s->number);
    f->frames = g_array_new(FALSE, FALSE, sizeof(guint));
    /* A frame without TCP, or none: nothing is known of it. */
    f->verdict = pair->blank ? LAB_OPEN : s->subject == LAB_FRAME ? LAB_UNDECIDED : LAB_WRONG;
    f->doubt = f->verdict == LAB_UNDECIDED ? "not-in-the-capture" : NULL;
    if (last) {
        g_array_append_val(f->frames, g_array_index(facts->segments, lab_segment_row_t, 0).number);
        if (last > 1)
            g_array_append_val(f->frames, g_array_index(facts->segments, lab_segment_row_t, last - 1).number);
    }
    return f;
}

static GPtrArray *compare_all(const lab_facts_t *facts, const lab_statement_t *s, const lab_entry_t *entry)
{
    GPtrArray *findings = new_findings();
    for (guint i = 0; i < s->pairs->len; i++) {
        const lab_pair_t *pair = g_ptr_array_index(s->pairs, i);
        g_ptr_array_add(findings,
                        entry ? compare(facts, s, pair, entry) : nothing_to_compare(facts, s, pair));
    }
    return findings;
}

/* What came of all pairs for one entry. */
typedef struct {
    guint counts[LAB_VERDICTS];
    guint leading; /* pairs that are right, from the first one on */
} lab_outcome_t;

/* Without findings: of hundreds of entries only the nearest one is told of. */
static lab_outcome_t outcome_of(const lab_facts_t *facts, const lab_statement_t *s, const lab_entry_t *entry)
{
    lab_outcome_t outcome = {0};
    for (guint i = 0; i < s->pairs->len; i++) {
        const lab_pair_t *pair = g_ptr_array_index(s->pairs, i);
        lab_truth_t truth = lab_facts_truth(facts, entry, pair->name);
        lab_verdict_t verdict = verdict_of(pair, &truth);
        outcome.leading += outcome.leading == i && verdict == LAB_RIGHT;
        outcome.counts[verdict]++;
        lab_truth_clear(&truth);
    }
    return outcome;
}

/* How near the statement an entry is: whether it fulfils the pairs from the first on counts more than how
 * many. */
static guint nearness(const lab_outcome_t *o)
{
    return 1000 * o->leading + 10 * o->counts[LAB_RIGHT] + o->counts[LAB_UNDECIDED];
}

guint lab_judge_count(const lab_facts_t *facts, const lab_statement_t *s, GPtrArray **first, guint *doubtful)
{
    guint holding = 0, best = 0;
    lab_entry_t nearest = {0};
    bool any = false;
    *doubtful = 0;
    for (guint i = 0; i < lab_facts_count(facts, s->subject); i++) {
        lab_entry_t entry = lab_facts_at(facts, s->subject, i);
        if (s->number >= 0 && s->subject != LAB_CAPTURE && entry.number != s->number)
            continue;
        const lab_outcome_t outcome = outcome_of(facts, s, &entry);
        guint wrong = outcome.counts[LAB_WRONG], unsure = outcome.counts[LAB_UNDECIDED];
        holding += wrong + unsure == 0;
        *doubtful += wrong == 0 && unsure > 0;
        if (any && nearness(&outcome) <= best)
            continue;
        nearest = entry;
        best = nearness(&outcome);
        any = true;
    }
    *first = compare_all(facts, s, any ? &nearest : NULL);
    return holding;
}

GPtrArray *lab_judge(const lab_facts_t *facts, const lab_statement_t *s)
{
    GPtrArray *findings;
    guint doubtful;
    lab_entry_t entry;
    if (s->number < 0 || s->subject == LAB_CAPTURE) {
        lab_judge_count(facts, s, &findings, &doubtful);
        return findings;
    }
    return compare_all(facts, s, lab_facts_find(facts, s->subject, s->number, &entry) ? &entry : NULL);
}

char *lab_finding_frames(const lab_finding_t *f, guint most)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < f->frames->len && i < most; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", g_array_index(f->frames, guint, i));
    if (f->frames->len > most)
        g_string_append(out, ", ...");
    return g_string_free(out, FALSE);
}

void lab_finding_notes(const lab_facts_t *facts, const lab_finding_t *f, guint most, const char *before,
                       GString *out)
{
    for (guint i = 0; i < f->frames->len && i < most; i++) {
        const lab_segment_row_t *row = lab_facts_segment(facts, g_array_index(f->frames, guint, i));
        if (row)
            g_string_append_printf(out, "%s%u: %s\n", before, row->number, row->cells[COL_NOTE]);
    }
}
