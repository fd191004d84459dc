/* SPDX-License-Identifier: GPL-2.0-or-later */
/* head.h - the heads of messages that an exchange keeps. */
#ifndef LAB_HEAD_H
#define LAB_HEAD_H

#include "conn.h"
#include "framing.h"

/* A copy that lasts as long as the engine; of its strings each different one is kept once. */
lab_head_t *lab_head_keep(const lab_http_head_t *head, uint32_t frame, lab_engine_t *engine);
/* The same for the fields after the body of a message with this status, 0 = a request. */
lab_head_t *lab_trailer_keep(const lab_http_head_t *trailer, uint16_t status, uint32_t frame,
                             lab_engine_t *engine);
/* The value of a field of `head`, NULL = none, as it was kept. */
const char *lab_head_value(const lab_head_t *kept, const lab_http_head_t *head, const char *value,
                           lab_engine_t *engine);
/* Puts it at the end of the list. */
void lab_head_append(lab_head_t **list, lab_head_t *head);

#endif
