/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include <string.h>

enum {
    PCAP_HEADER = 24,          /* bytes */
    PCAP_RECORD = 16,          /* bytes of a frame's header */
    LONGEST_FRAME = 256 << 10, /* bytes, as in Wireshark */
    TAIL_PIECE = 1 << 20       /* bytes at the end of the file in one block */
};
#define PCAP_MICROSECONDS 0xA1B2C3D4u
#define PCAP_NANOSECONDS  0xA1B23C4Du

/* Of a block of Lab. */
enum { KIND_AT = 8, COUNT_AT = 12, BYTES_AT = 16, AFTER_BYTES = 4 };

uint32_t lab_block_kind(const lab_block_t *block, const uint8_t **bytes, guint *count)
{
    if (block->type != LAB_BLOCK_LAB || block->bytes->len < BYTES_AT + AFTER_BYTES)
        return 0;
    *count = MIN(lab_get32(block, COUNT_AT), block->bytes->len - BYTES_AT - AFTER_BYTES);
    *bytes = block->bytes->data + BYTES_AT;
    return lab_get32(block, KIND_AT);
}

void lab_block_make_kind(lab_block_t *block, bool big_endian, uint32_t kind, const void *bytes, guint count)
{
    lab_block_begin(block, LAB_BLOCK_LAB, big_endian);
    lab_put32(block->bytes, big_endian, kind);
    lab_put32(block->bytes, big_endian, count);
    g_byte_array_append(block->bytes, bytes, count);
    lab_block_end(block);
}

/* ---- pcap ---- */

static uint32_t number(const lab_reader_t *r, const GByteArray *from, guint at)
{
    uint32_t value;
    memcpy(&value, from->data + at, sizeof value);
    return r->big_endian ? GUINT32_FROM_BE(value) : GUINT32_FROM_LE(value);
}

static bool is_pcap(lab_reader_t *r, const GByteArray *start)
{
    for (int order = 0; order < 2; order++) {
        r->big_endian = order == 1;
        uint32_t magic = number(r, start, 0);
        r->unit = magic == PCAP_MICROSECONDS ? 1000000 : magic == PCAP_NANOSECONDS ? 1000000000 : 0;
        if (r->unit)
            return true;
    }
    return false;
}

static void make_section(lab_reader_t *r, lab_block_t *block)
{
    lab_block_begin(block, LAB_BLOCK_SECTION, r->big_endian);
    lab_put32(block->bytes, r->big_endian, 0x1A2B3C4D);
    lab_put16(block->bytes, r->big_endian, 1);
    lab_put16(block->bytes, r->big_endian, 0);
    lab_put32(block->bytes, r->big_endian, UINT32_MAX);
    lab_put32(block->bytes, r->big_endian, UINT32_MAX);
    lab_block_end(block);
}

static void put_option(GByteArray *bytes, bool big_endian, uint16_t code, uint8_t value)
{
    lab_put16(bytes, big_endian, code);
    lab_put16(bytes, big_endian, 1);
    g_byte_array_append(bytes, (const guint8[]){value, 0, 0, 0}, 4);
}

/* The link type is the low half of its field; above it may stand the length of the frame check sequence. */
static void make_interface(lab_reader_t *r, lab_block_t *block)
{
    uint32_t link = number(r, r->header, 20);
    lab_block_begin(block, LAB_BLOCK_INTERFACE, r->big_endian);
    lab_put16(block->bytes, r->big_endian, (uint16_t)link);
    lab_put16(block->bytes, r->big_endian, 0);
    lab_put32(block->bytes, r->big_endian, number(r, r->header, 16));
    put_option(block->bytes, r->big_endian, 9, r->unit == 1000000 ? 6 : 9); /* if_tsresol */
    if (link & 0x04000000)
        put_option(block->bytes, r->big_endian, 13, (uint8_t)(link >> 28)); /* if_fcslen */
    lab_put32(block->bytes, r->big_endian, 0);
    lab_block_end(block);
}

static void make_frame(lab_reader_t *r, lab_block_t *block)
{
    uint64_t time = (uint64_t)number(r, r->record, 0) * r->unit + number(r, r->record, 4);
    lab_block_begin(block, LAB_BLOCK_ENHANCED, r->big_endian);
    lab_put32(block->bytes, r->big_endian, 0);
    lab_put32(block->bytes, r->big_endian, (uint32_t)(time >> 32));
    lab_put32(block->bytes, r->big_endian, (uint32_t)time);
    lab_put32(block->bytes, r->big_endian, number(r, r->record, 8));
    lab_put32(block->bytes, r->big_endian, number(r, r->record, 12));
    g_byte_array_append(block->bytes, r->record->data + PCAP_RECORD, r->record->len - PCAP_RECORD);
    lab_block_end(block);
    g_byte_array_set_size(r->record, 0);
    r->frames++;
}

