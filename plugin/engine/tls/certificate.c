/* SPDX-License-Identifier: GPL-2.0-or-later */
/* certificate.c - subject and names of a certificate, RFC 5280; see tls_names.h.
 *
 * A reader of DER (X.690 8, 10) that goes forward only, copies nothing and stops at the first thing that is
 * not as it must be. A value that is cut off at the end of the bytes is entered, but not taken for whole.
 */
#include <arpa/inet.h>
#include <string.h>

#include "tls_names.h"

#define CERTIFIED_MAX 16  /* names of a certificate that are kept; the others are counted */
#define VALUE_MAX     256 /* bytes of an attribute or a name; RFC 5280 A.1 has bounds of 128 and less */
#define SUBJECT_MAX   16  /* attributes of a subject that are read */

enum {
    BOOLEAN = 0x01,
    INTEGER = 0x02,
    OCTETS = 0x04,
    OID = 0x06,
    UTF8 = 0x0c,
    PRINTABLE = 0x13,
    TELETEX = 0x14,
    IA5 = 0x16,
    BMP = 0x1e,
    SEQUENCE = 0x30,
    SET = 0x31,
    VERSION = 0xa0,    /* [0] of TBSCertificate */
    EXTENSIONS = 0xa3, /* [3] of TBSCertificate */
    DNS_NAME = 0x82,   /* [2] and [7] of GeneralName, RFC 5280 4.2.1.6 */
    IP_ADDRESS = 0x87
};

/* Bytes that are not read yet. */
typedef struct {
    const uint8_t *at, *end;
} der_t;

typedef struct {
    uint8_t tag;
    bool whole; /* all bytes of the content are there */
    der_t content;
} der_value_t;

static size_t left(const der_t *d)
{
    return (size_t)(d->end - d->at);
}

/* The length of a value, X.690 8.1.3. False: it is indefinite, over three bytes long, or missing. */
static bool read_length(der_t *d, size_t *length)
{
    if (!left(d))
        return false;
    uint8_t first = *d->at++;
    unsigned bytes = first & 0x7fu;
    *length = first;
    if (first < 0x80)
        return true;
    if (!bytes || bytes > 3 || left(d) < bytes)
        return false;
    for (*length = 0; bytes; bytes--)
        *length = *length << 8 | *d->at++;
    return true;
}

/* The next value; false at the end, and where no value of one byte's tag is. */
static bool next(der_t *d, der_value_t *value)
{
    size_t length;
    if (!left(d) || (*d->at & 0x1f) == 0x1f)
        return false;
    value->tag = *d->at++;
    if (!read_length(d, &length))
        return false;
    value->whole = length <= left(d);
    value->content = (der_t){d->at, d->at + MIN(length, left(d))};
    d->at = value->content.end;
    return true;
}

static bool next_of(der_t *d, uint8_t tag, der_value_t *value)
{
    return next(d, value) && value->tag == tag;
}

/* ---- strings ---- */

/* The text of a string, to be freed by the caller; NULL = no string that can be read. What is no UTF-8 is
 * replaced. */
