/* inside.h - HTTP inside TLS: the content of records that were decrypted, and the frames that carried them.
 *
 * HTTP is read from what was decrypted; where its bytes were on the wire is known by records. A record that
 * was not decrypted is no part of any message.
 */
#ifndef LAB_DECRYPTED_H
#define LAB_DECRYPTED_H

#include "direction.h"

typedef struct lab_decrypted lab_decrypted_t;

/* A frame that carried bytes of a record. */
typedef struct {
    uint32_t frame;
    int64_t time, from, to; /* offsets in the TCP stream */
} lab_span_t;

lab_decrypted_t *lab_decrypted_new(void);
void lab_decrypted_free(lab_decrypted_t *inside);

/* Takes the next bytes of a direction that carries TLS; a sink as in stream.h, `user` is the lab_direction_t.
 */
void lab_decrypted_sink(void *user, const uint8_t *data, uint32_t length, int64_t offset, uint32_t frame,
                        int64_t time);

/* The records that were decrypted with the segment that is read now, and afterwards none (NULL, 0). Returns
 * how many of the ones before found no place. */
unsigned lab_decrypted_records(lab_decrypted_t *inside, const lab_decrypted_record_t *plain, unsigned count);

/* The frames of the record in which the byte `place` of the decrypted data lies, in the order of their bytes;
 * and where that record begins in the TCP stream. NULL where there is none. */
const lab_span_t *lab_decrypted_spans(const lab_decrypted_t *inside, int64_t place, unsigned *count,
                                      int64_t *from);

/* TCP offset after the last record that was decrypted. */
int64_t lab_decrypted_read(const lab_decrypted_t *inside);
/* An acknowledgment that reaches into a record whose end is still to come waits for it; false if it need not.
 */
bool lab_decrypted_wait(lab_decrypted_t *inside, const lab_ack_t *ack);

#endif