/* True if a whole frame was read into `record`; else it holds what there was. */
static bool read_frame(lab_reader_t *r)
{
    if (r->frames >= r->limit || lab_source_read(r->source, PCAP_RECORD, r->record) < PCAP_RECORD)
        return false;
    uint32_t captured = number(r, r->record, 8);
    return captured <= LONGEST_FRAME && lab_source_read(r->source, captured, r->record) == captured;
}

static lab_block_result_t next_of_frames(lab_reader_t *r, lab_block_t *block)
{
    bool waits = r->record->len > 0; /* its header was given out */
    if (!waits && !read_frame(r)) {
        lab_source_read(r->source, TAIL_PIECE - MIN(r->record->len, TAIL_PIECE), r->record);
        if (r->record->len == 0)
            return LAB_BLOCK_END;
        lab_block_make_kind(block, r->big_endian, LAB_KIND_TAIL, r->record->data, r->record->len);
        g_byte_array_set_size(r->record, 0);
        r->limit = 0;
        return LAB_BLOCK_READ;
    }
    if (!waits && number(r, r->record, 4) >= r->unit)
        lab_block_make_kind(block, r->big_endian, LAB_KIND_RECORD, r->record->data, PCAP_RECORD);
    else
        make_frame(r, block);
    return LAB_BLOCK_READ;
}

static lab_block_result_t next_of_pcap(lab_reader_t *r, lab_block_t *block)
{
    switch (r->step++) {
    case 0:
        make_section(r, block);
        return LAB_BLOCK_READ;
    case 1:
        lab_block_make_kind(block, r->big_endian, LAB_KIND_PCAP, r->header->data, PCAP_HEADER);
        return LAB_BLOCK_READ;
    case 2:
        make_interface(r, block);
        return LAB_BLOCK_READ;
    default:
        return next_of_frames(r, block);
    }
}

/* ---- pcapng ---- */

static lab_block_result_t read_raw(lab_reader_t *r, lab_block_t *block)
{
    if (!r->ahead)
        return lab_block_read(r->source, block);
    r->ahead = false;
    GByteArray *swap = block->bytes;
    *block = r->next;
    r->next.bytes = swap;
    return r->next_result;
}

/* A section that Lab has annotated is followed by a block of Lab that says so and holds the length that the
 * section had before. It is passed over. */
static void look_ahead(lab_reader_t *r, lab_block_t *section)
{
    const uint8_t *bytes;
    guint count;
    r->next.big_endian = section->big_endian;
    r->next_result = lab_block_read(r->source, &r->next);
    r->annotated = r->next_result == LAB_BLOCK_READ &&
                   lab_block_kind(&r->next, &bytes, &count) == LAB_KIND_ANNOTATED &&
                   count == LAB_SECTION_LENGTH_SIZE;
    r->ahead = !r->annotated;
    r->was_lab |= r->annotated;
    if (r->annotated)
        memcpy(section->bytes->data + LAB_SECTION_LENGTH, bytes, count);
}

static lab_block_result_t next_of_pcapng(lab_reader_t *r, lab_block_t *block)
{
    guint options;
    lab_block_result_t result = read_raw(r, block);
    if (result != LAB_BLOCK_READ)
        return result;
    if (block->type == LAB_BLOCK_SECTION && block->bytes->len >= LAB_SECTION_LENGTH + LAB_SECTION_LENGTH_SIZE)
        look_ahead(r, block);
    if ((r->annotated || r->everywhere) && lab_block_options(block, &options))
        r->removed += lab_block_remove_comment(block, options) > 0;
    return LAB_BLOCK_READ;
}

/* ---- both ---- */

lab_reader_start_t lab_reader_open(lab_reader_t *r, lab_source_t *source, uint64_t limit)
{
    *r = (lab_reader_t){.source = source, .limit = limit};
    r->header = g_byte_array_new();
    r->record = g_byte_array_new();
    r->next.bytes = g_byte_array_new();
    if (lab_source_read(source, PCAP_HEADER, r->header) == 0)
        return LAB_READER_EMPTY;
    if (r->header->len < 4)
        return LAB_READER_OTHER;
    r->pcap = r->header->len == PCAP_HEADER && is_pcap(r, r->header);
    r->big_endian &= r->pcap;
    bool pcapng = number(r, r->header, 0) == LAB_BLOCK_SECTION;
    if (!r->pcap && !(pcapng && lab_source_rewind(source)))
        return LAB_READER_OTHER;
    return LAB_READER_FINE;
}

void lab_reader_close(lab_reader_t *r)
{
    g_byte_array_unref(r->header);
    g_byte_array_unref(r->record);
    g_byte_array_unref(r->next.bytes);
}

lab_block_result_t lab_reader_next(lab_reader_t *r, lab_block_t *block)
{
    return r->pcap ? next_of_pcap(r, block) : next_of_pcapng(r, block);
}
