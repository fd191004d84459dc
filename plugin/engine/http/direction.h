/* direction.h - one direction's way from segments to messages, shared by exchange.c and inside.c. */
#ifndef LAB_DIRECTION_H
#define LAB_DIRECTION_H

#include "conn.h"
#include "framing.h"

typedef struct {
    lab_conn_t *conn;
    uint8_t end; /* that sends these bytes */
    bool response, interim;
    lab_exchange_t *exchange; /* of the message being read, NULL = none */
    lab_http_position_t began;
    int64_t acked; /* offset of the other side that the segment being read acknowledges */
    int64_t lost;  /* offset from which on bytes are missing, so that messages may be; -1 = none */
    struct lab_decrypted *inside; /* of a direction that carries TLS; NULL = it does not */
} lab_direction_t;

/* exchange.c: what the parser tells, with a direction as its user. */
extern const lab_http_events_t lab_exchange_events;
/* Gives the next bytes to the direction's parser (NULL = missing). `at` is the place of the first one,
 * `start` where in the TCP stream they are or begin to be missing. False once they are known to be no HTTP.
 */
bool lab_exchange_feed(lab_direction_t *d, const uint8_t *data, uint32_t length, lab_http_position_t at,
                       int64_t start);
/* The message that is being read is complete. */
void lab_exchange_end(lab_direction_t *d, lab_http_position_t at);

/* An acknowledgment by end `by`: up to `ack`, where everything before `before` had been acknowledged already.
 */
typedef struct {
    uint32_t frame;
    uint8_t by;
    int64_t ack, before;
} lab_ack_t;
/* Gives its frame the number of the exchange that it acknowledges bytes of, if it does. */
void lab_exchange_label_ack(lab_conn_t *conn, const lab_ack_t *ack);

#endif
