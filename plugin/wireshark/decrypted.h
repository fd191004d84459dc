/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decrypted.h - the TLS records that Wireshark decrypted, for the engine. */
#ifndef LAB_DECRYPTED_H
#define LAB_DECRYPTED_H

#include "compat.h"
#include "lab.h"

/* In the handoff routine. */
void lab_decrypted_handoff(void);
/* Before a frame's first segment is looked at. */
void lab_decrypted_begin(void);
/* False if the segment cannot have decrypted records: it does not begin like a record, and its connection
 * carries no TLS so far. */
bool lab_decrypted_possible(const lab_engine_t *engine, const lab_segment_t *segment);
/* Puts the records that became complete with this segment beside it; after the TLS dissector ran, and in the
 * first pass only. They last until the next frame begins. */
void lab_decrypted_add(packet_info *pinfo, lab_segment_t *segment);

#endif
