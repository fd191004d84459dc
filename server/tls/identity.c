/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity.c - see identity.h. */
#include "identity.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "authority.h"
#include "keep.h"
#include "names.h"
#include "texts.h"

/* A certificate that ends so soon is replaced. */
#define RENEW_SECONDS (30 * (time_t)86400)

struct identity {
    kept_t *kept;
    char *certificate, *key; /* of CERT_SERVER */
    gnutls_certificate_credentials_t credentials[CERT_COUNT];
};

/* How each certificate is made, and what it is called where it is kept. */
static const struct {
    const char *group, *subject;
    bool rsa, expired, other_name, unknown_ca;
} plans[CERT_COUNT] = {
    [CERT_SERVER] = {.group = "server", .subject = "labserver"},
    [CERT_RSA] = {.group = "rsa", .subject = "labserver", .rsa = true},
    [CERT_EXPIRED] = {.group = "expired", .subject = "expired", .expired = true},
    [CERT_OTHER_NAME] = {.group = "other-name", .subject = "other.example", .other_name = true},
    [CERT_UNKNOWN_CA] = {.group = "unknown-ca", .subject = "unknown-ca", .unknown_ca = true},
};

/* Reserved by RFC 2606: no machine has it. */
static const char *const other_names[] = {"other.example", NULL};

static bool make_one(kept_t *kept, cert_id_t id, const authority_t *authority, const char *const *names)
{
    authority_subject_t subject = {.common_name = plans[id].subject,
                                   .names = plans[id].other_name ? other_names : names,
                                   .expired = plans[id].expired};
    gnutls_x509_privkey_t key = authority_key(plans[id].rsa);

    if (!key)
        return false;
    g_autofree char *certificate = authority_sign(authority, &subject, key);
    g_autofree char *private = authority_pem_key(key);
    gnutls_x509_privkey_deinit(key);
    if (!certificate || !private)
        return false;
    kept_set(kept, plans[id].group, KEPT_CERTIFICATE, certificate);
    kept_set(kept, plans[id].group, KEPT_KEY, private);
    return true;
}

static bool make_all(kept_t *kept, const authority_t *known, const authority_t *unknown,
                     const char *const *names)
{
    for (cert_id_t id = 0; id < CERT_COUNT; id++)
        if (!make_one(kept, id, plans[id].unknown_ca ? unknown : known, names))
            return false;
    g_autofree char *authority = authority_pem_certificate(known->certificate);
    kept_set(kept, KEPT_AUTHORITY, KEPT_CERTIFICATE, authority);
    kept_set_names(kept, names, (int64_t)time(NULL) + AUTHORITY_DAYS * (int64_t)86400);
    return authority;
}

static bool make(kept_t *kept, const char *const *names)
{
    authority_t known = {NULL, NULL};
    authority_t unknown = {NULL, NULL};

    bool made = authority_make(&known, "labserver's own authority") &&
                authority_make(&unknown, "an authority that nobody knows") &&
                make_all(kept, &known, &unknown, names);
    authority_clear(&known);
    authority_clear(&unknown);
    return made;
}

/* The certificates as they were kept, made anew if they do not do. */
static bool prepare(kept_t *kept, const char *const *wished)
{
    g_autoptr(GPtrArray) names = names_wanted(wished);

    if (kept_ends(kept) > (int64_t)(time(NULL) + RENEW_SECONDS) && kept_has_names(kept, names))
        return true;
    kept_add_names(kept, names);
    g_ptr_array_add(names, NULL);
    if (!make(kept, (const char *const *)names->pdata)) {
        complain(T_CERT_FAILED, NULL);
        return false;
    }
    kept_save(kept);
    return true;
}

static gnutls_certificate_credentials_t credentials_of(const char *certificate, const char *key, int *result)
{
    gnutls_certificate_credentials_t credentials;
    const gnutls_datum_t chain = {(unsigned char *)certificate, (unsigned)strlen(certificate)};
    const gnutls_datum_t secret = {(unsigned char *)key, (unsigned)strlen(key)};

    *result = gnutls_certificate_allocate_credentials(&credentials);
    if (*result < 0)
        return NULL;
    *result = gnutls_certificate_set_x509_key_mem(credentials, &chain, &secret, GNUTLS_X509_FMT_PEM);
    if (*result >= 0)
        return credentials;
    gnutls_certificate_free_credentials(credentials);
    return NULL;
}

static char *read_file(const char *path)
{
    char *words = NULL;

    if (!g_file_get_contents(path, &words, NULL, NULL))
        complain(T_CERT_UNREADABLE, "file", path, "error", g_strerror(errno), NULL);
    return words;
}

/* The files that were given. */
static bool load_given(identity_t *identity, const identity_wish_t *wish)
{
    int result;

    identity->certificate = read_file(wish->certificate);
    identity->key = identity->certificate ? read_file(wish->key) : NULL;
    if (!identity->key)
        return false;
    identity->credentials[CERT_SERVER] = credentials_of(identity->certificate, identity->key, &result);
    if (!identity->credentials[CERT_SERVER])
        complain(T_CERT_UNFIT, "certificate", wish->certificate, "key", wish->key, "error",
                 gnutls_strerror(result), NULL);
    return identity->credentials[CERT_SERVER];
}

static bool load_kept(identity_t *identity)
{
    int result;

    for (cert_id_t id = 0; id < CERT_COUNT; id++) {
        g_autofree char *certificate = kept_get(identity->kept, plans[id].group, KEPT_CERTIFICATE);
        g_autofree char *key = kept_get(identity->kept, plans[id].group, KEPT_KEY);
        if (identity->credentials[id])
            continue;
        identity->credentials[id] = certificate && key ? credentials_of(certificate, key, &result) : NULL;
        if (!identity->credentials[id])
            return false;
        if (id != CERT_SERVER)
            continue;
        identity->certificate = g_steal_pointer(&certificate);
        identity->key = g_steal_pointer(&key);
    }
    return true;
}

static bool open_all(identity_t *identity, const identity_wish_t *wish)
{
    if (wish->certificate && !load_given(identity, wish))
        return false;
    identity->kept = kept_open();
    if (!prepare(identity->kept, wish->names))
        return false;
    if (load_kept(identity))
        return true;
    complain(T_CERT_DAMAGED, "file", kept_file(identity->kept), NULL);
    return false;
}

identity_t *identity_open(const identity_wish_t *wish)
{
    identity_t *identity = g_new0(identity_t, 1);

    if (open_all(identity, wish))
        return identity;
    identity_free(identity);
    return NULL;
}

void identity_free(identity_t *identity)
{
    for (cert_id_t id = 0; id < CERT_COUNT; id++)
        if (identity->credentials[id])
            gnutls_certificate_free_credentials(identity->credentials[id]);
    if (identity->kept)
        kept_free(identity->kept);
    g_free(identity->certificate);
    g_free(identity->key);
    g_free(identity);
}

gnutls_certificate_credentials_t identity_credentials(const identity_t *identity, cert_id_t id)
{
    return identity->credentials[id];
}

const char *identity_certificate(const identity_t *identity)
{
    return identity->certificate;
}

const char *identity_key(const identity_t *identity)
{
    return identity->key;
}

const char *identity_authority_file(const identity_t *identity)
{
    return kept_authority_file(identity->kept);
}
