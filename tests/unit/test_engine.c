/* Numbers that wrap, frame numbers far apart, frames with several TCP layers, forgotten frames.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

static void numbers_that_wrap_change_nothing(void)
{
    static const uint32_t isns[] = {0xffffffffu, 0xfffffffeu, 0xfffffff0u, 0x7fffffffu, 0x80000000u, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(isns); i++) {
        feed_t *f = feed_new();
        f->isn[0] = isns[i];
        f->isn[1] = isns[G_N_ELEMENTS(isns) - 1 - i];
        feed_play(f, OPEN
                  ">'GET / HTTP/1.1\n\n' <'HTTP/1.1 200 OK\nContent-Length: 2\n\nok' >FA.,. <FA.,. >A.,.");
        feed_check(f, "x1=GET / 200 other 2/2 done; bytes=16/37; quality=; open=three-way; "
                      "closing=three-segment first=0 lossless=1 time-wait=0 frames=6+7+8");
        feed_free(f);
    }
}

/* 6 GiB in one direction: the numbers of the wire wrap more than once. */
static void more_than_four_gigabytes_are_counted(void)
{
    feed_t *f = feed_new();
    int64_t offset = 1;
    feed_open(f);
    for (int i = 0; i < 12; i++, offset += 1 << 29) {
        lab_segment_t seg = {.frame = ++f->frame, .length = 1 << 29, .flags = LAB_TH_ACK, .window = 65535};
        seg.src = (lab_endpoint_t){.address = {192, 0, 2, 1}, .length = 4, .port = 50000};
        seg.dst = (lab_endpoint_t){.address = {192, 0, 2, 2}, .length = 4, .port = 80};
        seg.seq = 1000 + (uint32_t)offset;
        seg.ack = 500001;
        seg.checksum = (uint16_t)i;
        lab_engine_segment(f->engine, &seg);
        char *ack = g_strdup_printf("<A1,%" G_GINT64_FORMAT, (offset + (1 << 29)) & 0xffffffff);
        feed_play(f, ack);
        g_free(ack);
    }
    g_assert_cmpuint(lab_conn_bytes(feed_conn(f), 0), ==, UINT64_C(12) << 29);
    feed_free(f);
}

static void frames_and_streams_may_be_far_apart(void)
{
    feed_t *f = feed_new();
    static const uint32_t frames[] = {1, 4095, 4096, 4097, 100000, 50000};
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        f->frame = frames[i] - 1;
        f->stream = (uint32_t)(i * 5000);
        f->port[0] = (uint16_t)(40000 + i);
        feed_play(f, ">S0");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        g_assert_nonnull(lab_engine_annotation(f->engine, frames[i]));
        g_assert_cmpuint(lab_engine_annotation(f->engine, frames[i])->stream, ==, i * 5000);
    }
    g_assert_null(lab_engine_annotation(f->engine, 0));
    g_assert_null(lab_engine_annotation(f->engine, 2));
    g_assert_null(lab_engine_annotation(f->engine, 99999));
    g_assert_null(lab_engine_annotation(f->engine, 0xffffffffu));
    g_assert_null(lab_engine_conn(f->engine, 1));
    g_assert_null(lab_engine_conn(f->engine, 0xffffffffu));
    g_assert_cmpuint(lab_engine_streams(f->engine), ==, 25001);
    g_assert_cmpuint(lab_engine_tcp_frames(f->engine), ==, 6);
    feed_free(f);
}

static void there_is_no_exchange_before_the_first_or_after_the_last(void)
{
    feed_t *f = feed_new();
    g_assert_null(lab_engine_exchange(f->engine, 0));
    g_assert_null(lab_engine_exchange(f->engine, 1));
    g_assert_cmpuint(lab_engine_exchanges(f->engine), ==, 0);
    g_assert_cmpuint(lab_engine_findings(f->engine)->len, ==, 0);
    feed_free(f);
    lab_engine_free(NULL);
}

