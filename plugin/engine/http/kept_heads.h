/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept_heads.h - the heads of messages that an exchange keeps. */
#ifndef LAB_KEPT_HEADS_H
#define LAB_KEPT_HEADS_H

#include "conn.h"
#include "framing.h"

/* A copy of a head, owned by the engine. Each different string is kept once. Never NULL. */
lab_head_t *lab_head_keep(const lab_http_head_t *head, uint32_t frame, lab_engine_t *engine);
/* A copy of the trailer fields of a message with this status, 0 = a request. Owned by the engine. */
lab_head_t *lab_trailer_keep(const lab_http_head_t *trailer, uint16_t status, uint32_t frame,
                             lab_engine_t *engine);
/* The engine's copy of `value`, a field value of `head` (NULL = absent). `kept` is the copy of `head`. */
const char *lab_head_value(const lab_head_t *kept, const lab_http_head_t *head, const char *value,
                           lab_engine_t *engine);
/* Appends a head to those of an exchange. */
void lab_head_append(lab_engine_t *engine, lab_exchange_t *exchange, lab_head_t *head);

#endif
