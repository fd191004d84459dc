/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng blocks, appended to a byte array. The format: IETF draft-ietf-opsawg-pcapng. */
#ifndef LABDUMP_PCAPNG_H
#define LABDUMP_PCAPNG_H

#include <glib.h>
#include <stdint.h>

/* The contents of the section header and of the interface description. Strings may be NULL. */
typedef struct {
    const char *comment;
    const char *application;
    const char *name;        /* of the interface */
    const char *description; /* of the interface */
    const char *filter;      /* capture filter in libpcap's language */
    unsigned link_type;      /* LINKTYPE_ number */
    unsigned snap_length;    /* bytes */
} lab_pcapng_head_t;

/* A section header and one interface, with timestamps in nanoseconds. */
void pcapng_put_head(GByteArray *out, const lab_pcapng_head_t *head);

/* One packet on that interface; nanoseconds since 1970. */
void pcapng_put_packet(GByteArray *out, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                       unsigned length);

/* The same with a comment, which may be NULL. */
void pcapng_put_commented(GByteArray *out, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                          unsigned length, const char *comment);

/* Gives a packet's block, that has no options yet, a comment. */
void pcapng_add_comment(GByteArray *block, const char *comment);

/* Decryption secrets of TLS sessions: lines of the format NSS Key Log. Wireshark uses them for the packets
 * after the block. */
void pcapng_put_secrets(GByteArray *out, const char *lines, size_t length);

/* The interface's statistics, once at the end. */
void pcapng_put_statistics(GByteArray *out, uint64_t nanoseconds, uint64_t received, uint64_t dropped);

#endif
