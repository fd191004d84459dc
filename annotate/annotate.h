/* SPDX-License-Identifier: GPL-2.0-or-later */
/* annotate.h - Lab's comments into a capture, and out of it again. */
#ifndef LABANNOTATE_ANNOTATE_H
#define LABANNOTATE_ANNOTATE_H

#include "notes.h"
#include "reader.h"

typedef enum {
    LAB_JOB_DONE,
    LAB_JOB_EMPTY,     /* a file without a byte */
    LAB_JOB_OTHER,     /* neither pcap nor pcapng */
    LAB_JOB_UNREAD,    /* reading failed: lab_source_failed() */
    LAB_JOB_MISMATCH,  /* the notes are of a capture with more frames */
    LAB_JOB_UNWRITTEN, /* writing failed: sink->error */
    LAB_JOB_CUSTOM,    /* the frames may match if custom blocks count as frames: try with custom_counts */
    LAB_JOB_NONE       /* there is no comment of Lab's to take out */
} lab_job_result_t;

typedef struct {
    uint64_t frames;    /* in the capture */
    uint64_t noted;     /* that have a comment of Lab's now, or had one */
    uint64_t simple;    /* whose block (Simple Packet Block) can hold no comment */
    bool custom_counts; /* given by the caller: Wireshark shows custom blocks as frames */
    bool cut;           /* the file ends within a frame or a block */
    bool resaved;       /* given by the caller: another program has written the file after Lab */
} lab_job_t;

/* Writes `in` with the comments of `notes` to `out`. Comments of Lab that are there already are replaced. */
lab_job_result_t lab_annotate(lab_source_t *in, lab_notes_t *notes, lab_sink_t *out, lab_job_t *job);
/* Writes `in` without Lab's comments to `out`: the bytes that it had before. A file that another program has
 * written since has lost Lab's marks (NONE); with `resaved` what looks like a comment of Lab's is taken out.
 */
lab_job_result_t lab_remove_notes(lab_source_t *in, lab_sink_t *out, lab_job_t *job);

#endif
