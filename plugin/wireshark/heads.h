/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heads.h - the heads of HTTP messages in the packet details: every header field with its meaning. */
#ifndef LAB_HEADS_H
#define LAB_HEADS_H

#include "compat.h"
#include "lab.h"

/* The registered fields that a head is shown with. */
typedef struct {
    int version, phrase, header, trailer, meaning;
} lab_head_fields_t;

/* Once, after the fields were registered. */
void lab_heads_register(void);
/* Adds the heads of the exchange that were complete in this frame. */
void lab_heads_fill(const lab_head_fields_t *fields, const lab_engine_t *engine,
                    const lab_exchange_t *exchange, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                    lab_lang_t lang);

#endif
