/* How connections close, and the reason by HTTP: RFC 9293 3.6, RFC 9112 9.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

#define GET      ">'GET / HTTP/1.1\n\n' "
#define GET_LAST ">'GET / HTTP/1.1\nConnection: close\n\n' "
#define GET_1_0  ">'GET / HTTP/1.0\n\n' "
#define OK       "<'HTTP/1.1 200 OK\nContent-Length: 2\n\nok' "

/* clang-format off */
static const feed_row_t rows[] = {
    {"four segments", OPEN ">FA1,1 <A1,2 <FA1,2 >A2,2",
     "closing=four-segment first=0 lossless=1 time-wait=0 frames=4+5+6+7; 4.close=1; 5.close=2; 6.close=3; 7.close=4; "
     "4.roles=fin1; 5.roles=fin1-ack; 6.roles=fin2; 7.roles=fin2-ack; 4.states=FIN-WAIT-1/CLOSE-WAIT; "
     "5.states=FIN-WAIT-2/CLOSE-WAIT; 6.states=TIME-WAIT/LAST-ACK; 7.states=TIME-WAIT/CLOSED; zeek=SF; history=ShAFaf"},
    {"four segments from the server", OPEN "<FA1,1 >A1,2 >FA1,2 <A2,2",
     "closing=four-segment first=1 lossless=1 time-wait=1 frames=4+5+6+7; 7.states=CLOSED/TIME-WAIT"},
    {"three segments", OPEN ">FA1,1 <FA1,2 >A2,2",
     "closing=three-segment first=0 lossless=1 time-wait=0 frames=4+5+6; 5.roles=fin1-ack+fin2; 5.close=2+3; 6.close=4"},
    {"both at once", OPEN ">FA1,1 <FA1,1 >A2,2 <A2,2",
     "closing=simultaneous first=2 lossless=1 time-wait=2 frames=4+5+6+7; 5.anomalies=simultaneous-close; "
     "5.states=CLOSING/FIN-WAIT-1; 7.states=TIME-WAIT/TIME-WAIT"},
    {"data after the first FIN makes it half-close", OPEN ">FA1,1 <A1,2 <PA1+100,2 >A2,101 <FA101,2 >A2,102",
     "closing=half-close first=0 lossless=1 time-wait=0 frames=4+5+8+9"},
    {"the FIN may carry the last bytes", OPEN ">FPA1+5,1 <A1,7 <FA1,7 >A7,2",
     "closing=four-segment first=0 lossless=1 time-wait=0 frames=4+5+6+7; 4.roles=data+fin1; bytes=5/0"},
    {"a FIN ahead of a gap waits until the gap is filled", OPEN "<A1+30,1 <FA61,1 >A1,31 <A31+30,1 >A1,62",
     "5.states=ESTABLISHED/FIN-WAIT-1; 6.states=ESTABLISHED/FIN-WAIT-1; 7.states=CLOSE-WAIT/FIN-WAIT-1; 8.states=CLOSE-WAIT/FIN-WAIT-2; 8.roles=fin1-ack"},
    {"a FIN with the window closed waits until it opens", OPEN ">PA1+10,1 <A1,11w0 >FA11,1 <A1,11w0 <A1,11w100 >FA11,1 <A1,12",
     "6.states=FIN-WAIT-1/ESTABLISHED; 8.states=FIN-WAIT-1/ESTABLISHED; 9.states=FIN-WAIT-1/CLOSE-WAIT; 10.roles=fin1-ack"},
    {"a FIN without ACK is dropped", OPEN ">F1", "4.roles=data; 4.states=ESTABLISHED/ESTABLISHED; closing=open first=-1 lossless=-1 time-wait=-1 frames="},
    {"a FIN beyond the window is dropped", OPEN ">FA200000,1", "4.roles=ack; 4.states=ESTABLISHED/ESTABLISHED"},
    {"a FIN that acknowledges what was never sent is dropped", OPEN "<FA1,5000 >A1,1 <PA1+10,1 >A1,11",
     "4.states=ESTABLISHED/FIN-WAIT-1; 5.states=ESTABLISHED/FIN-WAIT-1; 6.states=ESTABLISHED/ESTABLISHED; closing=open first=-1 lossless=-1 time-wait=-1 frames="},
    {"an ACK below the window acknowledges no FIN", OPEN "<FA1,1 >FA1,1 <A2,2 >A1,2 >A2,2", "7.states=TIME-WAIT/CLOSING; 8.states=TIME-WAIT/TIME-WAIT"},
    {"the second FIN that nobody answers", OPEN ">FA1,1 <FA1,2 <FA1,2@1 <FA1,2@3",
     "closing=fin-unanswered first=0 lossless=1 time-wait=-1 frames=4+5+6+7; 7.states=TIME-WAIT/LAST-ACK"},
    {"a FIN that nobody answers", OPEN ">FA1,1 >FA1,1@1 >FA1,1@3",
     "closing=fin-unanswered first=0 lossless=1 time-wait=-1 frames=4+5+6; 5.anomalies=fin-retransmitted; 5.related=4; 5.close=1; zeek=S2"},
    {"a FIN that is acknowledged but not returned", OPEN ">FA1,1 <A1,2",
     "closing=half-closed first=0 lossless=1 time-wait=-1 frames=4+5"},
    {"one FIN at the end of the capture is still open", OPEN ">FA1,1", "closing=open first=0 lossless=-1 time-wait=-1 frames=4"},
    {"nothing at the end of the capture is still open", OPEN, "closing=open first=-1 lossless=-1 time-wait=-1 frames=; reason=-"},
    {"the last ACK may be missing from the capture", OPEN ">FA1,1 <A1,2 <FA1,2",
     "closing=four-segment first=0 lossless=1 time-wait=-1 frames=4+5+6"},
    {"bytes that were never acknowledged make it lossy", OPEN ">PA1+10,1 <FA1,1 >A11,2 <R2",
     "closing=fin-then-rst first=1 lossless=0 time-wait=-1 frames=5+6+7"},
    {"FIN and then RST", OPEN ">FA1,1 <A1,2 <RA1,2", "closing=fin-then-rst first=0 lossless=1 time-wait=-1 frames=4+5+6"},
    {"RST alone", OPEN ">RA1,1", "closing=rst first=0 lossless=1 time-wait=-1 frames=4; zeek=RSTO; 4.states=CLOSED/CLOSED"},
    {"a repeated FIN after the end is late", OPEN ">FA1,1 <FA1,2 >A2,2 <FA1,2",
     "7.roles=fin2+retransmission+late; 7.phase=late; closing=three-segment first=0 lossless=1 time-wait=0 frames=4+5+6"},
    {"a close before the handshake is complete", ">S0 <SA0,1 <FA1,1", "closing=closed-in-handshake first=1 lossless=1 time-wait=-1 frames=3"},
    {"the reason is Connection: close of the request", OPEN GET_LAST OK "<FA.,. >A.,. >FA.,. <A.,.",
     "reason=connection-close"},
    {"the reason is Connection: close of the response", OPEN GET "<'HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\n\n' <FA.,. >FA.,. <A.,.",
     "reason=connection-close"},
    {"the reason is HTTP/1.0", OPEN GET_1_0 OK "<FA.,. >FA.,. <A.,.", "reason=http-1.0"},
    {"the reason is an error", OPEN GET "<'HTTP/1.1 400 No\nContent-Length: 0\n\n' <FA.,. >FA.,. <A.,.", "reason=after-error"},
    {"the reason is an idle server", OPEN GET OK "<FA.,.@6 >FA.,. <A.,.", "reason=idle-timeout"},
    {"the reason is that the client leaves", OPEN GET OK ">FA.,. <FA.,. >A.,.", "reason=client-leaves"},
    {"the reason is the last of the promised requests",
     OPEN GET "<'HTTP/1.1 200 OK\nKeep-Alive: timeout=5, max=1\nContent-Length: 0\n\n' "
     ">'GET /2 HTTP/1.1\n\n' <'HTTP/1.1 200 OK\nConnection: close\nContent-Length: 0\n\n' <FA.,. >FA.,. <A.,.",
     "reason=max-requests; x2=GET /2 200 other 0/0 done"},
    {"the reason may be unknown", OPEN "<FA1,1 >FA1,2 <A2,2", "reason=unknown"},
};
/* clang-format on */

