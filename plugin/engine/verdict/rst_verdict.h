/* rst.h - what a rule about RST causes can look at, and the table of them. */
#ifndef LAB_RST_H
#define LAB_RST_H

#include "conn.h"

/* How the RST was made, RFC 9293 3.5.2 and 3.5.3: the first cut, always decidable. */
typedef enum {
    LAB_RST_ACTIVE,  /* RST,ACK with seq = snd.nxt: the owner of the socket decided */
    LAB_RST_REFUSAL, /* RST,ACK with seq 0, ack after the SYN: no socket, answer to a segment without ACK */
    LAB_RST_REPLY,   /* RST without ACK, seq = the ack of what it answers: no such socket any more */
    LAB_RST_OTHER,
} lab_rst_form_t;

typedef struct {
    const lab_ctx_t *c;
    const lab_conn_t *conn;
    const lab_end_t *sender, *receiver; /* of the RST */
    bool by_server, opened;
    lab_rst_form_t form;
    const lab_exchange_t *x; /* newest exchange, NULL = none */
    lab_reset_t *reset;
} lab_rst_view_t;

/* A cause: the first row whose rule holds names the RST. A rule adds the frames that show it. */
typedef struct {
    const char *token;
    bool (*rule)(const lab_rst_view_t *v);
    lab_confidence_t confidence;
    lab_impact_t impact; /* LAB_IMPACT_NONE: worked out from what was acknowledged */
    const char *rfc;
    lab_text_t text; /* {by}, {peer}: who; {evidence}: the first frame that shows it */
} lab_rst_cause_t;

extern const lab_rst_cause_t lab_rst_causes[];
enum { LAB_RST_REPEAT = 1, LAB_RST_NOT_ACCEPTED = 2, LAB_RST_FORGED = 4 }; /* rows that are named by index */

void lab_rst_evidence(lab_reset_t *reset, uint32_t frame);

#endif
