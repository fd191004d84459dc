#include "pcapng.h"

#include <string.h>

enum { BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6, BLOCK_SECTION = 0x0A0D0D0A };
enum { OPT_END = 0, OPT_COMMENT = 1, SHB_USERAPPL = 4 };
enum { IF_NAME = 2, IF_DESCRIPTION = 3, IF_TSRESOL = 9, IF_FILTER = 11 };
enum { ISB_IFRECV = 4, ISB_IFDROP = 5 };

static void put16(GByteArray *out, guint16 value)
{
    g_byte_array_append(out, (const guint8 *)&value, sizeof value);
}

static void put32(GByteArray *out, guint32 value)
{
    g_byte_array_append(out, (const guint8 *)&value, sizeof value);
}

static void put_padded(GByteArray *out, const void *data, gsize length)
{
    static const guint8 zeros[4];
    g_byte_array_append(out, data, (guint)length);
    g_byte_array_append(out, zeros, (guint)(-length & 3));
}

/* A block's length stands before and after it: begin() leaves room for the first, end() fills in both. */
static guint begin(GByteArray *out, guint32 type)
{
    guint start = out->len;
    put32(out, type);
    put32(out, 0);
    return start;
}

static void end(GByteArray *out, guint start)
{
    guint32 length = out->len - start + 4;
    put32(out, length);
    memcpy(out->data + start + 4, &length, sizeof length);
}

static void put_option(GByteArray *out, guint16 code, const void *data, gsize length)
{
    put16(out, code);
    put16(out, (guint16)length);
    put_padded(out, data, length);
}

static void put_text(GByteArray *out, guint16 code, const char *words)
{
    if (words && *words)
        put_option(out, code, words, MIN(strlen(words), 65535u));
}

static void put_time(GByteArray *out, guint64 nanoseconds)
{
    put32(out, (guint32)(nanoseconds >> 32));
    put32(out, (guint32)nanoseconds);
}

static void put_section(GByteArray *out, const struct pcapng_head *head)
{
    guint start = begin(out, BLOCK_SECTION);
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

static void put_interface(GByteArray *out, const struct pcapng_head *head)
{
    static const guint8 nanosecond = 9;
    guint start = begin(out, BLOCK_INTERFACE);
    put16(out, (guint16)head->link_type);
    put16(out, 0);
    put32(out, head->snap_length);
    put_text(out, IF_NAME, head->name);
    put_text(out, IF_DESCRIPTION, head->description);
    put_option(out, IF_TSRESOL, &nanosecond, 1);
    if (head->filter) { /* its first byte says: a string for libpcap */
        char *value = g_strconcat("0", head->filter, NULL);
        value[0] = '\0';
        put_option(out, IF_FILTER, value, strlen(head->filter) + 1);
        g_free(value);
    }
    put_option(out, OPT_END, "", 0);
    end(out, start);
}

void pcapng_put_head(GByteArray *out, const struct pcapng_head *head)
{
    put_section(out, head);
    put_interface(out, head);
}

void pcapng_put_packet(GByteArray *out, guint64 nanoseconds, const guint8 *data, guint captured, guint length)
{
    guint start = begin(out, BLOCK_PACKET);
    put32(out, 0);
    put_time(out, nanoseconds);
    put32(out, captured);
    put32(out, length);
    put_padded(out, data, captured);
    end(out, start);
}

void pcapng_put_statistics(GByteArray *out, guint64 nanoseconds, guint64 received, guint64 dropped)
{
    guint start = begin(out, BLOCK_STATISTICS);
    put32(out, 0);
    put_time(out, nanoseconds);
    put_option(out, ISB_IFRECV, &received, sizeof received);
    put_option(out, ISB_IFDROP, &dropped, sizeof dropped);
    put_option(out, OPT_END, "", 0);
    end(out, start);
}
