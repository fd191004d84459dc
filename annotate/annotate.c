/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "annotate.h"

#include <string.h>

/* The section that is being written. */
typedef struct {
    bool open, big_endian;
    uint64_t length_at; /* offset of its length in the file */
    uint64_t length;    /* that it said; UINT64_MAX = not known */
    uint64_t grown;     /* bytes that were added to it */
} lab_section_t;

typedef struct {
    lab_sink_t *out;
    lab_notes_t *notes;
    lab_job_t *job;
    lab_section_t section;
    bool custom_counts; /* Wireshark counts custom blocks as frames */
    uint64_t custom;
} lab_writer_t;

static uint64_t get_length(const lab_block_t *section)
{
    uint32_t first = lab_get32(section, LAB_SECTION_LENGTH),
             second = lab_get32(section, LAB_SECTION_LENGTH + 4);
    return section->big_endian ? (uint64_t)first << 32 | second : (uint64_t)second << 32 | first;
}

static void end_section(lab_writer_t *w)
{
    const lab_section_t *s = &w->section;
    if (!s->open || s->length == UINT64_MAX)
        return;
    uint64_t length = s->length + s->grown;
    length = s->big_endian ? GUINT64_TO_BE(length) : GUINT64_TO_LE(length);
    lab_sink_patch(w->out, s->length_at, &length, sizeof length);
}

/* The section gets its comment, and a block that keeps the length that it had. */
static void write_section(lab_writer_t *w, lab_block_t *block)
{
    guint options;
    lab_block_t mark = {.bytes = g_byte_array_new()};
    end_section(w);
    w->section = (lab_section_t){.open = true,
                                 .big_endian = block->big_endian,
                                 .length_at = w->out->written + LAB_SECTION_LENGTH,
                                 .length = get_length(block)};
    lab_block_make_kind(&mark, block->big_endian, LAB_KIND_ANNOTATED, block->bytes->data + LAB_SECTION_LENGTH,
                        LAB_SECTION_LENGTH_SIZE);
    if (lab_block_options(block, &options))
        lab_block_add_comment(block, options, lab_notes_section(w->notes));
    lab_sink_put_array(w->out, block->bytes);
    lab_sink_put_array(w->out, mark.bytes);
    w->section.grown = mark.bytes->len; /* a section's length counts what follows its first block */
    g_byte_array_unref(mark.bytes);
}

/* Blocks that Wireshark shows as frames. */
static bool is_frame(const lab_writer_t *w, const lab_block_t *block)
{
    static const uint32_t types[] = {LAB_BLOCK_ENHANCED,
                                     LAB_BLOCK_PACKET,
                                     LAB_BLOCK_SIMPLE,
                                     LAB_BLOCK_JOURNAL,
                                     0x204 /* Sysdig events, three versions */,
                                     0x216,
                                     0x221};
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (types[i] == block->type)
            return true;
    return w->custom_counts && (block->type == LAB_BLOCK_CUSTOM || block->type == LAB_BLOCK_CUSTOM_PRIVATE);
}

/* A frame without a note, whose own first comment looks like one of Lab's, gets an empty one in front, so
 * that removing takes that one. */
static void write_frame(lab_writer_t *w, lab_block_t *block)
{
    guint options;
    const char *note = lab_notes_of(w->notes, (uint32_t)++w->job->frames);
    bool holds = lab_block_options(block, &options);
    if (note && !holds)
        w->job->simple++;
    if (holds && (note || lab_block_has_comment(block, options))) {
        w->section.grown += lab_block_add_comment(block, options, note ? note : "-");
        w->job->noted += note != NULL;
    }
    lab_sink_put_array(w->out, block->bytes);
}

static void write_block(lab_writer_t *w, lab_block_t *block)
{
    w->custom += block->type == LAB_BLOCK_CUSTOM || block->type == LAB_BLOCK_CUSTOM_PRIVATE;
    if (block->type == LAB_BLOCK_SECTION)
        write_section(w, block);
    else if (is_frame(w, block))
        write_frame(w, block);
    else
        lab_sink_put_array(w->out, block->bytes);
}

/* What stands behind the last whole block goes over as it is. */
static void write_rest(lab_source_t *in, lab_sink_t *out, GByteArray *bytes)
{
    do {
        lab_sink_put_array(out, bytes);
        g_byte_array_set_size(bytes, 0);
    } while (lab_source_read(in, 1 << 20, bytes) > 0);
}

static lab_job_result_t result_of(lab_source_t *in, const lab_sink_t *out)
{
    if (lab_source_failed(in))
        return LAB_JOB_UNREAD;
    return out->error ? LAB_JOB_UNWRITTEN : LAB_JOB_DONE;
}

static lab_job_result_t write_all(lab_writer_t *w, lab_source_t *in)
{
    lab_reader_t reader;
    lab_block_t block = {.bytes = g_byte_array_new()};
    lab_block_result_t result = LAB_BLOCK_END;
    const uint8_t *bytes;
    guint count;
    lab_reader_start_t start = lab_reader_open(&reader, in, lab_notes_frames(w->notes));
    while (start == LAB_READER_FINE && (result = lab_reader_next(&reader, &block)) == LAB_BLOCK_READ) {
        w->job->cut |= lab_block_kind(&block, &bytes, &count) == LAB_KIND_TAIL;
        write_block(w, &block);
    }
    if (result == LAB_BLOCK_CUT)
        write_rest(in, w->out, block.bytes);
    w->job->cut |= result == LAB_BLOCK_CUT;
    end_section(w);
    lab_reader_close(&reader);
    g_byte_array_unref(block.bytes);
    if (start != LAB_READER_FINE)
        return start == LAB_READER_EMPTY ? LAB_JOB_EMPTY : LAB_JOB_OTHER;
    return result_of(in, w->out);
}

