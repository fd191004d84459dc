/* SPDX-License-Identifier: GPL-2.0-or-later */
/* authority.c - see authority.h. */
#include "authority.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <string.h>
#include <time.h>

#define DAY ((time_t)86400)

gnutls_x509_privkey_t authority_key(bool rsa)
{
    gnutls_x509_privkey_t key;

    if (gnutls_x509_privkey_init(&key) < 0)
        return NULL;
    int result = rsa ? gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, 2048, 0)
                     : gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                                    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    if (result >= 0)
        return key;
    gnutls_x509_privkey_deinit(key);
    return NULL;
}

/* RFC 5280 4.1.2.2: positive, at most 20 bytes. */
static int set_serial(gnutls_x509_crt_t certificate)
{
    unsigned char serial[16];

    int result = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40);
    return result < 0 ? result : gnutls_x509_crt_set_serial(certificate, serial, sizeof serial);
}

/* A day early, for clients whose clock is slow. */
static int set_days(gnutls_x509_crt_t certificate, bool expired)
{
    time_t from = time(NULL) - (expired ? 37 * DAY : DAY);
    time_t to = expired ? time(NULL) - 7 * DAY : from + AUTHORITY_DAYS * DAY;

    int result = gnutls_x509_crt_set_activation_time(certificate, from);
    return result < 0 ? result : gnutls_x509_crt_set_expiration_time(certificate, to);
}

static int set_key(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    unsigned char id[64];
    size_t size = sizeof id;

    int result = gnutls_x509_crt_set_key(certificate, key);
    if (result >= 0)
        result = gnutls_x509_crt_get_key_id(certificate, 0, id, &size);
    return result < 0 ? result : gnutls_x509_crt_set_subject_key_id(certificate, id, size);
}

/* What all certificates have. */
static int fill(gnutls_x509_crt_t certificate, const char *common_name, gnutls_x509_privkey_t key,
                bool expired)
{
    int result = gnutls_x509_crt_set_version(certificate, 3);

    if (result >= 0)
        result = set_serial(certificate);
    if (result >= 0)
        result = gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                               (unsigned)strlen(common_name));
    if (result >= 0)
        result = set_days(certificate, expired);
    return result < 0 ? result : set_key(certificate, key);
}

static int sign(gnutls_x509_crt_t certificate, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key)
{
    unsigned char id[64];
    size_t size = sizeof id;

    int result = gnutls_x509_crt_get_subject_key_id(issuer, id, &size, NULL);
    if (result >= 0)
        result = gnutls_x509_crt_set_authority_key_id(certificate, id, size);
    return result < 0 ? result : gnutls_x509_crt_sign2(certificate, issuer, key, GNUTLS_DIG_SHA256, 0);
}

bool authority_make(authority_t *authority, const char *common_name)
{
    *authority = (authority_t){authority_key(false), NULL};
    if (!authority->key || gnutls_x509_crt_init(&authority->certificate) < 0)
        return false;
    gnutls_x509_crt_t certificate = authority->certificate;
    return fill(certificate, common_name, authority->key, false) >= 0 &&
           gnutls_x509_crt_set_basic_constraints(certificate, 1, 0) >= 0 &&
           gnutls_x509_crt_set_key_usage(certificate, GNUTLS_KEY_KEY_CERT_SIGN) >= 0 &&
           sign(certificate, certificate, authority->key) >= 0;
}

void authority_clear(authority_t *authority)
{
    if (authority->certificate)
        gnutls_x509_crt_deinit(authority->certificate);
    if (authority->key)
        gnutls_x509_privkey_deinit(authority->key);
}

/* RFC 5280 4.2.1.6 */
static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, name, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address,
                                                    sizeof(struct in_addr), GNUTLS_FSAN_APPEND);
    if (inet_pton(AF_INET6, name, address) == 1)
        return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, address,
                                                    sizeof(struct in6_addr), GNUTLS_FSAN_APPEND);
    return gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_DNSNAME, name, (unsigned)strlen(name),
                                                GNUTLS_FSAN_APPEND);
}

static int fill_server(gnutls_x509_crt_t certificate, const authority_subject_t *subject,
                       gnutls_x509_privkey_t key)
{
    int result = fill(certificate, subject->common_name, key, subject->expired);

    for (const char *const *name = subject->names; result >= 0 && *name; name++)
        result = add_name(certificate, *name);
    if (result >= 0)
        result = gnutls_x509_crt_set_basic_constraints(certificate, 0, -1);
    if (result >= 0)
        result = gnutls_x509_crt_set_key_usage(certificate,
                                               GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_ENCIPHERMENT);
    return result < 0 ? result
                      : gnutls_x509_crt_set_key_purpose_oid(certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
}

char *authority_sign(const authority_t *authority, const authority_subject_t *subject,
                     gnutls_x509_privkey_t key)
{
    gnutls_x509_crt_t certificate;
    char *pem = NULL;

    if (gnutls_x509_crt_init(&certificate) < 0)
        return NULL;
    if (fill_server(certificate, subject, key) >= 0 &&
        sign(certificate, authority->certificate, authority->key) >= 0)
        pem = authority_pem_certificate(certificate);
    gnutls_x509_crt_deinit(certificate);
    return pem;
}

static char *text_of(gnutls_datum_t *pem, int result)
{
    if (result < 0)
        return NULL;
    char *text = g_strndup((const char *)pem->data, pem->size);
    gnutls_free(pem->data);
    return text;
}

char *authority_pem_certificate(gnutls_x509_crt_t certificate)
{
    gnutls_datum_t pem;
    int result = gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem);
    return text_of(&pem, result);
}

char *authority_pem_key(gnutls_x509_privkey_t key)
{
    gnutls_datum_t pem;
    int result = gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem);
    return text_of(&pem, result);
}
