/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcapng.h"

#include <string.h>

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0A0D0D0A
};
enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4 };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9, IF_FILTER = 11 };
enum { SECRETS_TLS_KEY_LOG = 0x544c534b }; /* "TLSK" */
enum { ISB_IFRECV = 4, ISB_IFDROP = 5 };

static void put16(GByteArray *out, uint16_t value)
{
    g_byte_array_append(out, (const uint8_t *)&value, sizeof value);
}

static void put32(GByteArray *out, uint32_t value)
{
    g_byte_array_append(out, (const uint8_t *)&value, sizeof value);
}

static void put_padded(GByteArray *out, const void *data, size_t length)
{
    static const uint8_t zeros[4];
    g_byte_array_append(out, data, (unsigned)length);
    g_byte_array_append(out, zeros, (unsigned)(-length & 3));
}

/* The length of a block stands at its start and at its end. begin() leaves room for the first, end() writes
 * both. */
static unsigned begin(GByteArray *out, uint32_t type)
{
    unsigned start = out->len;
    put32(out, type);
    put32(out, 0);
    return start;
}

static void end(GByteArray *out, unsigned start)
{
    uint32_t length = out->len - start + 4;
    put32(out, length);
    memcpy(out->data + start + 4, &length, sizeof length);
}

static void put_option(GByteArray *out, uint16_t code, const void *data, size_t length)
{
    put16(out, code);
    put16(out, (uint16_t)length);
    put_padded(out, data, length);
}

static void put_text(GByteArray *out, uint16_t code, const char *words)
{
    if (words && *words)
        put_option(out, code, words, MIN(strlen(words), 65535u));
}

static void put_time(GByteArray *out, uint64_t nanoseconds)
{
    put32(out, (uint32_t)(nanoseconds >> 32));
    put32(out, (uint32_t)nanoseconds);
}

static void put_section(GByteArray *out, const lab_pcapng_head_t *head)
{
    unsigned start = begin(out, BLOCK_SECTION);
    put32(out, 0x1A2B3C4D);
    put16(out, 1);
    put16(out, 0);
    put32(out, 0xFFFFFFFF); /* section length: not known */
    put32(out, 0xFFFFFFFF);
    put_text(out, OPT_COMMENT, head->comment);
    put_text(out, SHB_USERAPPL, head->application);
    put_option(out, OPT_END, "", 0);
    end(out, start);
}

static void put_interface(GByteArray *out, const lab_pcapng_head_t *head)
{
    static const uint8_t nanosecond = 9;
    unsigned start = begin(out, BLOCK_INTERFACE);
    put16(out, (uint16_t)head->link_type);
    put16(out, 0);
    put32(out, head->snap_length);
    put_text(out, IF_NAME, head->name);
    put_text(out, IF_DESCRIPTION, head->description);
    put_option(out, IF_TSRESOL, &nanosecond, 1);
    if (head->filter) { /* the first byte, 0, means: a filter in libpcap's language */
        char *value = g_strconcat("0", head->filter, NULL);
        value[0] = '\0';
        put_option(out, IF_FILTER, value, strlen(head->filter) + 1);
        g_free(value);
    }
    put_option(out, OPT_END, "", 0);
    end(out, start);
}

void pcapng_put_head(GByteArray *out, const lab_pcapng_head_t *head)
{
    put_section(out, head);
    put_interface(out, head);
}

void pcapng_put_commented(GByteArray *out, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                          unsigned length, const char *comment)
{
    unsigned start = begin(out, BLOCK_PACKET);
    put32(out, 0);
    put_time(out, nanoseconds);
    put32(out, captured);
    put32(out, length);
    put_padded(out, data, captured);
    if (comment && *comment) {
        put_text(out, OPT_COMMENT, comment);
        put_option(out, OPT_END, "", 0);
    }
    end(out, start);
}

void pcapng_put_packet(GByteArray *out, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                       unsigned length)
{
    pcapng_put_commented(out, nanoseconds, data, captured, length, NULL);
}

void pcapng_put_secrets(GByteArray *out, const char *lines, size_t length)
{
    unsigned start = begin(out, BLOCK_SECRETS);
    put32(out, SECRETS_TLS_KEY_LOG);
    put32(out, (uint32_t)length);
    put_padded(out, lines, length);
    end(out, start);
}

void pcapng_add_comment(GByteArray *block, const char *comment)
{
    g_byte_array_set_size(block, block->len - 4); /* the length at its end */
    put_text(block, OPT_COMMENT, comment);
    put_option(block, OPT_END, "", 0);
    end(block, 0);
}

void pcapng_put_statistics(GByteArray *out, uint64_t nanoseconds, uint64_t received, uint64_t dropped)
{
    unsigned start = begin(out, BLOCK_STATISTICS);
    put32(out, 0);
    put_time(out, nanoseconds);
    put_option(out, ISB_IFRECV, &received, sizeof received);
    put_option(out, ISB_IFDROP, &dropped, sizeof dropped);
    put_option(out, OPT_END, "", 0);
    end(out, start);
}
