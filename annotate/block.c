/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "block.h"

#include <string.h>

enum {
    HEADER = 8,             /* bytes of type and length */
    TRAILER = 4,            /* bytes of the length at the end */
    LONGEST = 16 << 20,     /* bytes: Wireshark reads no longer block */
    OPTION_COMMENT = 1,     /* opt_comment */
    OPTION_HEADER = 4,      /* bytes of code and length */
    LONGEST_COMMENT = 65000 /* bytes: an option's length has 16 bits */
};
#define BYTE_ORDER_MAGIC 0x1A2B3C4Du

static uint32_t get32(const uint8_t *p, bool big_endian)
{
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return big_endian ? GUINT32_FROM_BE(value) : GUINT32_FROM_LE(value);
}

static uint16_t get16(const uint8_t *p, bool big_endian)
{
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return big_endian ? GUINT16_FROM_BE(value) : GUINT16_FROM_LE(value);
}

uint32_t lab_get32(const lab_block_t *block, guint at)
{
    return get32(block->bytes->data + at, block->big_endian);
}

void lab_put16(GByteArray *bytes, bool big_endian, uint16_t value)
{
    value = big_endian ? GUINT16_TO_BE(value) : GUINT16_TO_LE(value);
    g_byte_array_append(bytes, (const guint8 *)&value, sizeof value);
}

void lab_put32(GByteArray *bytes, bool big_endian, uint32_t value)
{
    value = big_endian ? GUINT32_TO_BE(value) : GUINT32_TO_LE(value);
    g_byte_array_append(bytes, (const guint8 *)&value, sizeof value);
}

void lab_set32(GByteArray *bytes, guint at, bool big_endian, uint32_t value)
{
    value = big_endian ? GUINT32_TO_BE(value) : GUINT32_TO_LE(value);
    memcpy(bytes->data + at, &value, sizeof value);
}

/* A section says in its first field which byte order it is in. */
static bool take_order(lab_block_t *block, lab_source_t *source)
{
    if (lab_source_read(source, 4, block->bytes) < 4)
        return false;
    block->big_endian = get32(block->bytes->data + HEADER, true) == BYTE_ORDER_MAGIC;
    return block->big_endian || get32(block->bytes->data + HEADER, false) == BYTE_ORDER_MAGIC;
}

lab_block_result_t lab_block_read(lab_source_t *source, lab_block_t *block)
{
    GByteArray *bytes = block->bytes;
    g_byte_array_set_size(bytes, 0);
    size_t got = lab_source_read(source, HEADER, bytes);
    if (got < HEADER)
        return got ? LAB_BLOCK_CUT : LAB_BLOCK_END;
    block->type = get32(bytes->data, block->big_endian);
    /* The type of a section is the same in both orders. */
    if (block->type == LAB_BLOCK_SECTION && !take_order(block, source))
        return LAB_BLOCK_CUT;
    uint32_t length = get32(bytes->data + 4, block->big_endian);
    if (length < bytes->len + TRAILER || length % 4 != 0 || length > LONGEST)
        return LAB_BLOCK_CUT;
    size_t rest = length - bytes->len;
    if (lab_source_read(source, rest, bytes) < rest)
        return LAB_BLOCK_CUT;
    return get32(bytes->data + length - TRAILER, block->big_endian) == length ? LAB_BLOCK_READ
                                                                              : LAB_BLOCK_CUT;
}

/* Bytes before the options in the blocks that Lab writes into: fixed fields, then the packet's bytes. */
static const struct {
    uint32_t type;
    guint fixed;    /* bytes of header and fixed fields */
    guint captured; /* offset of the number of packet bytes; 0 = the block holds none */
} shapes[] = {
    {LAB_BLOCK_SECTION, HEADER + 16, 0},
    {LAB_BLOCK_PACKET, HEADER + 20, HEADER + 12},
    {LAB_BLOCK_ENHANCED, HEADER + 20, HEADER + 12},
};

bool lab_block_options(const lab_block_t *block, guint *begin)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        if (shapes[i].type != block->type || block->bytes->len < shapes[i].fixed + TRAILER)
            continue;
        guint64 captured = shapes[i].captured ? lab_get32(block, shapes[i].captured) : 0;
        guint64 at = shapes[i].fixed + (captured + 3) / 4 * 4;
        *begin = (guint)at;
        return at + TRAILER <= block->bytes->len;
    }
    return false;
}

