/* SPDX-License-Identifier: GPL-2.0-or-later */
/* authority.h - makes keys and certificates (RFC 5280). */
#ifndef LABSERVER_AUTHORITY_H
#define LABSERVER_AUTHORITY_H

#include <glib.h>
#include <stdbool.h>
#include <gnutls/x509.h>

/* Days that a certificate is valid: macOS accepts no more of a server's. */
#define AUTHORITY_DAYS 825

typedef struct {
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
} authority_t;

/* What a server's certificate says. */
typedef struct {
    const char *common_name;
    const char *const *names; /* DNS names and addresses; NULL at the end */
    bool expired;             /* its last day was a week ago */
} authority_subject_t;

/* A certificate authority with a key of its own. False if the library fails. */
bool authority_make(authority_t *authority, const char *common_name);
void authority_clear(authority_t *authority);

/* A private key: RSA of 2048 bits, or elliptic on P-256. NULL if the library fails. */
gnutls_x509_privkey_t authority_key(bool rsa);

/* A certificate in PEM for that key; NULL if the library fails. The caller frees it. */
char *authority_sign(const authority_t *authority, const authority_subject_t *subject,
                     gnutls_x509_privkey_t key);

/* In PEM; the caller frees it. */
char *authority_pem_certificate(gnutls_x509_crt_t certificate);
char *authority_pem_key(gnutls_x509_privkey_t key);

#endif
