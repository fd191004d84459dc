/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tokens.h - every token as an enumeration; spelling, source and texts are in tokens.c.
 *
 * Tokens are what a display filter compares with: lower-case, English, never translated. The two texts of a
 * token are its explanations in English and Chinese. An unknown value is LAB_*_NONE; it is printed as an
 * absent field or as null.
 */
#ifndef LAB_TOKENS_H
#define LAB_TOKENS_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* A row of a token table: spelling, RFC section that defines it ("" = none), and explanations. */
typedef struct {
    const char *token;
    const char *rfc;
    lab_text_t text;
} lab_token_t;

typedef enum {
    LAB_PHASE_NONE,
    LAB_PHASE_RESOLVE,
    LAB_PHASE_OPEN,
    LAB_PHASE_TLS,
    LAB_PHASE_REQUEST,
    LAB_PHASE_RESPONSE,
    LAB_PHASE_DATA,
    LAB_PHASE_IDLE,
    LAB_PHASE_CLOSE,
    LAB_PHASE_ABORT,
    LAB_PHASE_LATE,
    LAB_PHASES
} lab_phase_t;

/* Roles of a segment: a set, bit number = value. The order is the order in which they are listed. */
typedef enum {
    LAB_ROLE_SYN,
    LAB_ROLE_SYN_ACK,
    LAB_ROLE_HANDSHAKE_ACK,
    LAB_ROLE_REQUEST,
    LAB_ROLE_RESPONSE,
    LAB_ROLE_DATA,
    LAB_ROLE_ACK,
    LAB_ROLE_DUP_ACK,
    LAB_ROLE_WINDOW_UPDATE,
    LAB_ROLE_ZERO_WINDOW,
    LAB_ROLE_WINDOW_PROBE,
    LAB_ROLE_KEEPALIVE_PROBE,
    LAB_ROLE_KEEPALIVE_ANSWER,
    LAB_ROLE_FIN1,
    LAB_ROLE_FIN1_ACK,
    LAB_ROLE_FIN2,
    LAB_ROLE_FIN2_ACK,
    LAB_ROLE_CHALLENGE_ACK,
    LAB_ROLE_RST,
    LAB_ROLE_RETRANSMISSION,
    LAB_ROLE_OUT_OF_ORDER,
    LAB_ROLE_CAPTURE_DUPLICATE,
    LAB_ROLE_LATE,
    LAB_ROLES
} lab_role_t;
#define LAB_ROLE_BIT(r) (1u << (r))

/* States of RFC 9293 3.3.2; UNKNOWN while no captured segment tells the state. */
typedef enum {
    LAB_STATE_UNKNOWN,
    LAB_STATE_LISTEN,
    LAB_STATE_SYN_SENT,
    LAB_STATE_SYN_RECEIVED,
    LAB_STATE_ESTABLISHED,
    LAB_STATE_FIN_WAIT_1,
    LAB_STATE_FIN_WAIT_2,
    LAB_STATE_CLOSE_WAIT,
    LAB_STATE_CLOSING,
    LAB_STATE_LAST_ACK,
    LAB_STATE_TIME_WAIT,
    LAB_STATE_CLOSED,
    LAB_STATES
} lab_state_t;

typedef enum {
    LAB_OPEN_NONE,
    LAB_OPEN_THREE_WAY,
    LAB_OPEN_SIMULTANEOUS,
    LAB_OPEN_SPLIT,
    LAB_OPEN_FAST_OPEN,
    LAB_OPEN_REFUSED,
    LAB_OPEN_ABANDONED,
    LAB_OPEN_UNANSWERED,
    LAB_OPEN_INCOMPLETE,
    LAB_OPEN_NOT_CAPTURED,
    LAB_OPENS
} lab_open_t;

