/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.h - what Lab says of the frames of a capture: what `tshark -z lab,report,notes` writes.
 *
 * The first line is "frames<TAB>NUMBER", the second "section<TAB>TEXT", then one line a frame,
 * "NUMBER<TAB>TEXT", in ascending order. In a TEXT "\n" is a new line and "\\" a backslash.
 */
#ifndef LABANNOTATE_NOTES_H
#define LABANNOTATE_NOTES_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lab_notes lab_notes_t;

/* NULL if the file cannot be read (errno set) or is no such file (errno 0). Free with lab_notes_close(). */
lab_notes_t *lab_notes_open(const char *path);
void lab_notes_close(lab_notes_t *notes);
/* Number of frames that Wireshark read of the capture. */
uint32_t lab_notes_frames(const lab_notes_t *notes);
/* The comment of the section. */
const char *lab_notes_section(const lab_notes_t *notes);
/* The note of a frame, asked for in ascending order; NULL = none. Valid until the next call. */
const char *lab_notes_of(lab_notes_t *notes, uint32_t frame);

#endif