/* A tunnel: the outer and the inner connection are in one frame. */
static void a_frame_may_have_several_tcp_layers(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA1+100,1");
    uint32_t outer = f->frame;
    for (unsigned i = 0; i < 3; i++) {
        f->frame = outer - 1;
        f->stream = 1 + i;
        f->port[0] = (uint16_t)(6000 + i);
        f->next[0] = f->next[1] = 0;
        feed_play(f, i == 1 ? ">R0" : ">S0");
    }
    g_assert_cmpuint(lab_engine_annotation(f->engine, outer)->stream, ==, 0);
    g_assert_cmpint(lab_engine_annotation(f->engine, outer)->marks & LAB_MARK_MORE, !=, 0);
    for (unsigned i = 0; i < 3; i++)
        g_assert_cmpuint(lab_engine_more(f->engine, outer, i)->stream, ==, 1 + i);
    g_assert_null(lab_engine_more(f->engine, outer, 3));
    g_assert_null(lab_engine_more(f->engine, outer - 1, 0));
    g_assert_null(lab_engine_detail(f->engine, lab_engine_annotation(f->engine, outer)));
    feed_free(f);
}

static void what_was_told_of_one_layer_is_not_told_of_another(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA1+10,1 >PA1+10,1@1"); /* a retransmission of the outer connection */
    uint32_t frame = f->frame--;
    f->stream = 1;
    f->port[0] = 6000;
    feed_play(f, ">R0"); /* in the same frame a RST of the inner one */
    f->stream = 0;
    feed_check(f, "5.anomalies=retransmission; 5.note=Sent again: 10 bytes");
    const lab_annotation_t *inner = lab_engine_more(f->engine, frame, 0);
    GString *note = g_string_new(NULL);
    lab_note(f->engine, inner, frame, LAB_LANG_EN, note);
    g_assert_true(g_str_has_prefix(note->str, "RST: "));
    g_string_free(note, TRUE);
    feed_free(f);
}

static void a_frame_may_hold_two_segments_of_one_connection(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA1+10,1");
    f->frame--;
    feed_play(f, ">RA11,1");
    const lab_annotation_t *second = lab_engine_more(f->engine, f->frame, 0);
    GString *note = g_string_new(NULL);
    lab_note(f->engine, second, f->frame, LAB_LANG_EN, note);
    g_assert_true(g_str_has_prefix(note->str, "RST: "));
    feed_check(f, "4.note=Client sends 10 bytes");
    g_string_free(note, TRUE);
    feed_free(f);
}

static void a_forgotten_frame_is_unknown_until_it_comes_again(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA1+10,1 >PA1+10,1@1");
    lab_engine_forget(f->engine, 5);
    g_assert_null(lab_engine_annotation(f->engine, 5));
    lab_engine_forget(f->engine, 5);
    lab_engine_forget(f->engine, 123456);
    f->frame = 4;
    feed_play(f, "<A1,11");
    feed_check(f, "5.roles=ack; 5.anomalies=");
    feed_free(f);
}

/* Two-pass tshark with a read filter gives the number of a dropped frame to the next one. */
static void a_frame_number_may_be_used_again(void)
{
    feed_t *f = feed_new();
    for (int i = 0; i < 3; i++) {
        lab_engine_forget(f->engine, 1);
        f->frame = 0;
        feed_play(f, i == 0 ? ">S0" : i == 1 ? "<SA0,1" : ">A1,1");
    }
    feed_check(f, "1.roles=handshake-ack; open=three-way");
    g_assert_null(lab_engine_more(f->engine, 1, 0));
    feed_free(f);
}

static void a_copy_of_a_forgotten_frame_is_a_frame(void)
{
    feed_t *f = feed_new();
    feed_open(f);
    feed_play(f, ">PA1+10,1k7i9");
    lab_engine_forget(f->engine, 4);
    feed_play(f, ">PA1+10,1k7i9");
    g_assert_nonnull(lab_engine_annotation(f->engine, 5));
    feed_free(f);
}

/* A capture of `count` segments of data, from second 1 on. */
static void play_long(feed_t *f, unsigned count)
{
    f->next[0] = f->next[1] = 0;
    feed_play(f, ">S0@1 <SA0,1 >A1,1");
    for (unsigned i = 0; i < count; i++)
        feed_play(f, ">PA.+10,1");
}