static void set_length(lab_block_t *block)
{
    lab_set32(block->bytes, 4, block->big_endian, block->bytes->len);
    lab_set32(block->bytes, block->bytes->len - TRAILER, block->big_endian, block->bytes->len);
}

static void insert(GByteArray *bytes, guint at, const GByteArray *what)
{
    guint before = bytes->len;
    g_byte_array_set_size(bytes, before + what->len);
    memmove(bytes->data + at + what->len, bytes->data + at, before - at);
    memcpy(bytes->data + at, what->data, what->len);
}

/* Bytes of a text that fit into an option: whole characters. */
static size_t fitting(const char *text)
{
    size_t length = strlen(text);
    if (length <= LONGEST_COMMENT)
        return length;
    return (size_t)(g_utf8_find_prev_char(text, text + LONGEST_COMMENT + 1) - text);
}

static void put_comment(GByteArray *out, bool big_endian, const char *text)
{
    size_t length = fitting(text);
    const char *more = text[length] ? "..." : "";
    GString *words = g_string_new(LAB_COMMENT_MARK);
    g_string_append_len(words, text, (gssize)length);
    g_string_append(words, more);
    lab_put16(out, big_endian, OPTION_COMMENT);
    lab_put16(out, big_endian, (uint16_t)words->len);
    g_byte_array_append(out, (const guint8 *)words->str, (guint)words->len);
    while (out->len % 4)
        g_byte_array_append(out, (const guint8 *)"", 1);
    g_string_free(words, TRUE);
}

/* True if nothing but ends of options (code 0, length 0) stands from `at` on. */
static bool only_ends(const lab_block_t *block, guint at)
{
    for (guint i = at; i < block->bytes->len - TRAILER; i++)
        if (block->bytes->data[i])
            return false;
    return true;
}

/* Where there were no options, or their end alone, one end more is written: removing takes it again. */
guint lab_block_add_comment(lab_block_t *block, guint options, const char *text)
{
    GByteArray *option = g_byte_array_new();
    put_comment(option, block->big_endian, text);
    if (only_ends(block, options))
        lab_put32(option, block->big_endian, 0);
    guint grown = option->len;
    insert(block->bytes, options, option);
    set_length(block);
    g_byte_array_unref(option);
    return grown;
}

bool lab_block_has_comment(const lab_block_t *block, guint options)
{
    const uint8_t *p = block->bytes->data + options;
    guint room = block->bytes->len - TRAILER - options;
    guint mark = strlen(LAB_COMMENT_MARK);
    return room >= OPTION_HEADER + mark && get16(p, block->big_endian) == OPTION_COMMENT &&
           get16(p + 2, block->big_endian) >= mark &&
           (get16(p + 2, block->big_endian) + 3u) / 4 * 4 + OPTION_HEADER <= room &&
           memcmp(p + OPTION_HEADER, LAB_COMMENT_MARK, mark) == 0;
}

guint lab_block_remove_comment(lab_block_t *block, guint options)
{
    if (!lab_block_has_comment(block, options))
        return 0;
    guint length = get16(block->bytes->data + options + 2, block->big_endian);
    guint size = OPTION_HEADER + (length + 3) / 4 * 4;
    g_byte_array_remove_range(block->bytes, options, size);
    if (block->bytes->len - TRAILER - options >= OPTION_HEADER && only_ends(block, options)) {
        g_byte_array_remove_range(block->bytes, options, OPTION_HEADER);
        size += OPTION_HEADER;
    }
    set_length(block);
    return size;
}

void lab_block_begin(lab_block_t *block, uint32_t type, bool big_endian)
{
    block->type = type;
    block->big_endian = big_endian;
    g_byte_array_set_size(block->bytes, 0);
    lab_put32(block->bytes, big_endian, type);
    lab_put32(block->bytes, big_endian, 0);
}

void lab_block_end(lab_block_t *block)
{
    while (block->bytes->len % 4)
        g_byte_array_append(block->bytes, (const guint8 *)"", 1);
    lab_put32(block->bytes, block->big_endian, 0);
    set_length(block);
}
