/* SPDX-License-Identifier: GPL-2.0-or-later */
/* quic.h - which QUIC connections a capture holds, and what their handshakes name.
 *
 * Wireshark's fields say it: quic.connection.number, quic.version, and those of the TLS hellos inside, which
 * it decrypts. Fields need a tree, so a datagram with a long header of QUIC (RFC 8999 5.1) is dissected with
 * one; a connection has few of these. Other datagrams cost a look at their first byte.
 */
#ifndef LAB_QUIC_H
#define LAB_QUIC_H

#include "capture.h"
#include "compat.h"

void lab_quic_handoff(void);
/* When a file is opened or closed. */
void lab_quic_reset(void);

/* Before a UDP datagram is dissected with `tree`, which may be NULL: the tree to be taken instead. */
proto_tree *lab_quic_look(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);
/* After the frame was dissected. */
void lab_quic_take(const packet_info *pinfo);

/* Of lab_quic_t *; valid until lab_quic_reset(). */
const GPtrArray *lab_quic_connections(void);

#endif
