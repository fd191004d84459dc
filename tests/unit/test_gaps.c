/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gaps: bytes that a capture lacks. RFC 9293 3.4. */
#include "feed.h"
#include "gaps.h"
#include "units.h"

static const feed_row_t rows[] = {
    {"a segment that fills two gaps closes both",
     ">S0 <SA0,1 >A1,1 >PA1+10,1 >PA21+10,1 >PA41+10,1 >PA11+30,1 <A1,51",
     "5.anomalies=; 6.anomalies=; 7.anomalies=retransmission; 8.anomalies=; 8.roles=ack; quality="},
    {"a segment that fills a gap and brings new bytes closes it",
     ">S0 <SA0,1 >A1,1 >PA1+10,1 >PA21+10,1 >PA11+30,1 <A1,41",
     "6.anomalies=out-of-order; 7.anomalies=; quality="},
    {"a gap that stays open is told with the ACK that covers it",
     ">S0 <SA0,1 >A1,1 >PA1+10,1 >PA21+10,1 <A1,31", "6.anomalies=acked-unseen; quality=missing"},
    {"bytes in the middle of a gap leave two", ">S0 <SA0,1 >A1,1 >PA1+10,1 >PA41+10,1 >PA21+10,1 <A1,51",
     "6.anomalies=out-of-order; 7.anomalies=acked-unseen; quality=missing"},
};

static lab_gap_t gap(int64_t from, int64_t to)
{
    return (lab_gap_t){from, to, 0, false};
}

static void a_filler_takes_its_bytes_out_of_every_gap_it_touches(void)
{
    lab_arena_t *arena = lab_arena_new();
    lab_gaps_t gaps = {0};
    lab_gaps_add(&gaps, arena, gap(10, 20));
    lab_gaps_add(&gaps, arena, gap(30, 40));
    lab_gaps_add(&gaps, arena, gap(50, 60));
    g_assert_cmpint(lab_gaps_fill(&gaps, arena, 15, 55), ==, 0);
    g_assert_cmpuint(gaps.count, ==, 2);
    g_assert_cmpint(gaps.list[0].from, ==, 10);
    g_assert_cmpint(gaps.list[0].to, ==, 15);
    g_assert_cmpint(gaps.list[1].from, ==, 55);
    g_assert_cmpint(gaps.list[1].to, ==, 60);
    lab_arena_free(arena);
}

static void a_filler_inside_a_gap_divides_it(void)
{
    lab_arena_t *arena = lab_arena_new();
    lab_gaps_t gaps = {0};
    lab_gap_t acked = {10, 40, 0, true};
    lab_gaps_add(&gaps, arena, acked);
    g_assert_cmpint(lab_gaps_fill(&gaps, arena, 20, 30), ==, 1); /* one acknowledged gap became two */
    g_assert_cmpuint(gaps.count, ==, 2);
    g_assert_null(lab_gaps_find(&gaps, 20, 30));
    g_assert_nonnull(lab_gaps_find(&gaps, 19, 21));
    g_assert_cmpint(lab_gaps_fill(&gaps, arena, 0, 100), ==, -2);
    g_assert_cmpuint(gaps.count, ==, 0);
    lab_arena_free(arena);
}

static void beyond_the_limit_the_lowest_gap_is_forgotten(void)
{
    lab_arena_t *arena = lab_arena_new();
    lab_gaps_t gaps = {0};
    for (int64_t i = 0; i < LAB_GAPS_MAX + 3; i++)
        g_assert_cmpuint(lab_gaps_add(&gaps, arena, gap(i * 10, i * 10 + 5)), ==, 0);
    g_assert_cmpuint(gaps.count, ==, LAB_GAPS_MAX);
    g_assert_cmpint(gaps.list[0].from, ==, 30);
    g_assert_cmpint(gaps.list[LAB_GAPS_MAX - 1].from, ==, (LAB_GAPS_MAX + 2) * 10);
    lab_gap_t acked = {0, 5, 0, true};
    gaps.list[0] = acked;
    g_assert_cmpuint(lab_gaps_add(&gaps, arena, gap(10000, 10001)), ==,
                     1); /* an acknowledged one was forgotten */
    lab_arena_free(arena);
}

/* A segment that fills a forgotten gap looks like a retransmission: its bytes are not counted as new. */
static void what_fills_a_forgotten_gap_counts_as_sent_before(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    for (unsigned i = 0; i < 2 * LAB_GAPS_MAX; i++) {
        char word[64];
        g_snprintf(word, sizeof word, ">PA%u+10,1", 1 + i * 20);
        feed_play(f, word);
    }
    feed_check(f, "bytes=1280/0");
    feed_play(f, ">PA11+10,1");
    feed_check(f, "132.roles=data+retransmission; bytes=1280/0");
    feed_play(f, ">PA2511+10,1");
    feed_check(f, "133.roles=data+retransmission; bytes=1290/0");
    feed_free(f);
}

void add_gaps_tests(void)
{
    feed_add_rows("gaps", rows, G_N_ELEMENTS(rows));
    g_test_add_func("/gaps/a filler takes its bytes out of every gap it touches",
                    a_filler_takes_its_bytes_out_of_every_gap_it_touches);
    g_test_add_func("/gaps/a filler inside a gap divides it", a_filler_inside_a_gap_divides_it);
    g_test_add_func("/gaps/beyond the limit the lowest gap is forgotten",
                    beyond_the_limit_the_lowest_gap_is_forgotten);
    g_test_add_func("/gaps/what fills a forgotten gap counts as sent before",
                    what_fills_a_forgotten_gap_counts_as_sent_before);
}
