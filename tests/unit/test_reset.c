/* Why a RST came: one row a cause, RFC 9293 3.5.2, 3.5.3, 3.10.7.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "feed.h"
#include "units.h"

#define OPEN ">S0 <SA0,1 >A1,1 "

#define GET     ">'GET / HTTP/1.1\n\n' "
#define HALF_OK "<'HTTP/1.1 200 OK\nContent-Length: 100\n\nhalf' "

/* clang-format off */
static const feed_row_t rows[] = {
    {"a closed port", ">S0 <RA-500000,1", "reset0=port-closed certain nothing-lost evidence=1; open=refused; zeek=REJ; 2.phase=open; "
     "closing=refused first=-1 lossless=1 time-wait=-1 frames=2"},
    {"a refusal after a second SYN is late", ">S0 >S0@1 <RA-500000,1", "reset0=refused-late likely nothing-lost evidence=1"},
    {"a refusal after a second of silence is late", ">S0 <RA-500000,1@1.5", "reset0=refused-late likely nothing-lost evidence=1"},
    {"a SYN-ACK with a wrong number is reset", ">S0 <SA0,77 >R77", "reset0=bad-syn-ack certain nothing-lost evidence=2"},
    {"an abandoned connect", ">S0 <SA0,1 >R1", "reset0=connect-abandoned certain nothing-lost evidence=2; open=abandoned"},
    {"a RST without any connection", ">R5", "reset0=unsolicited certain unknown evidence="},
    {"an ACK that nobody knows", ">A1,1 <R1", "reset0=ack-without-connection certain nothing-lost evidence=1"},
    {"a text in the RST", OPEN ">PA1+3,1 <A1,4 <RA1+9,4", "reset0=reason-in-payload certain unknown evidence=6"},
    {"probes without an answer", OPEN ">PA1+3,1 <A1,4 >A3,1@10 >A3,1@20 >RA4,1@30",
     "reset0=keepalive-timeout certain unknown evidence=6+7"},
    {"data repeated without an answer", OPEN ">PA1+10,1 >PA1+10,1@1 >PA1+10,1@3 >RA11,1@7",
     "reset0=retransmission-timeout certain bytes-lost evidence=4+5+6"},
    {"a server that resets right after the handshake", OPEN ">PA1+10,1 <R1", "reset0=queue-overflow possible bytes-lost evidence=4"},
    {"a request that crosses the server's FIN", OPEN GET "<'HTTP/1.1 200 OK\nContent-Length: 0\n\n' >A.,. <FA.,. >'GET /2 HTTP/1.1\n\n' <R.",
     "reset0=request-raced-close certain bytes-lost evidence=7+8"},
    {"data after the close", OPEN ">FA1,1 <A1,2 <PA1+10,2 >R2", "reset0=data-after-close certain bytes-lost evidence=4+6"},
    {"a RST in place of the last ACK", OPEN ">FA1,1 <A1,2 <FA1,2 >R2", "reset0=fin-answered-by-reset certain nothing-lost evidence=6+5"},
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
