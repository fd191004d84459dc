/* SPDX-License-Identifier: GPL-2.0-or-later */
/* feed.h - makes conversations from short words, and asks the engine about them in words.
 *
 *   feed_t *f = feed_new();
 *   feed_play(f, ">S0 <SA0,1 >A1,1 >FA1,1");
 *   g_assert_cmpstr(feed_roles(f, 4), ==, "fin1");
 *   feed_free(f);
 *
 * A word is a segment: `>` from the first endpoint or `<` from the second, flags of S F R P A (or N for
 * none), a relative sequence number (`.` is the next one of that side, `.-1` the one before), `+LENGTH` of
 * payload, `,ACK`; then in any order `@SECONDS` (absolute, else 1 ms after the one before), `wWINDOW`,
 * `tTTL`, `kCHECKSUM`, `iIPID`, `cCAPTURED` bytes of the payload. `>'TEXT'` is a segment with this text at
 * the end's next sequence number. In most tests lines of the text end with a bare line feed, for shortness.
 * `,ACK` may follow; without it the text acknowledges all that the other side has sent.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_FEED_H
#define LAB_FEED_H

#include "lab.h"

typedef struct {
    lab_engine_t *engine;
    uint32_t isn[2]; /* initial sequence numbers of end 0 and 1 */
    int64_t next[2]; /* relative sequence number after the last byte of each end */
    uint32_t frame;  /* newest frame */
    uint32_t stream; /* stream number of the segments to come */
    int64_t time;    /* of the newest frame, nanoseconds */
    uint16_t port[2];
    const uint8_t *options; /* of the segments to come */
    uint8_t options_length;
    const lab_decrypted_record_t *decrypted; /* decrypted records of the next segment */
    unsigned decrypted_count;
    const char *filler; /* payload of `+LENGTH` repeats it; default "x" */
    GString *text;      /* newest answer */
} feed_t;

feed_t *feed_new(void);
void feed_free(feed_t *f);
/* Plays the words. Aborts the test on a word that cannot be read. */
void feed_play(feed_t *f, const char *words);
/* One PA segment with this text from end 0 or 1, at that end's next sequence number. It acknowledges all
 * bytes of the other end. */
void feed_say(feed_t *f, unsigned end, const char *text);
/* The same with `length` bytes. */
void feed_bytes(feed_t *f, unsigned end, const uint8_t *bytes, uint32_t length);
/* A handshake of three segments. */
void feed_open(feed_t *f);
/* The next segment comes `ns` nanoseconds after the one before, instead of 1 ms. */
void feed_wait(feed_t *f, int64_t ns);

/* Answers are valid until the next question. */
const char *feed_roles(feed_t *f, uint32_t frame);     /* "fin2+fin1-ack" in the order of the table */
const char *feed_anomalies(feed_t *f, uint32_t frame); /* the same of anomalies, "" for none */
const char *feed_keepalive(feed_t *f, uint32_t frame);
const char *feed_states(feed_t *f, uint32_t frame); /* "ESTABLISHED/CLOSE-WAIT": end 0, end 1 */
const char *feed_note(feed_t *f, uint32_t frame, lab_lang_t lang);
const char *feed_phase(feed_t *f, uint32_t frame);
/* "four-segment first=0 lossless=1 time-wait=0 frames=4+5+6+7" of the present stream */
const char *feed_closing(feed_t *f);
/* "port-closed certain nothing-lost evidence=1": the n-th reset of the present stream, from 0 */
const char *feed_reset(feed_t *f, guint n);
const lab_conn_t *feed_conn(feed_t *f);

/* Checks "QUESTION=ANSWER; ..."; a wrong answer fails the test. Questions of frame N: N.roles, N.phase,
 * N.anomalies, N.keepalive, N.states, N.note, N.zh, N.exchange, N.related, N.open (its step), N.close (its
 * steps); of the connection: open, open.time, closing, reason, reset0 to reset9, zeek, history, quality,
 * bytes, client; of exchange N: xN ("GET /a 200 page 5/5 done"), xN.frames ("4-4 5-6"). */
void feed_check(feed_t *f, const char *checks);

/* A test as a row: the words that are played on a new connection, and the checks after them. */
typedef struct {
    const char *sentence, *words, *checks;
} feed_row_t;
void feed_add_rows(const char *folder, const feed_row_t *rows, size_t n);

#endif
