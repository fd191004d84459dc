/* How connections open: RFC 9293 3.5.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

/* clang-format off */
static const feed_row_t rows[] = {
    {"three segments open a connection", OPEN,
     "open=three-way; open.time=2000000; 1.open=1; 2.open=2; 3.open=3; 1.roles=syn; 2.roles=syn-ack; 3.roles=handshake-ack; "
     "1.phase=open; 2.phase=open; 3.phase=open; 1.states=SYN-SENT/SYN-RECEIVED; 2.states=ESTABLISHED/SYN-RECEIVED; "
     "3.states=ESTABLISHED/ESTABLISHED; history=ShA; zeek=S1; client=0; quality="},
    {"the last ACK may carry the first data", ">S0 <SA0,1 >PA1+10,1",
     "open=three-way; 3.roles=handshake-ack+data; 3.phase=data; 3.open=3; 3.states=ESTABLISHED/ESTABLISHED"},
    {"a SYN alone is unanswered, and nothing is open", ">S0", "open=unanswered; zeek=S0; closing=- first=-1 lossless=-1 time-wait=-1 frames="},
    {"a repeated SYN points to the first", ">S0 >S0@1",
     "2.roles=syn+retransmission; 2.anomalies=syn-retransmitted; 2.related=1; open=unanswered"},
    {"a repeated SYN-ACK points to the first", ">S0 <SA0,1 <SA0,1@1 >A1,1",
     "3.roles=syn-ack+retransmission; 3.anomalies=syn-ack-retransmitted; 3.related=2; open=three-way"},
    {"a SYN-ACK without the last ACK leaves it incomplete", ">S0 <SA0,1", "open=incomplete; zeek=S1"},
    {"data of the server shows that the last ACK was missed", ">S0 <SA0,1 <PA1+5,1",
     "open=three-way; 3.anomalies=final-ack-missing; 3.states=ESTABLISHED/ESTABLISHED"},
    {"two SYNs that cross open simultaneously", ">S0 <S0 <SA0,1 >SA0,1",
     "open=simultaneous; 1.states=SYN-SENT/SYN-RECEIVED; 4.states=ESTABLISHED/ESTABLISHED"},
    {"a SYN answered by a bare ACK and then a SYN is a split handshake", ">S0 <A0,1 <S0 >SA0,1 <A1,1", "open=split"},
    {"data in the SYN that is acknowledged is a fast open", ">S0+20 <SA0,21 >A21,1", "open=fast-open; bytes=20/0"},
    {"data in the SYN that is not acknowledged was refused", ">S0+20 <SA0,1 >A21,1", "2.anomalies=fast-open-refused"},
    {"a SYN-ACK with another number is bad", ">S0 <SA0,77", "2.anomalies=bad-syn-ack; open=incomplete"},
    {"SYN with FIN is an anomaly", ">SF0", "1.anomalies=syn-fin"},
    {"SYN with RST is an anomaly", ">SR0", "1.anomalies=syn-rst+reset"},
    {"a capture that begins with data knows no handshake", ">PA1+10,1 <A1,11",
     "open=not-captured; quality=middle; 1.states=ESTABLISHED/UNKNOWN; zeek=OTH; open.time=-1"},
    {"a capture that begins with a SYN-ACK knows the client", "<SA0,1 >A1,1", "client=1; open=three-way"},
    {"without a SYN the higher port is the client", "<A1,1 >A1,1", "client=1"},
    {"one direction of a handshake is enough to know it opened", ">S0 >A1,1 >PA1+5,1",
     "open=three-way; quality=one-direction; 3.states=ESTABLISHED/ESTABLISHED"},
    {"the client takes the second of two SYN-ACKs with different numbers", ">S0 <SA0,1 <SA5000,1 >A1,5001 <PA5001+10,1",
     "3.roles=syn-ack; 3.anomalies=; open=three-way; 5.roles=data; 5.anomalies="},
    {"the client takes the first of two SYN-ACKs with different numbers", ">S0 <SA0,1 <SA5000,1 >A1,1 <PA1+10,1",
     "3.anomalies=bad-syn-ack; 4.roles=handshake-ack; open=three-way; 5.roles=data; 5.anomalies="},
    {"where the SYN is missing its sender is established", "<SA0,1 >A1,1", "1.states=SYN-RECEIVED/ESTABLISHED; 2.states=ESTABLISHED/ESTABLISHED"},
    {"a SYN that is answered with a SYN is a split handshake", ">S0 <S0 >SA0,1 <A1,1", "open=split; 4.states=ESTABLISHED/ESTABLISHED"},
    {"an ACK below the window does not open", ">S0 <SA0,1 >A0,1", "3.states=ESTABLISHED/SYN-RECEIVED; open=incomplete"},
    {"a SYN inside an open connection is an anomaly", ">PA1+10,1 <A1,11 >S5000", "3.anomalies=syn-in-connection; open=not-captured"},
};
/* clang-format on */

