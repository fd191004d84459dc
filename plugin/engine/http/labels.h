/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labels.h - sets the exchange, role and phase of the segments that belong to a message; private to http/. */
#ifndef LAB_LABELS_H
#define LAB_LABELS_H

#include "direction.h"

/* The segment carries bytes of a request or response of `x`. NULL is allowed as annotation. */
void lab_label_message(lab_engine_t *engine, lab_annotation_t *annotation, const lab_exchange_t *x,
                       lab_role_t role);
/* The acknowledgment belongs to the newest message of the other end that its number reaches. */
void lab_label_ack(lab_conn_t *conn, const lab_ack_t *ack);
/* Acknowledgments of the first pieces of a start line belong to its message. They came before the line was
 * known to be one. `first` and `last` are the first and the newest piece. */
void lab_label_acks_between(const lab_direction_t *d, lab_position_t first, lab_position_t last);

#endif
