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
    {"a SYN alone is unanswered", ">S0", "open=unanswered; zeek=S0; closing=open first=-1 lossless=-1 time-wait=-1 frames="},
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
    {"a SYN inside an open connection is an anomaly", ">PA1+10,1 <A1,11 >S5000", "3.anomalies=syn-in-connection; open=not-captured"},
};
/* clang-format on */

void add_opening_tests(void)
{
    feed_add_rows("opening", rows, G_N_ELEMENTS(rows));
}
