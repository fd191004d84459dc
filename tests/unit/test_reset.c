/* Why a RST came: one row a cause, RFC 9293 3.5.2, 3.5.3, 3.10.7.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

#define GET     ">'GET / HTTP/1.1\n\n' "
#define NOTHING "<'HTTP/1.1 200 OK\nContent-Length: 0\n\n' >A.,. "
#define HALF_OK "<'HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf' "

/* clang-format off */
static const feed_row_t rows[] = {
    {"a closed port", ">S0 <RA-500000,1", "reset0=port-closed certain nothing-lost evidence=1; open=refused; zeek=REJ; 2.phase=open; "
     "closing=refused first=-1 lossless=1 time-wait=-1 frames=2"},
    {"a refusal after a second SYN is late", ">S0 >S0@1 <RA-500000,1", "reset0=refused-late likely nothing-lost evidence=1+2"},
    {"a refusal after a second of silence is late", ">S0 <RA-500000,1@1.5", "reset0=refused-late likely nothing-lost evidence=1"},
    {"a SYN-ACK with a wrong number is reset", ">S0 <SA0,77 >R77", "reset0=bad-syn-ack certain nothing-lost evidence=2"},
    {"in SYN-SENT a RST without ACK is dropped", ">S0 <R5 <SA0,1 >A1,1",
     "2.states=SYN-SENT/SYN-RECEIVED; reset0=not-accepted certain nothing-lost evidence=3; open=three-way"},
    {"a RST in the window that is not at its edge is challenged", OPEN ">R500 <A1,1",
     "4.states=ESTABLISHED/ESTABLISHED; 5.roles=challenge-ack; reset0=not-accepted certain nothing-lost evidence=5"},
    {"in SYN-RECEIVED an ACK of what was never sent is reset and the handshake goes on", ">S0 <SA0,1 >A1,70 <R70 >A1,1",
     "4.states=ESTABLISHED/SYN-RECEIVED; reset0=segment-unacceptable certain nothing-lost evidence=3; open=three-way; 5.states=ESTABLISHED/ESTABLISHED"},
    {"an abandoned connect", ">S0 <SA0,1 >R1", "reset0=connect-abandoned likely nothing-lost evidence=2; open=abandoned"},
    {"a RST without any connection", ">R5", "reset0=unsolicited certain unknown evidence="},
    {"an ACK that nobody knows", ">A1,1 <R1", "reset0=ack-without-connection certain nothing-lost evidence=1"},
    {"a text in the RST", OPEN ">PA1+3,1 <A1,4 <RA1+9,4", "reset0=reason-in-payload certain unknown evidence=6"},
    {"probes without an answer", OPEN ">PA1+3,1 <A1,4 >A3,1@10 >A3,1@20 >RA4,1@30",
     "reset0=keepalive-timeout certain unknown evidence=6+7"},
    {"data repeated without an answer", OPEN ">PA1+10,1 >PA1+10,1@1 >PA1+10,1@3 >RA11,1@7",
     "reset0=retransmission-timeout certain bytes-lost evidence=5+6"},
    {"a server that resets right after the handshake", OPEN ">PA1+10,1 <R1", "reset0=queue-overflow possible bytes-lost evidence=4"},
    {"a request that crosses the server's FIN", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 0\n\n' >A.,. <FA.,. >'GET /2 HTTP/1.1\n\n',.-1 <R.-1",
     "reset0=request-raced-close certain bytes-lost evidence=7+8; closing=fin-then-rst first=1 lossless=0 time-wait=-1 frames=7+9"},
    {"a request that was captured before the server's FIN", OPEN GET NOTHING ">'GET /2 HTTP/1.1\n\n' <FA.,.-17 <R.-1",
     "reset0=request-raced-close certain bytes-lost evidence=8+7"},
    {"a raced request may be reset with the number after the FIN", OPEN GET NOTHING "<FA.,. >'GET /2 HTTP/1.1\n\n',.-1 <R.",
     "reset0=request-raced-close certain bytes-lost evidence=7+8"},
    {"a request whose sender knew of the FIN does not cross it", OPEN GET NOTHING "<FA.,. >'GET /2 HTTP/1.1\n\n' <R.",
     "reset0=data-after-close certain bytes-lost evidence=7+8"},
    {"three capitals are no request", OPEN "<'220 hello\n' >'EHLO me\n' <'521 no\n' <FA.,. >'QUIT\n',.-1 <R.-1",
     "reset0=data-after-close certain bytes-lost evidence=7+8"},
    {"data after the close", OPEN ">FA1,1 <A1,2 <PA1+10,2 >R2", "reset0=data-after-close certain bytes-lost evidence=4+6"},
    {"a RST in place of the last ACK", OPEN ">FA1,1 <A1,2 <FA1,2 >R2", "reset0=fin-answered-by-reset certain nothing-lost evidence=6+5+4"},
    {"a RST in place of the second FIN", OPEN ">FA1,1 <A1,2 <RA1,2", "reset0=reset-after-peer-fin likely nothing-lost evidence=4"},
    {"a connection that was forgotten", OPEN ">PA1+3,1 <A1,4 >PA4+3,1@60 <R1", "reset0=connection-forgotten likely bytes-lost evidence=6"},
    {"a response that the server broke off", OPEN GET HALF_OK ">A.,. <RA.,.",
     "reset0=server-aborted-response certain bytes-lost evidence=5; x1=GET / 200 other 4/100 truncated"},
    {"a response that the client no longer wants", OPEN GET HALF_OK ">RA.,.",
     "reset0=client-cancelled-response certain bytes-lost evidence=4+5"},
    {"an abort whose reason is hidden", OPEN ">PA1+3,1 <A1,4 >RA4,1", "reset0=abort certain unknown evidence=4; 6.phase=abort; 6.roles=rst"},
    {"another TTL is one sign of forgery", OPEN "<PA1+5,1 >A1,6 >R9,1t12", "reset0=forged possible unknown evidence=5"},
    {"a sender that goes on after its RST did not send it", OPEN "<PA1+5,1 >A1,6 >RA1,6t12 >PA1+4,6t64", "reset0=forged likely unknown evidence=7"},
    {"nothing that fits is unknown", OPEN ">PA1+3,1 <A1,4 <R3000,4", "reset0=unknown unknown unknown evidence=4"},
    {"a second RST repeats the cause", OPEN ">FA1,1 <A1,2 <PA1+10,2 >R2 <PA11+10,2 >R2", "reset1=repeat certain bytes-lost evidence=7+8"},
    /* RFC 9293 3.10.7.1: refused by form */
    {"a refusal with a number of its own", ">S0 <RA77,1", "reset0=port-closed likely nothing-lost evidence=1; open=refused"},
    {"a refusal with a number of its own after a long time", ">S0 <RA77,1@14", "reset0=refused-late likely nothing-lost evidence=1; open=refused"},
    {"each SYN that is refused at once has its own refusal", ">S0 <RA-500000,1 >S0@0.5 <RA-500000,1",
     "reset0=port-closed certain nothing-lost evidence=1; reset1=port-closed certain nothing-lost evidence=3"},
    {"the data of a SYN may be acknowledged by its refusal", ">S0+10 <RA-500000,11", "reset0=port-closed certain nothing-lost evidence=1"},
    {"the data of a SYN may be left out by its refusal", ">S0+10 <RA-500000,1", "reset0=port-closed certain nothing-lost evidence=1"},
    {"the form of a refusal after a SYN-ACK answers the second SYN", ">S0 <SA0,1 >A1,1 >S0 <RA-500000,1",
     "reset0=syn-in-connection certain nothing-lost evidence=4"},
    {"a FIN to a closed port", ">F1 <RA-500000,2", "reset0=ack-without-connection certain nothing-lost evidence=1"},
    {"a segment without flags to a closed port", ">N1 <RA-500000,1", "reset0=ack-without-connection certain nothing-lost evidence=1"},
    {"data without ACK flag to a closed port", ">P1+4 <RA-500000,5", "reset0=ack-without-connection certain bytes-lost evidence=1"},
    /* RFC 9293 3.10.5: an abort */
    {"RST,ACK does not answer a SYN-ACK", ">S0 <SA0,1 >RA1,1", "reset0=abort certain nothing-lost evidence=1; open=abandoned"},
    {"a bare RST where everything is acknowledged is an abort", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 0\n\n' >A.,. >R.@3",
     "reset0=abort certain nothing-lost evidence=6"},
    {"a bare RST long after the last ACK is an abort", OPEN GET NOTHING "<R.@9", "reset0=abort certain nothing-lost evidence=5"},
    {"a bare RST in a response is the server's abort", OPEN GET HALF_OK ">A.,. <R.@9",
     "reset0=server-aborted-response certain bytes-lost evidence=5; closing=rst first=1 lossless=0 time-wait=-1 frames=7"},
    {"a bare RST in a response is the client's abort", OPEN GET HALF_OK ">A.,. >R.@9", "reset0=client-cancelled-response certain bytes-lost evidence=4+5"},
    {"a bare RST at once after an ACK may answer it", OPEN GET NOTHING "<R.", "reset0=ack-without-connection likely nothing-lost evidence=6"},
    {"RST,ACK one above a probe that began the capture", ">A1,1 >RA2,1@3", "reset0=abort certain unknown evidence=1"},
    /* RFC 9293 3.10.7.1: in the order of what they answer */
    {"three RSTs for data, FIN and ACK", OPEN ">PA1+5,1 <A1,6 >FA6,1 <PA1+9,6 <FA10,6 <A11,7 >R6 >R6 >R7",
     "reset0=data-after-close certain bytes-lost evidence=6+7; reset1=repeat certain nothing-lost evidence=10+8; reset2=repeat certain nothing-lost evidence=10+9"},
    {"a second RST may have nothing to answer", OPEN ">FA1,1 <A1,2 <PA1+10,2 >R2 >R2",
     "reset0=data-after-close certain bytes-lost evidence=4+6; reset1=repeat certain nothing-lost evidence=7"},
    {"a number below the FIN's ACK cannot answer the FIN", OPEN ">PA1+9,1 <FA1,10 >FA10,2 <R1", "reset0=unknown unknown unknown evidence=6+5"},
    {"data that was captured before the FIN it crosses", OPEN GET HALF_OK "<PA.+40,. >FA.,.-40 >R.-1",
     "reset0=data-after-close certain bytes-lost evidence=7+6; closing=fin-then-rst first=0 lossless=0 time-wait=-1 frames=7+8"},
    {"data that was acknowledged after the FIN did not meet a closed socket", OPEN ">FA1,1 <PA1+10,2 >A2,11 >RA2,11",
     "reset0=abort certain nothing-lost evidence=6+4"},
    {"after both FINs were acknowledged no FIN is answered", OPEN ">FA1,1 <FA1,2 >A2,2 <RA2,2", "reset0=abort certain nothing-lost evidence=6"},
    {"a late segment after both FINs", OPEN ">FA1,1 <FA1,2 >A2,2 >A2,2 <R2", "reset0=time-wait certain nothing-lost evidence=6+7"},
    /* after a time it is no full queue */
    {"a first request after a long silence finds the connection forgotten", OPEN ">PA1+10,1@400 <R1", "reset0=connection-forgotten likely bytes-lost evidence=4"},
    {"a first request that is repeated after a long silence", OPEN ">PA1+10,1@400 >PA1+10,1@400.2 <R1",
     "reset0=connection-forgotten likely bytes-lost evidence=4"},
    {"its own last word ends the silence", OPEN ">PA1+10,1@2 <A1,11 >PA11+9,1@60 >PA20+9,1@61 <A1,29@61.1 >PA29+9,1@62 <R1",
     "reset0=ack-without-connection likely bytes-lost evidence=9"},
    /* TTL: RFC 791 leaves it to each sender, and two of them may speak for one address */
    {"a TTL that the side had before is no sign of forgery", OPEN "<PA1+5,1t64 <PA6+5,1t12 <PA11+5,1t64 >A1,16 <R9t12", "reset0=unknown unknown unknown evidence=7"},
    /* what it cost, in one place */
    {"what the server never acknowledged of an upload is lost", OPEN ">'POST / HTTP/1.1\nContent-Length: 900\n\n' <A.,. >PA.+100,. <'HTTP/1.1 413 No\nContent-Length: 0\n\n' <RA.,.",
     "reset0=abort certain bytes-lost evidence=7; closing=rst first=1 lossless=0 time-wait=-1 frames=8"},
    {"data after the FIN is lost, though an abort acknowledges it", OPEN ">FA1,1 <A1,2 <PA1+10,2 >RA2,11",
     "reset0=data-after-close certain bytes-lost evidence=4+6; closing=fin-then-rst first=0 lossless=0 time-wait=-1 frames=4+5+7"},
    {"data that comes after the RST is lost", OPEN ">PA1+5,1 <'HTTP' <RA.,. >PA6+100,1", "reset0=abort certain bytes-lost evidence=5; closing=rst first=1 lossless=0 time-wait=-1 frames=6"},
    {"an answer that was cut was not without loss", OPEN GET HALF_OK ">A.,. <RA.,.", "closing=rst first=1 lossless=0 time-wait=-1 frames=7"},
    {"an alert behind the FIN is no loss", OPEN ">FA1,1 <A1,2", "closing=half-closed first=0 lossless=1 time-wait=-1 frames=4+5"},
    {"a body that the FIN cut was not without loss", OPEN GET HALF_OK "<FA.,. >FA.,. <A.,.", "closing=three-segment first=1 lossless=0 time-wait=1 frames=6+7+8"},
    /* one direction only */
    {"what a side lost that was not captured is unknown", ">S0 >A1,1 >PA1+10,1 >RA11,1@9", "reset0=abort certain unknown evidence=3; closing=rst first=0 lossless=-1 time-wait=-1 frames=4"},
    {"a side that was not captured was not silent", ">S0 >A1,1 >PA1+10,1 >PA1+10,1@1 >PA1+10,1@3 >RA11,1@7", "reset0=retransmission-timeout possible unknown evidence=4+5"},
    {"a repeated FIN, and its sender gives up", OPEN ">FA1,1 >FA1,1@1 >FA1,1@3 >RA2,1@7", "reset0=retransmission-timeout certain nothing-lost evidence=4+5+6; closing=fin-unanswered first=0 lossless=1 time-wait=-1 frames=4+5+6+7"},
    {"a repeated FIN that a RST answers", "<FA1,1 <FA1,1@1 <FA1,1@3 >R1", "reset0=ack-without-connection certain nothing-lost evidence=3; closing=fin-then-rst first=0 lossless=1 time-wait=-1 frames=1+2+3+4"},
    {"a RST outside the window closes nothing", OPEN ">PA1+3,1 <A1,4w100 >R5000",
     "reset0=unknown unknown unknown evidence=5; closing=open first=-1 lossless=-1 time-wait=-1 frames="},
    {"a RST off the edge that traffic ignores", OPEN "<PA1+5,1 >A1,6 <R100 >A1,6 <PA6+5,1",
     "reset0=not-accepted certain nothing-lost evidence=7; 7.roles=challenge-ack; closing=open first=-1 lossless=-1 time-wait=-1 frames="},
};
/* clang-format on */

/* RFC 8446 6.1: a record of type alert that fills its segment, here 0x105 bytes of it. */
static void a_tls_alert_after_the_close_is_harmless(void)
{
    feed_t *f = feed_new();
    f->filler = "\x15\x03\x03\x01\x05";
    feed_play(f, OPEN "<FA1,1 >A1,2 >PA1+266,2 <R2");
    feed_check(f, "reset0=tls-alert-after-close certain nothing-lost evidence=4+6; reset1=none");
    feed_free(f);
}

void add_reset_tests(void)
{
    g_test_add_func("/reset/a TLS alert after the close is harmless",
                    a_tls_alert_after_the_close_is_harmless);
    feed_add_rows("reset", rows, G_N_ELEMENTS(rows));
}