typedef enum {
    LAB_CLOSE_NONE,
    LAB_CLOSE_FOUR_SEGMENT,
    LAB_CLOSE_THREE_SEGMENT,
    LAB_CLOSE_SIMULTANEOUS,
    LAB_CLOSE_HALF_CLOSE,
    LAB_CLOSE_FIN_THEN_RST,
    LAB_CLOSE_RST,
    LAB_CLOSE_FIN_UNANSWERED,
    LAB_CLOSE_HALF_CLOSED,
    LAB_CLOSE_REFUSED,
    LAB_CLOSE_ABANDONED,
    LAB_CLOSE_IN_HANDSHAKE,
    LAB_CLOSE_REPLACED,
    LAB_CLOSE_OPEN,
    LAB_CLOSES
} lab_close_t;

typedef enum {
    LAB_REASON_NONE,
    LAB_REASON_CONNECTION_CLOSE,
    LAB_REASON_IDLE_TIMEOUT,
    LAB_REASON_MAX_REQUESTS,
    LAB_REASON_HTTP_1_0,
    LAB_REASON_AFTER_ERROR,
    LAB_REASON_CLIENT_LEAVES,
    LAB_REASON_UNKNOWN,
    LAB_REASONS
} lab_reason_t;

typedef enum {
    LAB_CONFIDENCE_NONE,
    LAB_CERTAIN,
    LAB_LIKELY,
    LAB_POSSIBLE,
    LAB_UNKNOWN,
    LAB_CONFIDENCES
} lab_confidence_t;

typedef enum {
    LAB_IMPACT_NONE,
    LAB_NOTHING_LOST,
    LAB_BYTES_LOST,
    LAB_IMPACT_UNKNOWN,
    LAB_IMPACTS
} lab_impact_t;

/* Findings about TCP keep-alive and HTTP persistence in a frame: a set, bit number = value (at most 32). */
typedef enum {
    LAB_KEEPALIVE_PROBE,
    LAB_KEEPALIVE_ANSWER,
    LAB_KEEPALIVE_UNANSWERED,
    LAB_KEEPALIVE_ANSWERED_BY_RESET,
    LAB_KEEPALIVE_AFTER_FIN,
    LAB_KEEPALIVE_EARLY,
    LAB_KEEPALIVE_IRREGULAR,
    LAB_PERSIST_TIMEOUT_KEPT,
    LAB_PERSIST_TIMEOUT_EARLY,
    LAB_PERSIST_TIMEOUT_LATE,
    LAB_PERSIST_MAX_REACHED,
    LAB_PERSIST_CLOSE_KEPT,
    LAB_PERSIST_CLOSE_IGNORED,
    LAB_PERSIST_WITHOUT_NOTICE,
    LAB_PERSIST_RACED,
    LAB_PERSIST_UNUSED,
    LAB_PERSIST_SINGLE_USE,
    LAB_PERSIST_LINGERING,
    LAB_PERSIST_TRUNCATED,
    LAB_KEEPALIVES
} lab_keepalive_t;

/* Steps of TLS in a frame: a set, bit number = value. */
typedef enum {
    LAB_TLS_CLIENT_HELLO,
    LAB_TLS_HELLO_RETRY,
    LAB_TLS_SERVER_HELLO,
    LAB_TLS_CERTIFICATE,
    LAB_TLS_KEY_EXCHANGE,
    LAB_TLS_CHANGE_CIPHER_SPEC,
    LAB_TLS_FINISHED,
    LAB_TLS_SESSION_TICKET,
    LAB_TLS_ENCRYPTED_HANDSHAKE,
    LAB_TLS_EARLY_DATA,
    LAB_TLS_APPLICATION_DATA,
    LAB_TLS_ALERT,
    LAB_TLS_CLOSE_NOTIFY,
    LAB_TLS_STEPS
} lab_tls_step_t;

typedef enum {
    LAB_TLS_NONE,
    LAB_TLS_12_FULL,
    LAB_TLS_12_RESUMED,
    LAB_TLS_13_FULL,
    LAB_TLS_13_RESUMED,
    LAB_TLS_13_RETRY,
    LAB_TLS_EARLY,
    LAB_TLS_FAILED,
    LAB_TLS_UNKNOWN,
    LAB_TLS_KINDS
} lab_tls_kind_t;

