/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.h - the certificates of HTTPS: made at the first start and kept in the user's state folder, or
 * given.
 *
 * A certificate authority of our own signs them, so that a browser or curl can be told to trust the server.
 * Its private key is not kept: nothing else can ever be signed by it.
 */
#ifndef LABSERVER_IDENTITY_H
#define LABSERVER_IDENTITY_H

#include <gnutls/gnutls.h>

/* The server's own certificate, and those of scenarios. */
typedef enum {
    CERT_SERVER,
    CERT_RSA,        /* its key can decrypt: for the key exchange RSA of TLS 1.2 */
    CERT_EXPIRED,    /* it was valid until a week before it was made */
    CERT_OTHER_NAME, /* for another name than any that the server has */
    CERT_UNKNOWN_CA, /* signed by an authority that is kept nowhere */
    CERT_COUNT
} cert_id_t;

typedef struct {
    const char *const
        *names; /* DNS names and addresses beside localhost and the machine's own; NULL at the end */
    const char *certificate; /* a file in PEM, instead of CERT_SERVER; NULL: none */
    const char *key;         /* its private key */
} identity_wish_t;

typedef struct identity identity_t;

/* Reads the certificates that were kept, or makes them if there are none, if they end within 30 days or lack
 * a name. Where they cannot be kept it says so and goes on. NULL: the reason is on standard error. */
identity_t *identity_open(const identity_wish_t *wish);
void identity_free(identity_t *identity);

gnutls_certificate_credentials_t identity_credentials(const identity_t *identity, cert_id_t id);

/* CERT_SERVER in PEM, for the HTTP library. */
const char *identity_certificate(const identity_t *identity);
const char *identity_key(const identity_t *identity);

/* The file with the certificate of the authority, to be trusted by clients. NULL: it is kept nowhere. */
const char *identity_authority_file(const identity_t *identity);

#endif