static void a_capture_that_was_appended_to_itself_is_all_copies(void)
{
    enum { SEGMENTS = 20000, ALL = SEGMENTS + 3 };
    feed_t *f = feed_new();
    play_long(f, SEGMENTS);
    play_long(f, SEGMENTS);
    for (uint32_t i = 1; i <= ALL; i++) {
        const lab_annotation_t *r = lab_engine_annotation(f->engine, ALL + i);
        g_assert_true(r->roles & LAB_ROLE_BIT(LAB_ROLE_CAPTURE_DUPLICATE));
        g_assert_cmpuint(r->related, ==, i);
    }
    feed_play(f, ">PA.+10,1"); /* and something new */
    g_assert_cmpstr(feed_roles(f, 2 * ALL + 1), ==, "data");
    g_assert_cmpuint(lab_conn_bytes(feed_conn(f), 0), ==, (SEGMENTS + 1) * 10);
    feed_free(f);
}

static void ends_are_numbered_by_who_was_captured_first(void)
{
    feed_t *f = feed_new();
    feed_play(f, "<SA0,1 >A1,1");
    g_assert_cmpuint(lab_conn_endpoint(feed_conn(f), 0)->port, ==, 80);
    g_assert_cmpuint(lab_conn_endpoint(feed_conn(f), 1)->port, ==, 50000);
    g_assert_cmpuint(lab_engine_annotation(f->engine, 1)->sender, ==, 0);
    g_assert_cmpuint(lab_engine_annotation(f->engine, 2)->sender, ==, 1);
    g_assert_cmpuint(lab_conn_stream(feed_conn(f)), ==, 0);
    g_assert_cmpuint(lab_conn_first_frame(feed_conn(f)), ==, 1);
    g_assert_cmpuint(lab_conn_last_frame(feed_conn(f)), ==, 2);
    g_assert_cmpint(lab_conn_first_time(feed_conn(f)), ==, 1000000);
    g_assert_cmpint(lab_conn_last_time(feed_conn(f)), ==, 2000000);
    g_assert_cmpuint(lab_conn_open_frame(feed_conn(f), 2), ==, 1);
    g_assert_cmpuint(lab_conn_open_frame(feed_conn(f), 0), ==, 0);
    g_assert_cmpuint(lab_conn_open_frame(feed_conn(f), 4), ==, 0);
    g_assert_null(lab_conn_resets(feed_conn(f)));
    g_assert_null(lab_conn_keepalives(feed_conn(f)));
    g_assert_null(lab_conn_exchanges(feed_conn(f)));
    g_assert_false(lab_conn_closing_decided(feed_conn(f)));
    feed_free(f);
}

static void quality_of_the_capture_is_that_of_its_connections(void)
{
    feed_t *f = feed_new();
    feed_play(f, ">PA1+10,1c4 <PA1+5000,11@0");
    g_assert_cmpuint(lab_engine_quality(f->engine), ==,
                     LAB_QUALITY_STARTS_IN_MIDDLE | LAB_QUALITY_CUT | LAB_QUALITY_LARGE_SEGMENTS |
                         LAB_QUALITY_TIME_BACKWARDS);
    feed_free(f);
}

