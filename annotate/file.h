/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file.h - the capture that is read and the one that is written.
 *
 * Reading: compressed with gzip or not. Writing: to a name of its own beside the file that is asked for,
 * which takes its place when everything is written. So a file is there whole or not at all.
 */
#ifndef LABANNOTATE_FILE_H
#define LABANNOTATE_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct lab_source lab_source_t;

/* NULL with errno set if the file cannot be opened. Free with lab_source_close(). */
lab_source_t *lab_source_open(const char *path);
void lab_source_close(lab_source_t *source);
/* Back to the first byte; false with errno set. */
bool lab_source_rewind(lab_source_t *source);
/* Appends up to `count` bytes to `out`; returns how many there were. Fewer: the end, or lab_source_failed().
 */
size_t lab_source_read(lab_source_t *source, size_t count, GByteArray *out);
/* What went wrong while reading, owned by the source; NULL = nothing. */
const char *lab_source_failed(lab_source_t *source);

typedef struct {
    FILE *stream;
    char *path, *temporary;
    uint64_t written; /* bytes */
    int error;        /* errno of the first failure, 0 = none */
} lab_sink_t;

/* Begins `path`, readable by those who may read `like`. False with sink->error set. */
bool lab_sink_open(lab_sink_t *sink, const char *path, const char *like);
void lab_sink_put(lab_sink_t *sink, const void *bytes, size_t count);
void lab_sink_put_array(lab_sink_t *sink, const GByteArray *bytes);
/* Overwrites `count` bytes at an offset that was written before. */
void lab_sink_patch(lab_sink_t *sink, uint64_t offset, const void *bytes, size_t count);
/* Ends the file: it takes its name, or, with keep false or after an error, goes away. False with sink->error
 * set if it was to be kept and could not be. */
bool lab_sink_close(lab_sink_t *sink, bool keep);

#endif
