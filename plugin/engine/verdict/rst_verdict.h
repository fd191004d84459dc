/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rst_verdict.h - what a rule about RST causes can look at, and the table of them. */
#ifndef LAB_RST_VERDICT_H
#define LAB_RST_VERDICT_H

#include "reset.h"

/* After this much silence, in nanoseconds, a middlebox or a restarted peer may have forgotten the connection.
 */
#define LAB_LONG_IDLE INT64_C(5000000000)

typedef struct {
    const lab_context_t *c;
    const lab_conn_t *conn;
    const lab_end_t *sender, *receiver; /* of the RST */
    bool by_server, opened;
    lab_rst_form_t form;
    lab_answered_t answered;
    const lab_sent_t *answers; /* what it answers, NULL = nothing */
    const lab_sent_t *late;    /* first data that the sender's FIN and all after it leave unacknowledged */
    bool late_alerts;          /* all of that are TLS alerts */
    const lab_exchange_t *x;   /* newest exchange, NULL = none */
    lab_reset_t *reset;
} lab_rst_view_t;

/* Rows that no rule names: rst_verdict.c does, for it sees the frames around the RST. */
typedef enum {
    LAB_RST_BY_RULE,
    LAB_RST_REPEAT,        /* one more RST of the same side */
    LAB_RST_NOT_ACCEPTED,  /* the receiver did not obey */
    LAB_RST_SENDER_GOES_ON /* the side that seemed to send it goes on */
} lab_rst_row_t;

/* A cause: the first row whose rule holds names the RST. A rule adds the frames that show it. */
typedef struct {
    const char *token;
    bool (*rule)(const lab_rst_view_t *v); /* NULL in a row of no rule */
    lab_confidence_t confidence;
    lab_impact_t impact; /* LAB_IMPACT_NONE: worked out from what was acknowledged */
    const char *rfc;
    lab_text_t text; /* {by}, {peer}: who; {evidence}: the first frame that shows it */
    lab_rst_row_t row;
} lab_rst_cause_t;

extern const lab_rst_cause_t lab_rst_causes[];
/* The index of the row that no rule names. */
uint8_t lab_rst_cause_of(lab_rst_row_t row);

/* Adds a frame to what shows the cause; once, 0 = none. */
void lab_rst_evidence(lab_reset_t *reset, uint32_t frame);

/* Names the cause of the RST that is looked at, and what it cost. */
void lab_rst_judge(lab_context_t *c, lab_reset_t *reset, const lab_answered_t *answered);
/* What the segment that is looked at, no RST, may show of a RST to come. */
void lab_rst_remember(lab_context_t *c);
/* The first RST of a side that has no socket any more since, as far as nothing disproves it; NULL = none. */
lab_reset_t *lab_rst_standing(const lab_end_t *end);
/* After the segment was read and its ACK field counted: the message that a RST seemed to cut off may be
 * whole, for what the capture lacks of it was acknowledged. */
void lab_rst_message_arrived(lab_context_t *c);
/* What the segment that is looked at, no RST, shows of the newest RST before it. */
void lab_rst_aftermath(lab_context_t *c);

#endif