static const feed_row_t zeek_rows[] = {
    {"S0", ">S0", "zeek=S0; history=S"},
    {"S1", OPEN, "zeek=S1; history=ShA"},
    {"SF", OPEN ">FA1,1 <FA1,2 >A2,2", "zeek=SF; history=ShAFf"},
    {"REJ", ">S0 <RA-500000,1", "zeek=REJ; history=Sr"},
    {"S2", OPEN ">FA1,1 <A1,2", "zeek=S2; history=ShAFa"},
    {"S3", OPEN "<FA1,1 >A1,2", "zeek=S3; history=ShAf"},
    {"RSTO", OPEN ">RA1,1", "zeek=RSTO; history=ShAR"},
    {"RSTR", OPEN "<RA1,1", "zeek=RSTR; history=ShAr"},
    {"RSTOS0", ">S0 >R1", "zeek=RSTOS0; history=SR"},
    {"RSTRH", "<SA0,1 <R1", "zeek=RSTRH; history=^hr"},
    {"SH", ">S0 >FA1,1", "zeek=SH; history=SF"},
    {"SHR", "<SA0,1 <FA1,1", "zeek=SHR; history=^hf"},
    {"OTH", ">PA1+3,1 <A1,4", "zeek=OTH; history=Da"},
    {"a RST after both FINs leaves SF", OPEN ">FA1,1 <FA1,2 >R2", "zeek=SF; history=ShAFfR"},
    {"FIN and RST of one side, then the other's FIN", OPEN ">FA1,1 >R2 <FA1,2", "zeek=SF; history=ShAFRf"},
    {"the originator's RST from the middle", ">PA1+3,1 <A1,4 >RA4,1", "zeek=OTH; history=DaR"},
    {"both reset and nothing was sent", OPEN ">RA1,1 <R1", "zeek=REJ; history=ShARr"},
    {"both reset and something was sent", OPEN ">PA1+3,1 >RA4,1 <R1", "zeek=RSTR; history=ShADRr"},
    {"an ACK of the SYN before the server's SYN", ">S0 <A700,1 >R700", "zeek=RSTOS0; history=SaR"},
    {"RSTs with one number and with others", OPEN "<R1 <R1@1 <R4@2 <R5@3", "history=ShArrr"},
    {"repetitions count by tens",
     OPEN
     ">PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1 >PA1+3,1",
     "history=ShADTT"},
    {"a window of 0 in the SYN", ">S0w0 <SA0,1 >A1,1", "zeek=S1; history=SWhA"},
    {"a window of 0 after the other's FIN says nothing", OPEN ">FA1,1 <A1,2w0", "zeek=S2; history=ShAFa"},
    {"the SYN-ACK captured before the SYN", "<SA0,1 >S0 >A1,1", "zeek=S1; history=^hSA"},
    {"the server speaks first in a capture from the middle", "<PA1+3,1 >A1,4", "zeek=OTH; history=^dA"},
    {"letters of data, repetition and window", OPEN ">PA1+3,1 >PA1+3,1 <A1,4w0", "history=ShADTaw"},
};

void add_engine_tests(void)
{
    feed_add_rows("zeek", zeek_rows, G_N_ELEMENTS(zeek_rows));
    g_test_add_func("/engine/numbers that wrap change nothing", numbers_that_wrap_change_nothing);
    g_test_add_func("/engine/more than four gigabytes are counted", more_than_four_gigabytes_are_counted);
    g_test_add_func("/engine/frames and streams may be far apart", frames_and_streams_may_be_far_apart);
    g_test_add_func("/engine/there is no exchange before the first or after the last",
                    there_is_no_exchange_before_the_first_or_after_the_last);
    g_test_add_func("/engine/a frame may have several TCP layers", a_frame_may_have_several_tcp_layers);
    g_test_add_func("/engine/what was told of one layer is not told of another",
                    what_was_told_of_one_layer_is_not_told_of_another);
    g_test_add_func("/engine/a frame may hold two segments of one connection",
                    a_frame_may_hold_two_segments_of_one_connection);
    g_test_add_func("/engine/a forgotten frame is unknown until it comes again",
                    a_forgotten_frame_is_unknown_until_it_comes_again);
    g_test_add_func("/engine/a frame number may be used again", a_frame_number_may_be_used_again);
    g_test_add_func("/engine/a capture that was appended to itself is all copies",
                    a_capture_that_was_appended_to_itself_is_all_copies);
    g_test_add_func("/engine/a copy of a forgotten frame is a frame", a_copy_of_a_forgotten_frame_is_a_frame);
    g_test_add_func("/engine/ends are numbered by who was captured first",
                    ends_are_numbered_by_who_was_captured_first);
    g_test_add_func("/engine/quality of the capture is that of its connections",
                    quality_of_the_capture_is_that_of_its_connections);
}
