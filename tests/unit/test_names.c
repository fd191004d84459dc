/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_names.c - names in hellos and certificates: RFC 6066 3, RFC 7301 3.1, RFC 5280 4.1. */
#include "tls_names.h"

#include <string.h>

#include "units.h"

/* A certificate made by hand: subject C=CN, O="实验, 一", CN=h.example; subjectAltName h.example,
 * *.h.example, 192.0.2.1. Keys and signature are empty. */
static const uint8_t certificate[] =
    "\x30\x7d\x30\x76\xa0\x03\x02\x01\x02\x02\x01\x01\x30\x00\x30\x00\x30\x00" /* up to the subject */
    "\x30\x37\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02\x43\x4e"             /* C */
    "\x31\x14\x30\x12\x06\x03\x55\x04\x0a\x0c\x0b\xe5\xae\x9e\xe9\xaa\x8c\x2c\x20\xe4\xb8\x80" /* O */
    "\x31\x12\x30\x10\x06\x03\x55\x04\x03\x0c\x09\x68\x2e\x65\x78\x61\x6d\x70\x6c\x65"         /* CN */
    "\x30\x00\xa3\x2b\x30\x29\x30\x27\x06\x03\x55\x1d\x11\x04\x20\x30\x1e"
    "\x82\x09\x68\x2e\x65\x78\x61\x6d\x70\x6c\x65"
    "\x82\x0b\x2a\x2e\x68\x2e\x65\x78\x61\x6d\x70\x6c\x65"
    "\x87\x04\xc0\x00\x02\x01"
    "\x30\x00\x03\x01\x00";
enum { CERTIFICATE = sizeof certificate - 1, SUBJECT_END = 18 + 2 + 0x37 };

/* In memory of exactly its size, so that a byte too far is seen. */
static lab_tls_names_t names_of(const uint8_t *der, size_t length)
{
    lab_tls_names_t names = {0};
    uint8_t *exact = g_memdup2(der, length);
    lab_tls_take_certificate(&names, exact, length);
    g_free(exact);
    return names;
}

static void a_certificate_has_a_subject_and_names(void)
{
    lab_tls_names_t names = names_of(certificate, CERTIFICATE);
    g_assert_cmpstr(names.subject, ==, "CN=h.example,O=实验\\, 一,C=CN");
    g_assert_cmpuint(names.certified->len, ==, 3);
    g_assert_cmpstr(g_ptr_array_index(names.certified, 0), ==, "h.example");
    g_assert_cmpstr(g_ptr_array_index(names.certified, 1), ==, "*.h.example");
    g_assert_cmpstr(g_ptr_array_index(names.certified, 2), ==, "192.0.2.1");
    lab_tls_names_clear(&names);
}

/* What stands before the cut is read, and nothing of a value that is not whole. */
static void a_certificate_that_is_cut_is_read_as_far_as_it_goes(void)
{
    for (size_t n = 0; n < CERTIFICATE; n++) {
        lab_tls_names_t names = names_of(certificate, n);
        g_assert_cmpstr(names.subject, ==, n < SUBJECT_END ? NULL : "CN=h.example,O=实验\\, 一,C=CN");
        g_assert_cmpuint(names.certified ? names.certified->len : 0, <=, 3);
        lab_tls_names_clear(&names);
    }
}

/* Every byte is replaced by bytes that are lengths or tags. */
static void a_certificate_with_a_wrong_byte_does_no_harm(void)
{
    static const uint8_t wrong[] = {0x00, 0x1f, 0x7f, 0x80, 0x81, 0x83, 0x84, 0xff};
    uint8_t der[CERTIFICATE];
    for (size_t i = 0; i < CERTIFICATE; i++)
        for (size_t k = 0; k < sizeof wrong; k++) {
            memcpy(der, certificate, CERTIFICATE);
            der[i] = wrong[k];
            lab_tls_names_t names = names_of(der, CERTIFICATE);
            g_assert_true(!names.subject || g_utf8_validate(names.subject, -1, NULL));
            lab_tls_names_clear(&names);
        }
}

static void names_past_the_bound_are_counted(void)
{
    /* A certificate with an empty subject and 20 names of one letter (3 bytes each): RFC 5280 4.1.2.6. */
    GByteArray *der = g_byte_array_new();
    static const uint8_t before[] = "\x30\x5a\x30\x58\x02\x01\x01\x30\x00\x30\x00\x30\x00\x30\x00\x30\x00"
                                    "\xa3\x49\x30\x47\x30\x45\x06\x03\x55\x1d\x11\x04\x3e\x30\x3c";
    g_byte_array_append(der, before, sizeof before - 1);
    for (unsigned i = 0; i < 20; i++)
        g_byte_array_append(der, (const uint8_t *)"\x82\x01x", 3);
    lab_tls_names_t names = names_of(der->data, der->len);
    g_assert_null(names.subject);
    g_assert_cmpuint(names.certified->len, ==, 16);
    g_assert_cmpuint(names.certified_left_out, ==, 4);
    lab_tls_names_clear(&names);
    g_byte_array_unref(der);
}

/* A list of Certificate messages may end early, and its first length may lie. */
static void a_list_of_certificates_is_read_to_its_first(void)
{
    GByteArray *body = g_byte_array_new();
    g_byte_array_append(body, (const uint8_t *)"\x00\x00\x82\x00\x00\x7f", 6);
    g_byte_array_append(body, certificate, CERTIFICATE);
    for (guint n = 0; n <= body->len; n++) {
        lab_tls_names_t names = {0};
        uint8_t *exact = g_memdup2(body->data, n);
        lab_tls_take_certificates(&names, exact, n);
        g_assert_true((names.subject != NULL) == (n >= 6 + SUBJECT_END));
        g_free(exact);
        lab_tls_names_clear(&names);
    }
    g_byte_array_unref(body);
}

static void a_protocol_list_must_be_exact(void)
{
    static const struct {
        const char *value;
        size_t length;
        const char *first;
    } rows[] = {{"\x00\x03\x02h2", 5, "h2"},
                {"\x00\x03\x02h2x", 6, NULL},
                {"\x00\x04\x02h2", 5, NULL},
                {"\x00\x01\x00", 3, NULL},
                {"\x00", 1, NULL},
                {"\x00\x02\x01 ", 4, "\\x20"},
                {"\x00\x04\x03\xe4\xb8\x80", 6, "\\xe4\\xb8\\x80"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        lab_tls_names_t names = {0};
        uint8_t *exact = g_memdup2(rows[i].value, rows[i].length);
        lab_tls_take_alpn(&names, false, exact, rows[i].length);
        g_assert_true((names.offered != NULL) == (rows[i].first != NULL));
        if (names.offered)
            g_assert_cmpstr(g_ptr_array_index(names.offered, 0), ==, rows[i].first);
        g_free(exact);
        lab_tls_names_clear(&names);
    }
}

void add_names_tests(void)
{
    g_test_add_func("/names/a certificate has a subject and names", a_certificate_has_a_subject_and_names);
    g_test_add_func("/names/a certificate that is cut is read as far as it goes",
                    a_certificate_that_is_cut_is_read_as_far_as_it_goes);
    g_test_add_func("/names/a certificate with a wrong byte does no harm",
                    a_certificate_with_a_wrong_byte_does_no_harm);
    g_test_add_func("/names/names past the bound are counted", names_past_the_bound_are_counted);
    g_test_add_func("/names/a list of certificates is read to its first",
                    a_list_of_certificates_is_read_to_its_first);
    g_test_add_func("/names/a protocol list must be exact", a_protocol_list_must_be_exact);
}
