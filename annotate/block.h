/* SPDX-License-Identifier: GPL-2.0-or-later */
/* block.h - one block of a pcapng file (IETF draft-ietf-opsawg-pcapng), and the comment that Lab puts into
 * it.
 *
 * Lab's comment is the first option of its block, before those that were there. All bytes of the block stay
 * as they are, so that taking the comment out gives the block as it was.
 */
#ifndef LABANNOTATE_BLOCK_H
#define LABANNOTATE_BLOCK_H

#include "file.h"

/* Types of blocks. LAB: a type of the range for local use, which Wireshark passes over. */
enum {
    LAB_BLOCK_SECTION = 0x0A0D0D0A,
    LAB_BLOCK_INTERFACE = 1,
    LAB_BLOCK_PACKET = 2,
    LAB_BLOCK_SIMPLE = 3,
    LAB_BLOCK_ENHANCED = 6,
    LAB_BLOCK_JOURNAL = 9,
    LAB_BLOCK_CUSTOM = 0xBAD,
    LAB_BLOCK_CUSTOM_PRIVATE = 0x40000BAD,
};
#define LAB_BLOCK_LAB 0x8C414231u

/* Every comment of Lab begins so. */
#define LAB_COMMENT_MARK "Lab: "

typedef struct {
    uint32_t type;
    bool big_endian;   /* byte order of the section */
    GByteArray *bytes; /* the whole block, header and trailer included */
} lab_block_t;

typedef enum {
    LAB_BLOCK_READ,
    LAB_BLOCK_END, /* no further byte */
    LAB_BLOCK_CUT, /* no whole block follows: `bytes` has what does, or its beginning */
} lab_block_result_t;

/* Reads the next block into *block, whose `bytes` the caller makes and frees. `big_endian` follows the
 * sections. */
lab_block_result_t lab_block_read(lab_source_t *source, lab_block_t *block);

/* Numbers in the byte order of the block. */
uint32_t lab_get32(const lab_block_t *block, guint at);
void lab_put16(GByteArray *bytes, bool big_endian, uint16_t value);
void lab_put32(GByteArray *bytes, bool big_endian, uint32_t value);
/* Sets the number at this offset. */
void lab_set32(GByteArray *bytes, guint at, bool big_endian, uint32_t value);

/* True if the block can hold options, and where they begin. False for a block that contradicts itself, too.
 */
bool lab_block_options(const lab_block_t *block, guint *begin);
/* Puts a comment in front of the options; text that is too long for an option ends in "...". Returns the
 * number of bytes that the block has grown by. */
guint lab_block_add_comment(lab_block_t *block, guint options, const char *text);
/* Takes the comment out, if the first option is one of Lab's; returns the bytes that the block has shrunk by,
 * 0 = there was none. */
guint lab_block_remove_comment(lab_block_t *block, guint options);
/* True if the first option is a comment that begins with LAB_COMMENT_MARK. */
bool lab_block_has_comment(const lab_block_t *block, guint options);

/* Begins and ends a block that is made here. */
void lab_block_begin(lab_block_t *block, uint32_t type, bool big_endian);
void lab_block_end(lab_block_t *block);

#endif