lab_job_result_t lab_annotate(lab_source_t *in, lab_notes_t *notes, lab_sink_t *out, lab_job_t *job)
{
    lab_writer_t w = {.out = out, .notes = notes, .job = job, .custom_counts = job->custom_counts};
    *job = (lab_job_t){.custom_counts = job->custom_counts};
    lab_job_result_t result = write_all(&w, in);
    if (result != LAB_JOB_DONE || job->frames == lab_notes_frames(notes))
        return result;
    if (w.custom)
        return job->custom_counts ? LAB_JOB_MISMATCH : LAB_JOB_CUSTOM;
    /* Wireshark may have stopped before the end, at a block that it does not take. */
    return job->frames < lab_notes_frames(notes) ? LAB_JOB_MISMATCH : LAB_JOB_DONE;
}

/* ---- out again ---- */

typedef struct {
    lab_sink_t *out;
    unsigned blocks; /* of the section, so far */
    bool pcap;       /* the file was a pcap file */
    uint32_t unit;   /* parts of a second in its times */
    GByteArray *section, *record;
} lab_restorer_t;

static bool is_micro(const lab_block_t *block, const uint8_t *header)
{
    uint32_t magic;
    memcpy(&magic, header, sizeof magic);
    return (block->big_endian ? GUINT32_FROM_BE(magic) : GUINT32_FROM_LE(magic)) == 0xA1B2C3D4u;
}

static void restore_frame(lab_restorer_t *r, const lab_block_t *block)
{
    enum { FIXED = 28 };
    uint32_t captured = lab_get32(block, 20);
    uint64_t time = (uint64_t)lab_get32(block, 12) << 32 | lab_get32(block, 16);
    if (r->record->len == 0) {
        lab_put32(r->record, block->big_endian, (uint32_t)(time / r->unit));
        lab_put32(r->record, block->big_endian, (uint32_t)(time % r->unit));
        lab_put32(r->record, block->big_endian, captured);
        lab_put32(r->record, block->big_endian, lab_get32(block, 24));
    }
    lab_sink_put_array(r->out, r->record);
    lab_sink_put(r->out, block->bytes->data + FIXED, captured);
    g_byte_array_set_size(r->record, 0);
}

static void restore_pcap(lab_restorer_t *r, const lab_block_t *block)
{
    const uint8_t *bytes;
    guint count, options;
    switch (lab_block_kind(block, &bytes, &count)) {
    case LAB_KIND_RECORD:
        g_byte_array_append(r->record, bytes, count);
        break;
    case LAB_KIND_TAIL:
        lab_sink_put(r->out, bytes, count);
        break;
    default:
        if (block->type == LAB_BLOCK_ENHANCED && lab_block_options(block, &options))
            restore_frame(r, block);
    }
}

/* The section's first block waits for the second, which says whether the file was a pcap file. */
static void restore(lab_restorer_t *r, const lab_block_t *block)
{
    const uint8_t *bytes;
    guint count;
    unsigned place = r->blocks++;
    if (place == 0) {
        g_byte_array_append(r->section, block->bytes->data, block->bytes->len);
        return;
    }
    if (place == 1 && lab_block_kind(block, &bytes, &count) == LAB_KIND_PCAP && count >= 4) {
        r->pcap = true;
        r->unit = is_micro(block, bytes) ? 1000000 : 1000000000;
        lab_sink_put(r->out, bytes, count);
        return;
    }
    if (place == 1)
        lab_sink_put_array(r->out, r->section);
    if (r->pcap)
        restore_pcap(r, block);
    else
        lab_sink_put_array(r->out, block->bytes);
}

lab_job_result_t lab_remove_notes(lab_source_t *in, lab_sink_t *out, lab_job_t *job)
{
    lab_reader_t reader;
    lab_block_t block = {.bytes = g_byte_array_new()};
    lab_block_result_t result = LAB_BLOCK_END;
    lab_restorer_t r = {.out = out, .section = g_byte_array_new(), .record = g_byte_array_new()};
    lab_reader_start_t start = lab_reader_open(&reader, in, UINT64_MAX);
    reader.everywhere = job->resaved;
    bool pcapng = start == LAB_READER_FINE && !reader.pcap;
    while (pcapng && (result = lab_reader_next(&reader, &block)) == LAB_BLOCK_READ)
        restore(&r, &block);
    if (r.blocks == 1)
        lab_sink_put_array(out, r.section);
    if (result == LAB_BLOCK_CUT)
        write_rest(in, out, block.bytes);
    job->noted = reader.removed;
    bool none = !reader.was_lab && (!job->resaved || reader.removed == 0);
    lab_reader_close(&reader);
    g_byte_array_unref(block.bytes);
    g_byte_array_unref(r.section);
    g_byte_array_unref(r.record);
    if (start == LAB_READER_EMPTY || start == LAB_READER_OTHER)
        return start == LAB_READER_EMPTY ? LAB_JOB_EMPTY : LAB_JOB_OTHER;
    lab_job_result_t end = result_of(in, out);
    return end == LAB_JOB_DONE && none ? LAB_JOB_NONE : end;
}
