/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frames.h - what is known of each TCP segment of the capture, a line each: for labclass. */
#ifndef LAB_FRAMES_H
#define LAB_FRAMES_H

#include "capture.h"

/* A line with the names of the columns, then a line a segment, separated by tabs, in the order of the frames.
 * "-": nothing. Several values of a column are joined with "+". The columns are the first lines of frames.c.
 * A frame with several TCP layers has several lines. */
void lab_write_frames(const lab_report_t *report, GString *out);

#endif
