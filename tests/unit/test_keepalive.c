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
    {"a request that crosses the close", OPEN GET KEEP("") "<FA.,. >'GET / HTTP/1.1\n\n',.-1", "8.keepalive=raced"},
    {"a request whose sender knew of the close crosses nothing", OPEN GET KEEP("") "<FA.,. " GET, "8.keepalive="},
    {"a second FIN that takes its time", OPEN ">FA1,1 <A1,2 <FA1,2@9", "6.keepalive=lingering-close-wait"},
    {"a body that the close cuts short", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 9\n\nabc' <FA.,.", "6.keepalive=truncated-body"},
};

static const feed_row_t sequence_rows[] = {
    {"data that is sent again", OPEN ">PA1+10,1 >PA1+10,1@1", "5.roles=data+retransmission; 5.anomalies=retransmission; bytes=10/0"},
    {"a segment that was overtaken", OPEN ">PA11+10,1@1 >PA1+10,1@1.0001", "5.roles=data+out-of-order; 5.anomalies=out-of-order; bytes=20/0"},
    {"a gap that is filled much later was filled by a retransmission", OPEN ">PA11+10,1@1 >PA1+10,1@2", "5.roles=data+retransmission"},
    {"a gap that is acknowledged was not captured", OPEN ">PA11+10,1 <A1,21", "5.anomalies=acked-unseen; quality=missing"},
    {"bytes that are acknowledged and were never seen", OPEN ">PA1+10,1 <A1,50", "5.anomalies=acked-unseen; quality=missing"},
    {"the same packet captured twice", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i9",
     "5.roles=data+capture-duplicate; 5.anomalies=capture-duplicate; 5.related=4; quality=duplicates; bytes=10/0"},
    {"the same bytes in another packet are a retransmission", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i10", "5.roles=data+retransmission"},
    {"another checksum is another packet", OPEN ">PA1+10,1k7i9 >PA1+10,1k8i9", "5.roles=data+retransmission"},
    {"a copy may come after other packets", OPEN ">PA1+10,1k7i9 >PA11+10,1k8i10 >PA1+10,1k7i9", "6.roles=data+capture-duplicate; 6.related=4"},
    {"the same packet long afterwards is no copy", OPEN ">PA1+10,1k7i9 >PA1+10,1k7i9@60", "5.roles=data+retransmission"},
    {"an ACK that repeats the last one", OPEN ">PA1+10,1 <A1,11 <A1,11", "6.roles=dup-ack"},
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
