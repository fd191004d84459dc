/* Keep-alive probes, window probes, retransmissions and gaps: RFC 9293 3.8.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

#define TALK OPEN ">PA1+3,1 <A1,4 "

/* clang-format off */
static const feed_row_t keepalive_rows[] = {
    {"a probe and its answer", TALK ">A3,1@10 <A1,4",
     "6.roles=keepalive-probe; 6.phase=idle; 6.keepalive=probe+early; 7.roles=keepalive-answer; 7.phase=idle; 7.keepalive=answer; 7.related=6"},
    {"a probe with one byte of garbage", TALK ">A3+1,1@10 <A1,4", "6.roles=keepalive-probe; 7.roles=keepalive-answer; bytes=3/0"},
    {"an answer may carry another window", TALK ">A3,1@10 <A1,4w1000", "7.roles=keepalive-answer"},
    {"a probe that nobody answers", TALK ">A3,1@10 >A3,1@20", "6.keepalive=probe+unanswered+early; 6.anomalies=keepalive-unanswered"},
    {"a probe after two hours is not early", TALK ">A3,1@8000", "6.keepalive=probe"},
    {"a probe whose spacing changes is irregular", TALK ">A3,1@10 <A1,4 >A3,1@20 <A1,4 >A3,1@25",
     "8.keepalive=probe+early; 10.keepalive=probe+early+irregular"},
    {"a probe that is answered with a RST", TALK ">A3,1@10 <R1", "6.keepalive=probe+answered-by-reset+early"},
    {"a probe after the own FIN", TALK ">FA4,1 <A1,5 >A4,1@10", "8.keepalive=probe+after-fin+early"},
    {"a retransmission of one byte is no probe", OPEN ">PA1+1,1 >PA1+1,1@1", "5.roles=data+retransmission"},
    /* RFC 1122 4.2.3.6: SEG.SEQ = SND.NXT-1, answered by an ACK of SND.NXT */
    {"the first ACK of a capture that is answered by an ACK of one more is a probe", ">A10,50 <A50,11", "1.roles=keepalive-probe; 1.phase=idle; 1.keepalive=probe; 2.roles=keepalive-answer; 2.related=1; 2.anomalies=; quality=middle"},
    {"two probes without answer and one with", ">A10,50 >A10,50@10 >A10,50@20 <A50,11", "1.roles=keepalive-probe; 2.roles=keepalive-probe; 3.roles=keepalive-probe; 4.related=3"},
    {"six probes before the answer: the first and the newest three are known", ">A10,50 >A10,50 >A10,50 >A10,50 >A10,50 >A10,50 <A50,11 >A10,50@9", "1.roles=keepalive-probe; 6.roles=keepalive-probe; 7.related=6; 8.roles=keepalive-probe"},
    {"an abort one above the first ACKs of a capture", ">A10,50 >A10,50@10 >RA11,50@20", "1.roles=keepalive-probe; 2.roles=keepalive-probe"},
    {"an abort at the number of the first ACK of a capture", ">A10,50 >RA10,50@20", "1.roles=ack"},
    {"probes that cross at the beginning of a capture", ">A10,50 <A49,11", "1.roles=keepalive-probe; 2.roles=keepalive-probe; 2.anomalies="},
    {"an ACK of two bytes more shows that something is missing", ">A10,50 <A50,12", "1.roles=ack; 2.roles=ack; 2.anomalies=acked-unseen"},
    {"data that the capture has after the first ACK make it no probe", ">A10,50 >PA10+1,50 <A50,12", "1.roles=ack; 3.anomalies=acked-unseen"},
    {"an ACK that was answered before is no probe", ">A10,50 <A50,10 <A50,11@1", "1.roles=ack; 3.anomalies=acked-unseen"},
    {"data that acknowledge one more show missing bytes", ">A10,50 <PA50+5,11", "1.roles=ack; 2.anomalies=acked-unseen"},
    {"a probe whose answer was captured first", "<A50,11 >A10,50@45 <A50,11", "2.roles=keepalive-probe; 3.roles=keepalive-answer; 3.anomalies="},
    {"the idle time before the first probe is no interval", TALK ">A3,1@8000 >A3,1@8075 >A3,1@8150", "7.keepalive=probe+unanswered; 8.keepalive=probe"},
    {"the idle time after an answer is compared with its like", TALK ">A3,1@8000 >A3,1@8075 <A1,4 >A3,1@15275 <A1,4 >A3,1@22475", "9.keepalive=probe; 11.keepalive=probe"},
    {"a probe right after the handshake is no third step of it", OPEN ">A0,1@45 <A1,1", "4.roles=keepalive-probe; 4.phase=idle; 4.open=0; 5.roles=keepalive-answer"},
    {"an ACK of something new is no probe", TALK "<PA1+5,4 >A3,6", "7.roles=ack; 7.keepalive="},
    {"one below the own FIN that nobody has acknowledged is no probe", TALK ">FA4,1 >A4,1", "7.keepalive="},
    {"a RST with ACK of the other side answers no probe", TALK ">A3,1@10 <RA1,4@20", "6.keepalive=probe+unanswered+early"},
    {"a RST of another number answers no probe", TALK ">A3,1@10 <R9@20", "6.keepalive=probe+unanswered+early"},
    {"evidence begins with the first probe", TALK ">A3,1@10 >A3,1@20 >A3,1@30 >A3,1@40 >A3,1@50 >A3,1@60 >RA4,1@70", "reset0=keepalive-timeout certain unknown evidence=6+9+10+11"},
    {"an answer forgives the probes before it", TALK ">A3,1@10 >A3,1@20 >A3,1@30 <A1,4 >RA4,1@70", "reset0=abort certain unknown evidence=8"},
    {"of two sides that probe the one that gives up resets", TALK "<A0,4@9 >A3,1@10 >A3,1@20 >RA4,1@30", "6.keepalive=probe+unanswered+early; reset0=keepalive-timeout certain unknown evidence=7+8"},
    {"where one direction was captured no probe is unanswered", ">PA10+5,50 >A14,50@10 >A14,50@20 >A14,50@30", "2.keepalive=probe+early; 2.anomalies=; 4.keepalive=probe"},
};
/* HTTP persistence: the announcements of the headers, and the close of the connection. */
#define GET       ">'GET / HTTP/1.1\n\n' "
#define KEEP(how) "<'HTTP/1.1 200 OK\nContent-Length: 0\n" how "\n' >A.,. "
static const feed_row_t persistence_rows[] = {
    {"a promised time that is kept", OPEN GET KEEP("Keep-Alive: timeout=5\n") "<FA.,.@5.01", "7.keepalive=timeout-kept+single-use"},
    {"a promised time that is not waited for", OPEN GET KEEP("Keep-Alive: timeout=5\n") "<FA.,.@2", "7.keepalive=timeout-early+single-use"},
    {"a promised time that passes long before the close", OPEN GET KEEP("Keep-Alive: timeout=5\n") "<FA.,.@9", "7.keepalive=timeout-late+single-use"},
    {"a close that was announced", OPEN GET KEEP("Connection: close\n") "<FA.,.", "7.keepalive=close-kept"},
    {"a close that was announced and does not come", OPEN GET KEEP("Connection: close\n") "<FA.,.@9", "7.keepalive=close-ignored"},
    {"a request after an announced close is served all the same", OPEN GET KEEP("Connection: close\n") GET KEEP(""), "8.keepalive=close-ignored"},
    {"the last of the promised requests", OPEN GET KEEP("Keep-Alive: max=0\n") "<FA.,.", "7.keepalive=max-reached+single-use"},
    {"a close without notice", OPEN GET KEEP("") "<FA.,.", "7.keepalive=closed-without-notice+single-use"},
    {"a connection that was never used", OPEN ">FA1,1", "4.keepalive=unused"},
    {"a RST in a response that was not obeyed cuts nothing off", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 9\n\nabc' <RA.,.t44 <PA.+6,.", "reset0=forged likely unknown evidence=7; 6.anomalies=reset; 6.keepalive=; x1=GET / 200 other 9/9 done"},
    {"a connection that is used after the first FIN", OPEN ">FA1,1 <A1,2 <PA1+5,2", "4.keepalive="},
    {"a connection of which one direction was captured may have been used", ">S0 >A1,1 >FA1,1", "3.keepalive="},
    {"a request that crosses the close", OPEN GET KEEP("") "<FA.,. >'GET / HTTP/1.1\n\n',.-1", "8.keepalive=raced"},
    {"a request whose sender knew of the close crosses nothing", OPEN GET KEEP("") "<FA.,. " GET, "8.keepalive="},
    {"a second FIN that takes its time", OPEN ">FA1,1 <A1,2 <FA1,2@9", "6.keepalive=lingering-close-wait"},
    {"a body that the close cuts short", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 9\n\nabc' <FA.,.", "6.keepalive=truncated-body"},
};

static const feed_row_t sequence_rows[] = {
    {"data that is sent again", OPEN ">PA1+10,1 >PA1+10,1@1", "5.roles=data+retransmission; 5.anomalies=retransmission; bytes=10/0"},
    {"a segment that was overtaken", OPEN ">PA11+10,1@1 >PA1+10,1@1.0001", "5.roles=data+out-of-order; 5.anomalies=out-of-order; bytes=20/0"},
    {"a gap that is filled much later was filled by a retransmission", OPEN ">PA11+10,1@1 >PA1+10,1@2", "5.roles=data+retransmission"},
    {"what fills an acknowledged gap much later was sent again for nothing", OPEN ">PA11+10,1 <A1,21 >PA1+10,1@2", "6.roles=data+retransmission"},
    {"a gap that is acknowledged was not captured", OPEN ">PA11+10,1 <A1,21", "5.anomalies=acked-unseen; quality=missing"},
    {"bytes that are acknowledged and were never seen", OPEN ">PA1+10,1 <A1,50", "5.anomalies=acked-unseen; quality=missing"},
    {"the same packet captured twice", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i9",
     "5.roles=data+capture-duplicate; 5.anomalies=capture-duplicate; 5.related=4; quality=duplicates; bytes=10/0"},
    {"the same bytes in another packet are a retransmission", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i10", "5.roles=data+retransmission"},
    {"another checksum is another packet", OPEN ">PA1+10,1k7i9 >PA1+10,1k8i9", "5.roles=data+retransmission"},
    {"a copy may come after other packets", OPEN ">PA1+10,1k7i9 >PA11+10,1k8i10 >PA1+10,1k7i9", "6.roles=data+capture-duplicate; 6.related=4"},
    /* RFC 6864 4.2: another packet has another identification */
    {"the same packet long afterwards is no copy where nothing shows that identifications change", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i9@60", "5.roles=data+retransmission"},
    {"the same packet long afterwards is a copy", OPEN ">PA1+10,1k7i9 >PA11+10,1k8i10 >PA1+10,1k7i9@60", "6.roles=data+capture-duplicate; 6.related=4; 6.anomalies=capture-duplicate"},
    {"a copy from behind a router has a lower TTL", OPEN ">PA1+10,1k7i9t64 >PA1+10,1k7i9t63@2", "5.roles=data+capture-duplicate"},
    {"a higher TTL long afterwards is no copy", OPEN ">PA1+10,1k7i9t63 >PA1+10,1k7i9t64@5", "5.roles=data+retransmission"},
    {"a copy from before the router that was captured second", OPEN ">PA1+10,1k7i9t63 >PA1+10,1k7i9t64", "5.roles=data+capture-duplicate"},
    {"a sender with one identification for all its packets", OPEN ">PA1+10,1k7i9 >PA11+10,1k8i9 >PA1+10,1k7i9@60", "6.roles=data+retransmission"},
    {"without an identification only a near one is a copy", OPEN ">PA1+10,1k7 >PA1+10,1k7@0.0035", "5.roles=data+retransmission"},
    {"without an identification and behind a router a copy comes within a second", OPEN ">PA1+10,1k7t64 >PA1+10,1k7t63@0.4", "5.roles=data+capture-duplicate"},
    /* RFC 5681 2: outstanding data, no data of its own, the same number, the same window */
    {"an ACK that repeats the last one while data are outstanding", OPEN ">PA1+10,1 >PA21+10,1 <A1,11 <A1,11", "7.roles=dup-ack"},
    {"an ACK that repeats the last one with nothing outstanding", OPEN ">PA1+10,1 <A1,11 <A1,11", "6.roles=ack"},
    {"an ACK of what came twice", OPEN ">PA1+10,1 <A1,11 >PA1+10,1@1 <A1,11", "7.roles=dup-ack"},
    {"an ACK where the other side was not captured is no duplicate", "<A50,11 <A50,11", "2.roles=ack"},
    {"bytes before a FIN that the capture begins with, sent before it", ">FA100,50i20 >PA90+10,50i19", "2.roles=data+out-of-order"},
    {"bytes before a FIN that the capture begins with, sent after it", ">FA100,50i20 >PA90+10,50i21@1", "2.roles=data+retransmission"},
    {"old bytes and a first FIN", OPEN ">PA1+10,1 >FPA1+10,1@1", "5.roles=data+fin1+retransmission; 5.states=FIN-WAIT-1/CLOSE-WAIT; closing=open first=0 lossless=-1 time-wait=-1 frames=5"},
    {"bytes before an acknowledged FIN that left before it", OPEN ">A1+10,1i20 >FA21,1i22 <A1,22 >PA11+10,1i21", "7.roles=data+out-of-order"},
    {"bytes before an acknowledged FIN that left after it", OPEN ">A1+10,1i20 >FA21,1i22 <A1,11 >PA11+10,1i23@1", "7.roles=data+retransmission"},
    {"an ACK with a larger window", OPEN ">PA1+10,1 <A1,11w1000 <A1,11w2000", "6.roles=window-update; 6.phase=idle"},
    {"a closed window and the question whether it opened", OPEN ">PA1+10,1 <A1,11w0 >PA11+1,1@1 <A1,11w0",
     "5.roles=ack+zero-window; 5.anomalies=zero-window; 6.roles=window-probe"},
    {"a segment without ACK is data of no use", OPEN ">N1", "4.roles=data; 4.phase=data"},
    {"a segment that the capture cut", OPEN ">PA1+10,1c4", "quality=cut; bytes=10/0"},
    {"a segment larger than Ethernet carries", OPEN ">PA1+5000,1", "quality=large"},
    {"a gap that is filled in its middle leaves two", OPEN ">PA31+10,1@1 >PA11+10,1@1.0001 >PA1+10,1@1.0002 >PA21+10,1@1.0003", "7.roles=data+out-of-order; bytes=40/0; quality="},
    {"more gaps than are remembered", OPEN ">PA3+1,1 >PA5+1,1 >PA7+1,1 >PA9+1,1 >PA11+1,1 >PA13+1,1 >PA15+1,1 <A1,16", "11.anomalies=acked-unseen; quality=missing"},
    {"a clock that goes backwards", OPEN ">PA1+5,1@0.0001", "quality=backwards"},
};
/* clang-format on */

void add_keepalive_tests(void)
{
    feed_add_rows("keepalive", keepalive_rows, G_N_ELEMENTS(keepalive_rows));
    feed_add_rows("persistence", persistence_rows, G_N_ELEMENTS(persistence_rows));
    feed_add_rows("sequence", sequence_rows, G_N_ELEMENTS(sequence_rows));
}
