/* The end of the pipe that Wireshark reads: a queue, so that a slow reader never holds up the network. */
#ifndef LABDUMP_WRITER_H
#define LABDUMP_WRITER_H

#include <glib.h>

struct writer;

/*
 * Opens a fifo, a file (made or emptied) or - for standard output. A fifo needs a reader: waits for one at
 * most 30 seconds, and no longer than until stop_fd becomes readable. NULL and *error on failure.
 */
struct writer *writer_open(const char *path, int stop_fd, GError **error);

/* Bytes to be written are appended here; writer_flush() sends what the reader takes. */
GByteArray *writer_queue(struct writer *writer);

/* Calls lost(data) once, from the main loop, when nobody reads any more. */
void writer_watch(struct writer *writer, void (*lost)(gpointer data), gpointer data);

/* Writes what can be written now; the rest follows from the main loop. Waits only if far too much has piled
 * up. */
void writer_flush(struct writer *writer);

/*
 * Nothing is sent while the writer is held. Wireshark counts a capture as begun with the first bytes: held
 * until all is up, a start that fails is a failure there too, not an empty capture.
 */
void writer_hold(struct writer *writer, gboolean hold);

/* Writes everything unless the writer is held, waiting for the reader at most the given time, and frees the
 * writer (NULL is fine). */
void writer_close(struct writer *writer, int milliseconds);

/* Opens and closes a fifo whose reader waits for a capture that cannot start. */
void writer_let_go(const char *path);

#endif