/* RFC 5961 4: a SYN whose number is in the window of a live connection on the same addresses and ports;
 * Wireshark makes a stream of its own of it. */
static feed_t *stray_syn(void)
{
    feed_t *f = feed_new();
    feed_play(f, OPEN ">PA1+10,1 <A1,11");
    f->stream = 1;
    f->isn[0] += 100;
    feed_play(f, ">S0");
    feed_check(f, "6.anomalies=syn-in-connection; 6.states=ESTABLISHED/ESTABLISHED");
    return f;
}

static void a_stray_syn_is_answered_with_a_challenge(void)
{
    feed_t *f = stray_syn();
    f->isn[0] -= 100;
    feed_play(f, "<A1,11");
    feed_check(f, "7.roles=challenge-ack; 7.anomalies=challenge-ack; 7.related=6");
    f->stream = 0;
    feed_check(f, "closing=open first=-1 lossless=-1 time-wait=-1 frames=");
    feed_free(f);
}

static void a_stray_syn_that_is_accepted_replaces_the_connection(void)
{
    feed_t *f = stray_syn();
    f->isn[1] += 5000;
    feed_play(f, "<SA0,1 >A1,1");
    feed_check(f, "6.anomalies=syn-in-connection+port-reuse-premature; open=three-way");
    f->stream = 0;
    feed_check(f, "closing=replaced first=-1 lossless=1 time-wait=-1 frames=");
    feed_free(f);
}

/* RFC 9293 3.5.1 figure 9: the challenge resets the old connection, and the SYN comes once more.
 * Wireshark 4.0 counts it to the stray SYN's stream, 4.4 and later to a new one. */
static void after_a_challenge_and_a_reset_the_same_syn_opens_a_connection(uint32_t stream)
{
    feed_t *f = stray_syn();
    f->isn[0] -= 100;
    feed_play(f, "<A1,11 >R11");
    f->isn[0] += 100;
    f->isn[1] += 70000;
    f->stream = stream;
    feed_play(f, ">S0 <SA0,1 >A1,1 >PA1+5,1 <A1,6");
    const lab_conn_t *conn = lab_engine_conn_at(f->engine, stream);
    g_assert_nonnull(conn);
    g_assert_cmpint(lab_conn_open_kind(conn), ==, LAB_OPEN_THREE_WAY);
    g_assert_cmpuint(lab_conn_first_frame(conn), ==, 9);
    feed_check(f, "12.states=ESTABLISHED/ESTABLISHED; bytes=5/0; 9.anomalies=port-reuse");
    f->stream = 0;
    feed_check(f,
               "8.roles=rst; 8.states=SYN-SENT/CLOSED; closing=rst first=0 lossless=1 time-wait=-1 frames=8; "
               "reset0=port-reuse certain nothing-lost evidence=6+7; bytes=10/0");
    for (uint32_t frame = 6; frame <= 8; frame++)
        g_assert_true(lab_engine_conn_of(f->engine, lab_engine_annotation(f->engine, frame)) ==
                      lab_engine_conn_at(f->engine, 0));
    for (uint32_t frame = 9; frame <= 13; frame++)
        g_assert_true(lab_engine_conn_of(f->engine, lab_engine_annotation(f->engine, frame)) == conn);
    feed_free(f);
}

