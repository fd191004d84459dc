/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handshake.h - state of a TLS connection, shared by records.c and handshake.c. */
#ifndef LAB_TLS_HANDSHAKE_H
#define LAB_TLS_HANDSHAKE_H

#include "tls_names.h"
#include "tls.h"

/* Bytes that one end has sent. */
typedef struct {
    uint8_t header[LAB_TLS_HEADER], have; /* header of the record that is being read; bytes of it so far */
    uint32_t record_left;                 /* content bytes of that record still to come */
    uint8_t message[4], message_have; /* header of the handshake message that is being read; bytes so far */
    uint32_t message_left;            /* bytes of that message still to come */
    GString *body;                    /* of the hello or certificate that is being read; NULL = of another */
    bool body_cut;                    /* bytes of `body` are missing: what it holds is the beginning */
    bool sent_server_hello;
    GString *hidden;   /* decrypted messages of the server of TLS 1.3 that are not complete; NULL = none */
    bool hidden_begun; /* its EncryptedExtensions was read */
    bool hidden_done;  /* what is wanted of them was read, or cannot be */
    bool encrypted, finished;     /* after its ChangeCipherSpec; after its Finished */
    bool lost;                    /* missing bytes: the next record must be looked for */
    uint8_t alert[2], alert_have; /* newest unencrypted alert; bytes of it so far */
} lab_tls_side_t;

struct lab_tls {
    lab_tls_side_t side[2];
    bool client_hello, server_hello; /* complete */
    bool retried;                    /* a HelloRetryRequest came */
    bool certificate, tls13, psk, offers_early, early_data, failed, server_ccs;
    bool fed_handshake;  /* the bytes that were fed last belong to the handshake, in part at least */
    int64_t begun, done; /* nanoseconds; 0 and -1 = not seen */
    GArray *completed;   /* of lab_tls_record_t */
    lab_tls_names_t names;
};

/* The 16-bit number at `p`, in network byte order. */
static inline unsigned lab_tls_be16(const uint8_t *p)
{
    return (unsigned)(p[0] << 8 | p[1]);
}

/* Each of these returns steps: a set of 1 << lab_tls_step_t. */

/* Takes `n` content bytes of unencrypted handshake records of `side` (NULL = missing). Sets `lost` where the
 * next message cannot be found. */
uint32_t lab_tls_handshake_clear(lab_tls_t *tls, lab_tls_side_t *side, const uint8_t *data, uint32_t n,
                                 int64_t time);
/* An encrypted handshake record of TLS 1.2 begins. */
uint32_t lab_tls_handshake_encrypted(lab_tls_t *tls, lab_tls_side_t *side, int64_t time);
/* A record of type application_data begins. */
uint32_t lab_tls_handshake_data(lab_tls_t *tls, lab_tls_side_t *side, bool by_client, int64_t time);

#endif
