/* SPDX-License-Identifier: GPL-2.0-or-later */
/* notes.h - what is said of every frame, a line a frame: what labannotate turns into comments of the frames.
 */
#ifndef LAB_NOTES_H
#define LAB_NOTES_H

#include "capture.h"

/* Appends "frames<TAB>N", "section<TAB>SUMMARY", then "FRAME<TAB>TEXT" for each frame that Lab says something
 * of.
 * "\n" stands for a new line and "\\" for a backslash. It goes out frame by frame (lab_report_flush). */
void lab_write_notes(const lab_report_t *report, const char *summary, GString *out);

#endif
