/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of the pipe that Wireshark reads, with a queue, so that a slow reader does not delay packets. */
#ifndef LABDUMP_WRITER_H
#define LABDUMP_WRITER_H

#include <glib.h>
#include <stdbool.h>

typedef struct lab_writer lab_writer_t;

/* How the end of a capture went. */
typedef enum {
    WRITER_DONE,
    WRITER_NOBODY,  /* the reader has closed the pipe */
    WRITER_STALLED, /* the reader took nothing any more; the rest of the capture is lost */
} lab_writer_end_t;

/*
 * Opens a fifo, a file (made for its owner alone, or emptied) or - for standard output. A fifo needs a
 * reader: waits for one at most 30 seconds, and no longer than until stop_fd becomes readable. NULL and
 * *error on failure.
 */
lab_writer_t *writer_open(const char *path, int stop_fd, GError **error);

/* Append here the bytes to be written, then call writer_flush(). */
GByteArray *writer_queue(lab_writer_t *writer);

/* Between what is queued and what is written stands a filter: it is called from writer_flush() with the bytes
 * that were queued since, empties them, and appends to writer_output(), then or later, before another
 * writer_flush(). It returns how many bytes it holds; they count as queued. NULL: no filter any more. */
void writer_filter(lab_writer_t *writer, size_t (*filter)(GByteArray *queued, void *data), void *data);
GByteArray *writer_output(lab_writer_t *writer);

/* What the owner of a writer is told, from the main loop. */
typedef struct {
    /* Nobody reads any more. Called once. */
    void (*lost)(void *data);
    /* full: the queue is longer than 64 MB, so nothing more may be captured. Not full: less than half of that
     * is left, so capturing may go on. Called from writer_flush() too. */
    void (*pressure)(void *data, bool full);
} lab_writer_events_t;

void writer_watch(lab_writer_t *writer, const lab_writer_events_t *events, void *data);

/* Writes what can be written now and never waits; the rest follows from the main loop. */
void writer_flush(lab_writer_t *writer);

/* Nothing is sent while the writer is held. To Wireshark a capture has begun with its first bytes. A start
 * that fails while the writer is held is shown as a failure, not as an empty capture. */
void writer_hold(lab_writer_t *writer, bool hold);

/* Writes everything unless the writer is held. Waits for a slow reader at most 10 seconds, for one that takes
 * nothing 2 seconds, and no longer than until stop_fd becomes readable. */
lab_writer_end_t writer_finish(lab_writer_t *writer, int stop_fd);

/* Why nothing more could be written, an errno; 0 = nothing failed, or the reader has closed the pipe. */
int writer_error(const lab_writer_t *writer);

/* Closes and frees it. */
void writer_close(lab_writer_t *writer);

/* Opens and closes a fifo whose reader waits for a capture that cannot start. */
void writer_let_go(const char *path);

#endif
