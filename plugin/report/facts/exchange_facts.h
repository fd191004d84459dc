/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exchange_facts.h - what follows from the heads and the times of an exchange. */
#ifndef LAB_EXCHANGE_FACTS_H
#define LAB_EXCHANGE_FACTS_H

#include "lab.h"

/* The value of the first field of this name in a head, "" if there is none. `head` may be NULL. */
const char *lab_report_field_value(const lab_head_t *head, const char *name);
/* The value of a head's line; NULL if the line is of another field. */
const char *lab_report_line_value(const char *line, const char *name);

/* The URL that the request line and Host say together (RFC 9112 3.3); to be freed by the caller. */
char *lab_exchange_url(const lab_engine_t *engine, const lab_exchange_t *exchange);
/* Bytes of the request's body as its head says (RFC 9112 6.3), -1 = not known. */
int64_t lab_exchange_request_body(const lab_exchange_t *exchange);
/* Time of the first packet that served the exchange: of its name look-up, its SYN, else its request. */
int64_t lab_exchange_started(const lab_exchange_t *exchange, const lab_timing_t *timing);

#endif