/* What is known of the protocol that ALPN negotiates, RFC 7301. */
typedef enum { LAB_ALPN_NONE, LAB_ALPN_OFFERED, LAB_ALPN_CHOSEN, LAB_ALPN_IGNORED, LAB_ALPNS } lab_alpn_t;

/* What the queue part of an exchange's timing was spent on, or why it is not known. */
typedef enum {
    LAB_QUEUE_NONE,
    LAB_QUEUE_CONNECTION_READY,
    LAB_QUEUE_EARLIER_RESPONSE,
    LAB_QUEUE_OPENED_AHEAD,
    LAB_QUEUE_NOT_VISIBLE,
    LAB_QUEUE_OPENING_NOT_CAPTURED,
    LAB_QUEUE_NOT_CAPTURED,
    LAB_QUEUE_CLOCK,
    LAB_QUEUES
} lab_queue_t;

/* Protocol inside TLS, known once a record was decrypted. */
typedef enum {
    LAB_DECRYPTED_NONE,
    LAB_DECRYPTED_HTTP_1,
    LAB_DECRYPTED_HTTP_2,
    LAB_DECRYPTED_OTHER,
    LAB_DECRYPTED_KINDS
} lab_decrypted_kind_t;

/* Where a client had the address of a server from. */
typedef enum {
    LAB_NAMING_NONE, /* no Host field and no look-up */
    LAB_NAMING_LOOKED_UP,
    LAB_NAMING_ANSWER_ONLY,
    LAB_NAMING_KNOWN,
    LAB_NAMING_NOT_CAPTURED,
    LAB_NAMING_ADDRESS,
    LAB_NAMINGS
} lab_naming_t;

/* Anomalies of a frame: a set, bit number = value (at most 64). */
typedef enum {
    LAB_ANOMALY_SYN_RETRANSMITTED,
    LAB_ANOMALY_SYN_ACK_RETRANSMITTED,
    LAB_ANOMALY_FINAL_ACK_MISSING,
    LAB_ANOMALY_BAD_SYN_ACK,
    LAB_ANOMALY_SYN_IN_CONNECTION,
    LAB_ANOMALY_CHALLENGE_ACK,
    LAB_ANOMALY_PORT_REUSE,
    LAB_ANOMALY_PORT_REUSE_PREMATURE,
    LAB_ANOMALY_SYN_FIN,
    LAB_ANOMALY_SYN_RST,
    LAB_ANOMALY_FAST_OPEN_REFUSED,
    LAB_ANOMALY_OPTION_ONE_SIDED,
    LAB_ANOMALY_RETRANSMISSION,
    LAB_ANOMALY_OUT_OF_ORDER,
    LAB_ANOMALY_CAPTURE_DUPLICATE,
    LAB_ANOMALY_FIN_RETRANSMITTED,
    LAB_ANOMALY_FIN_UNANSWERED,
    LAB_ANOMALY_SIMULTANEOUS_CLOSE,
    LAB_ANOMALY_RESET,
    LAB_ANOMALY_ACKED_UNSEEN,
    LAB_ANOMALY_ZERO_WINDOW,
    LAB_ANOMALY_KEEPALIVE_UNANSWERED,
    LAB_ANOMALY_TRUNCATED_BODY,
    LAB_ANOMALY_LATE,
    LAB_ANOMALIES
} lab_anomaly_t;
#define LAB_ANOMALY_BIT(a) (UINT64_C(1) << (a))

extern const lab_token_t lab_phases[LAB_PHASES], lab_roles[LAB_ROLES], lab_states[LAB_STATES],
    lab_opens[LAB_OPENS], lab_closes[LAB_CLOSES], lab_reasons[LAB_REASONS], lab_confidences[LAB_CONFIDENCES],
    lab_impacts[LAB_IMPACTS], lab_tls_steps[LAB_TLS_STEPS], lab_tls_kinds[LAB_TLS_KINDS],
    lab_queues[LAB_QUEUES], lab_namings[LAB_NAMINGS], lab_decrypted_kinds[LAB_DECRYPTED_KINDS],
    lab_alpns[LAB_ALPNS], lab_keepalives[LAB_KEEPALIVES], lab_anomalies[LAB_ANOMALIES];

#endif
