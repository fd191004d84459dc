/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gencap_tls.c - see gencap_tls.h. */
#include "gencap_tls.h"

#include "checksum.h"

#include <string.h>

enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22, APPLICATION_DATA = 23 };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
enum { RANDOM = 32, SESSION_ID = 32, KEY = 32 };

static unsigned record_head(uint8_t *out, unsigned type, unsigned length)
{
    out[0] = (uint8_t)type;
    out[1] = out[2] = 3;
    put16(out + 3, length);
    return TLS_RECORD_HEAD;
}

unsigned tls_data_head(uint8_t *out, unsigned content)
{
    return record_head(out, APPLICATION_DATA, content + TLS_RECORD_TAIL);
}

unsigned tls_data(uint8_t *out, unsigned content, const uint8_t *noise)
{
    unsigned head = tls_data_head(out, content), length = content + TLS_RECORD_TAIL;
    memcpy(out + head, noise, length);
    return head + length;
}

/* RFC 8446 D.4: for middleboxes; it means nothing. */
static unsigned change_cipher_spec(uint8_t *out)
{
    unsigned at = record_head(out, CHANGE_CIPHER_SPEC, 1);
    out[at] = 1;
    return at + 1;
}

/* A hello: version, random, session id, and what follows; it ends with a key share's key. */
static unsigned hello(uint8_t *out, unsigned type, const uint8_t *rest, unsigned length, const uint8_t *noise)
{
    unsigned body = 2 + RANDOM + 1 + SESSION_ID + length + KEY, at = record_head(out, HANDSHAKE, 4 + body);
    put32(out + at, type << 24 | body);
    put16(out + at + 4, 0x0303);
    memcpy(out + at + 6, noise, RANDOM);
    at += 6 + RANDOM;
    out[at++] = SESSION_ID;
    memset(out + at, 0x5e, SESSION_ID); /* the server repeats the client's */
    memcpy(out + at + SESSION_ID, rest, length);
    memcpy(out + at + SESSION_ID + length, noise + RANDOM, KEY);
    return at + SESSION_ID + length + KEY;
}

unsigned tls_client_hello(uint8_t *out, const uint8_t *noise)
{
    /* Each extension: number, length of what follows. */
    static const uint8_t rest[] = {
        0,   6,   0x13, 0x01, 0x13, 0x02, 0x13, 0x03, /* cipher suites */
        1,   0,                                       /* no compression */
        0,   111, /* the extensions: 21 + 7 + 8 + 12 + 15 + 6 + 42 bytes */
        0,   0,   0,    17,   0,    15,   0,    0,    12,  'w', 'w', 'w', '.', 'l',
        'a', 'b', '.',  't',  'e',  's',  't',  0,    43,  0,   3,   2,   3,   4, /* versions: 1.3 */
        0,   10,  0,    4,    0,    2,    0,    29,                               /* groups: x25519 */
        0,   13,  0,    8,    0,    6,    4,    3,    8,   4,   4,   1,           /* signatures */
        0,   16,  0,    11,   0,    9,    8,    'h',  't', 't', 'p', '/', '1', '.',
        '1', 0,   45,   0,    2,    1,    1,                    /* PSK with a key exchange */
        0,   51,  0,    38,   0,    36,   0,    29,   0,   32}; /* a key of x25519 */
    return hello(out, CLIENT_HELLO, rest, sizeof rest, noise);
}

unsigned tls_server_flight(uint8_t *out, const uint8_t *noise)
{
    static const uint8_t rest[] = {0x13, 0x01, 0,                    /* cipher suite, no compression */
                                   0,    46,                         /* the extensions: 6 + 40 bytes */
                                   0,    43,   0, 2,  3, 4,          /* version 1.3 */
                                   0,    51,   0, 36, 0, 29, 0, 32}; /* a key of x25519 */
    /* EncryptedExtensions, Certificate, CertificateVerify, Finished */
    static const unsigned contents[] = {21, 800, 79, 36};
    unsigned at = hello(out, SERVER_HELLO, rest, sizeof rest, noise);
    at += change_cipher_spec(out + at);
    for (unsigned i = 0; i < sizeof contents / sizeof *contents; i++)
        at += tls_data(out + at, contents[i], noise);
    return at;
}

unsigned tls_client_finished(uint8_t *out, const uint8_t *noise)
{
    unsigned at = change_cipher_spec(out);
    return at + tls_data(out + at, 36, noise);
}