static char *text_of(const der_value_t *value)
{
    const char *bytes = (const char *)value->content.at;
    gssize n = (gssize)left(&value->content);
    if (!value->whole || !n || n > VALUE_MAX)
        return NULL;
    switch (value->tag) {
    case UTF8:
    case PRINTABLE:
    case IA5:
        return g_utf8_make_valid(bytes, n);
    case TELETEX: /* in practice ISO 8859-1 */
        return g_convert(bytes, n, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
    case BMP:
        return g_convert(bytes, n, "UTF-8", "UTF-16BE", NULL, NULL, NULL);
    default:
        return NULL;
    }
}

/* RFC 4514 2.4: what separates attributes is escaped. */
static void append_escaped(GString *out, const char *text)
{
    GString *clean = g_string_new(NULL);
    lab_text_visible(clean, text);
    for (const char *p = clean->str; *p; p++) {
        if (strchr(",+\"\\<>;", *p))
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_free(clean, TRUE);
}

/* ---- subject ---- */

/* RFC 4514 3: short names of attribute types; those without one are named by what RFC 4519 calls them. */
static const char *attribute_name(const der_t *oid)
{
    static const struct {
        uint8_t length, oid[10];
        const char *name;
    } rows[] = {
        {3, {0x55, 4, 3}, "CN"},
        {3, {0x55, 4, 5}, "serialNumber"},
        {3, {0x55, 4, 6}, "C"},
        {3, {0x55, 4, 7}, "L"},
        {3, {0x55, 4, 8}, "ST"},
        {3, {0x55, 4, 9}, "STREET"},
        {3, {0x55, 4, 10}, "O"},
        {3, {0x55, 4, 11}, "OU"},
        {10, {0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25}, "DC"},
        {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1}, "emailAddress"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (left(oid) == rows[i].length && memcmp(oid->at, rows[i].oid, rows[i].length) == 0)
            return rows[i].name;
    return NULL;
}

/* One AttributeTypeAndValue: "CN=example.com"; NULL = one without a name, or that cannot be read. */
static char *attribute(der_t *in)
{
    der_value_t pair, type, value;
    if (!next_of(in, SEQUENCE, &pair) || !next_of(&pair.content, OID, &type) || !next(&pair.content, &value))
        return NULL;
    const char *name = attribute_name(&type.content);
    char *text = name ? text_of(&value) : NULL;
    if (!text)
        return NULL;
    GString *out = g_string_new(name);
    g_string_append_c(out, '=');
    append_escaped(out, text);
    g_free(text);
    return g_string_free(out, FALSE);
}

/* RFC 4514 2.1: the last attribute first. NULL = an empty subject, or one that cannot be read. */
static char *subject_of(der_t names)
{
    GString *subject = g_string_new(NULL);
    der_value_t set;
    for (unsigned i = 0; i < SUBJECT_MAX && next_of(&names, SET, &set); i++) {
        char *one = attribute(&set.content);
        if (one && subject->len)
            g_string_prepend(subject, ",");
        if (one)
            g_string_prepend(subject, one);
        g_free(one);
    }
    return g_string_free(subject, subject->len == 0);
}

/* ---- subjectAltName ---- */

static char *name_of(const der_value_t *value)
{
    const uint8_t *bytes = value->content.at;
    size_t n = left(&value->content);
    char text[INET6_ADDRSTRLEN];
    if (!value->whole || !n || n > VALUE_MAX)
        return NULL;
    if (value->tag == DNS_NAME)
        return lab_tls_visible(bytes, n);
    if (value->tag != IP_ADDRESS || (n != 4 && n != 16))
        return NULL;
    return g_strdup(inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text));
}

static void take_alternatives(lab_tls_names_t *names, der_t octets)
{
    der_value_t list, value;
    if (!next_of(&octets, SEQUENCE, &list))
        return;
    while (next(&list.content, &value)) {
        char *name = name_of(&value);
        if (!name)
            continue;
        if (names->certified->len < CERTIFIED_MAX) {
            g_ptr_array_add(names->certified, name);
            continue;
        }
        names->certified_left_out++;
        g_free(name);
    }
}

static void take_extensions(lab_tls_names_t *names, der_t list)
{
    static const uint8_t subject_alt_name[] = {0x55, 0x1d, 17};
    der_value_t extension, type, value;
    while (next_of(&list, SEQUENCE, &extension)) {
        der_t *in = &extension.content;
        if (!next_of(in, OID, &type) || !next(in, &value) || (value.tag == BOOLEAN && !next(in, &value)))
            return;
        bool wanted = left(&type.content) == sizeof subject_alt_name &&
                      memcmp(type.content.at, subject_alt_name, sizeof subject_alt_name) == 0;
        if (wanted && value.tag == OCTETS)
            take_alternatives(names, value.content);
    }
}

/* ---- the certificate ---- */

/* serialNumber, signature, issuer, validity; RFC 5280 4.1. */
static bool skip_to_subject(der_t *tbs)
{
    static const uint8_t tags[] = {INTEGER, SEQUENCE, SEQUENCE, SEQUENCE};
    der_value_t value;
    bool good = next(tbs, &value);
    if (good && value.tag == VERSION)
        good = next(tbs, &value);
    for (size_t i = 0; good && i < sizeof tags; i++) {
        good = value.tag == tags[i] && value.whole;
        if (good && i + 1 < sizeof tags)
            good = next(tbs, &value);
    }
    return good;
}

void lab_tls_take_certificate(lab_tls_names_t *names, const uint8_t *bytes, size_t length)
{
    der_t in = {bytes, bytes + length};
    der_value_t certificate, tbs, value;
    if (names->certified || !next_of(&in, SEQUENCE, &certificate) ||
        !next_of(&certificate.content, SEQUENCE, &tbs) || !skip_to_subject(&tbs.content) ||
        !next_of(&tbs.content, SEQUENCE, &value))
        return;
    names->certified = g_ptr_array_new_with_free_func(g_free);
    names->subject = value.whole ? subject_of(value.content) : NULL;
    while (next(&tbs.content, &value)) {
        der_value_t list;
        if (value.tag == EXTENSIONS && next_of(&value.content, SEQUENCE, &list))
            take_extensions(names, list.content);
    }
}

void lab_tls_take_certificates(lab_tls_names_t *names, const uint8_t *body, size_t length)
{
    enum { LIST_LENGTH = 3, CERTIFICATE_LENGTH = 3 };
    const size_t before = LIST_LENGTH + CERTIFICATE_LENGTH;
    if (length <= before)
        return;
    size_t first = (size_t)body[3] << 16 | (size_t)body[4] << 8 | body[5]; /* the server's own comes first */
    lab_tls_take_certificate(names, body + before, MIN(first, length - before));
}

void lab_tls_take_certificates_13(lab_tls_names_t *names, const uint8_t *body, size_t length)
{
    size_t context = length ? 1u + body[0] : 0; /* certificate_request_context */
    if (context < length)
        lab_tls_take_certificates(names, body + context, length - context);
}
