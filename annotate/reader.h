/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.h - a capture as blocks of pcapng, without what Lab has added to it.
 *
 * A pcap file is turned into blocks: a section, a block of Lab with the file's header, an interface, a block
 * for each frame. What no block of pcapng can say stands in blocks of Lab, so that the file can be made again
 * to the byte.
 */
#ifndef LABANNOTATE_READER_H
#define LABANNOTATE_READER_H

#include "block.h"

/* What a block of Lab holds: a kind, a number of bytes, and the bytes. */
enum {
    LAB_KIND_ANNOTATED = 1, /* follows the header of a section with Lab's comments; its length without them */
    LAB_KIND_PCAP,          /* the header of a pcap file */
    LAB_KIND_RECORD,        /* the header of the next frame in that file, where its time is no time */
    LAB_KIND_TAIL,          /* bytes at the end of that file that are no whole frame */
};

/* Offset and size of the section's length in the block that begins a section. */
enum { LAB_SECTION_LENGTH = 16, LAB_SECTION_LENGTH_SIZE = 8 };

typedef struct {
    lab_source_t *source;
    uint64_t limit;   /* a pcap file's frames past this number are bytes at its end */
    bool pcap;        /* the file is one */
    bool was_lab;     /* a section with Lab's comments was read */
    bool annotated;   /* the section that is being read has Lab's comments */
    bool everywhere;  /* what looks like a comment of Lab's is taken out of every section */
    uint64_t removed; /* comments of Lab that were taken out */
    bool ahead;       /* `next` was read */
    lab_block_t next;
    lab_block_result_t next_result;
    /* of a pcap file */
    GByteArray *header; /* of the file */
    GByteArray *record; /* header and bytes of the next frame */
    unsigned step;      /* blocks that were given out */
    uint64_t frames;
    uint32_t unit; /* parts of a second in its times */
    bool big_endian, record_given;
} lab_reader_t;

typedef enum { LAB_READER_FINE, LAB_READER_EMPTY, LAB_READER_OTHER } lab_reader_start_t;

/* Looks at the first bytes. OTHER: neither pcap nor pcapng. Free with lab_reader_close(). */
lab_reader_start_t lab_reader_open(lab_reader_t *reader, lab_source_t *source, uint64_t limit);
void lab_reader_close(lab_reader_t *reader);
/* The next block, in block->bytes. CUT: `bytes` is the beginning of what stands at the end of the file and is
 * no block; the rest is still in the source. */
lab_block_result_t lab_reader_next(lab_reader_t *reader, lab_block_t *block);

/* The kind of a block of Lab, and its bytes; 0 for other blocks. */
uint32_t lab_block_kind(const lab_block_t *block, const uint8_t **bytes, guint *count);
/* Makes a block of Lab. */
void lab_block_make_kind(lab_block_t *block, bool big_endian, uint32_t kind, const void *bytes, guint count);

#endif