static void a_new_syn_replaces_a_connection_that_had_not_ended(void)
{
    feed_t *f = feed_new();
    feed_play(f, OPEN ">PA1+10,1 <A1,11");
    f->stream = 1;
    f->isn[0] = 0x80000000u; /* far outside the window of the one before */
    feed_play(f, ">S0");
    f->stream = 0;
    feed_check(
        f, "6.anomalies=syn-in-connection; 6.states=SYN-SENT/ESTABLISHED; closing=open first=-1 lossless=-1 "
           "time-wait=-1 frames="); /* until the server takes it */
    f->stream = 1;
    feed_play(f, "<SA0,1");
    feed_check(f, "6.states=SYN-SENT/SYN-RECEIVED; 7.states=ESTABLISHED/SYN-RECEIVED");
    f->stream = 0;
    feed_check(f, "closing=replaced first=-1 lossless=1 time-wait=-1 frames=");
    feed_free(f);
}

static void a_port_may_be_used_again_after_the_end(void)
{
    feed_t *f = feed_new();
    feed_play(f, OPEN ">FA1,1 <FA1,2 >A2,2");
    f->stream = 1;
    f->isn[0] = 77777777;
    feed_play(f, ">S0");
    feed_check(f, "7.anomalies=port-reuse");
    f->stream = 0;
    feed_check(f, "closing=three-segment first=0 lossless=1 time-wait=0 frames=4+5+6");
    feed_free(f);
}

void add_closing_tests(void)
{
    feed_add_rows("closing", rows, G_N_ELEMENTS(rows));
    g_test_add_func("/closing/a new SYN replaces a connection that had not ended",
                    a_new_syn_replaces_a_connection_that_had_not_ended);
    g_test_add_func("/closing/a port may be used again after the end",
                    a_port_may_be_used_again_after_the_end);
}