static void after_a_challenge_the_same_syn_opens_a_connection_in_its_stream(void)
{
    after_a_challenge_and_a_reset_the_same_syn_opens_a_connection(1);
}

static void after_a_challenge_the_same_syn_opens_a_connection_in_a_new_stream(void)
{
    after_a_challenge_and_a_reset_the_same_syn_opens_a_connection(2);
}

/* Each stray SYN makes a stream; all of them lead to the one connection. */
static void two_stray_syns_lead_to_the_same_connection(void)
{
    feed_t *f = stray_syn();
    f->isn[0] -= 100;
    feed_play(f, "<A1,11");
    f->isn[0] += 200;
    f->stream = 2;
    feed_play(f, ">S0");
    f->isn[0] -= 200;
    feed_play(f, "<A1,11");
    f->stream = 0;
    feed_play(f, ">PA11+10,1 <A1,21");
    feed_check(f, "9.roles=challenge-ack; bytes=20/0; 11.states=ESTABLISHED/ESTABLISHED");
    g_assert_null(lab_engine_conn_at(f->engine, 1));
    g_assert_null(lab_engine_conn_at(f->engine, 2));
    g_assert_true(lab_engine_conn(f->engine, 2) == lab_engine_conn_at(f->engine, 0));
    feed_free(f);
}

static void an_option_that_one_side_leaves_out_is_an_anomaly(void)
{
    feed_t *f = feed_new();
    static const uint8_t options[] = {2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7};
    f->options = options;
    f->options_length = sizeof options;
    feed_play(f, ">S0");
    f->options_length = 4;
    feed_play(f, "<SA0,1");
    feed_check(f, "2.anomalies=option-one-sided");
    feed_free(f);
}

static void windows_are_scaled_when_both_sides_offered_it(void)
{
    feed_t *f = feed_new();
    static const uint8_t options[] = {3, 3, 7};
    f->options = options;
    f->options_length = sizeof options;
    feed_play(f, ">S0 <SA0,1");
    f->options_length = 0;
    feed_play(f, ">A1,1w100 <PA1+10,1w100 >A1,11w100 >R5000"); /* in the window, not at its edge */
    feed_check(f, "2.anomalies=; 6.states=ESTABLISHED/ESTABLISHED; closing=open first=-1 lossless=-1 "
                  "time-wait=-1 frames=");
    feed_free(f);
}

void add_opening_tests(void)
{
    g_test_add_func("/opening/a stray SYN is answered with a challenge",
                    a_stray_syn_is_answered_with_a_challenge);
    g_test_add_func("/opening/a stray SYN that is accepted replaces the connection",
                    a_stray_syn_that_is_accepted_replaces_the_connection);
    g_test_add_func("/opening/after a challenge the same SYN opens a connection in its stream",
                    after_a_challenge_the_same_syn_opens_a_connection_in_its_stream);
    g_test_add_func("/opening/after a challenge the same SYN opens a connection in a new stream",
                    after_a_challenge_the_same_syn_opens_a_connection_in_a_new_stream);
    g_test_add_func("/opening/two stray SYNs lead to the same connection",
                    two_stray_syns_lead_to_the_same_connection);
    g_test_add_func("/opening/an option that one side leaves out is an anomaly",
                    an_option_that_one_side_leaves_out_is_an_anomaly);
    g_test_add_func("/opening/windows are scaled when both sides offered it",
                    windows_are_scaled_when_both_sides_offered_it);
    feed_add_rows("opening", rows, G_N_ELEMENTS(rows));
}
