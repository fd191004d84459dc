/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of the pipe that Wireshark reads, with a queue, so that a slow reader does not delay packets. */
#ifndef LABDUMP_WRITER_H
#define LABDUMP_WRITER_H

#include <glib.h>
#include <stdbool.h>

typedef struct lab_writer lab_writer_t;

/*
 * Opens a fifo, a file (made or emptied) or - for standard output. A fifo needs a reader: waits for one at
 * most 30 seconds, and no longer than until stop_fd becomes readable. NULL and *error on failure.
 */
lab_writer_t *writer_open(const char *path, int stop_fd, GError **error);

/* Append here the bytes to be written, then call writer_flush(). */
GByteArray *writer_queue(lab_writer_t *writer);

/* Calls lost(data) once, from the main loop, when nobody reads any more. */
void writer_watch(lab_writer_t *writer, void (*lost)(void *data), void *data);

/* Writes what can be written now; the rest follows from the main loop. Waits for the reader only if the queue
 * is longer than 64 MB, and at most 30 seconds. */
void writer_flush(lab_writer_t *writer);

/* Nothing is sent while the writer is held. To Wireshark a capture has begun with its first bytes. A start
 * that fails while the writer is held is shown as a failure, not as an empty capture. */
void writer_hold(lab_writer_t *writer, bool hold);

/* Writes everything unless the writer is held, waiting for the reader at most the given time, and frees the
 * writer (NULL is fine). */
void writer_close(lab_writer_t *writer, int milliseconds);

/* Opens and closes a fifo whose reader waits for a capture that cannot start. */
void writer_let_go(const char *path);

#endif
