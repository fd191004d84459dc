/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_http.c - the HTTP parser alone, with bytes in pieces, some of them missing. Its events must fit
 * together.
 *
 * The first byte is a set: 1 = begins in the middle of a message, 2 = bytes may be missing. Lengths and bytes
 * follow.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "framing.h"

typedef struct {
    bool open, headed;
    int64_t told; /* offset of the newest event */
    uint64_t body, fed;
    unsigned turn;
} story_t;

static void begin(void *user, bool response, lab_position_t at, lab_position_t last)
{
    (void)last;
    story_t *s = user;
    (void)response;
    FUZZ_CHECK(at.offset >= 0);
    s->open = true;
    s->headed = false;
}

static lab_http_body_t head(void *user, const lab_http_head_t *h)
{
    static const char *const methods[] = {"GET", "HEAD", "CONNECT", NULL};
    story_t *s = user;
    FUZZ_CHECK(s->open && !s->headed);
    FUZZ_CHECK(h->response ? h->status >= 100 && h->status <= 999 : h->method && h->target);
    FUZZ_CHECK(h->content_length >= -1 && h->keepalive_timeout >= -2 && h->keepalive_max >= -2);
    s->headed = true;
    return h->response ? lab_http_response_body(h, methods[s->turn++ % G_N_ELEMENTS(methods)])
                       : lab_http_request_body(h);
}

static void piece(void *user, lab_position_t at, uint32_t body, bool in_head)
{
    story_t *s = user;
    FUZZ_CHECK(s->open && at.offset >= 0);
    FUZZ_CHECK(!in_head || body == 0);
    s->body += body;
    FUZZ_CHECK(s->body <= s->fed);
}

static void end(void *user, lab_position_t at)
{
    story_t *s = user;
    FUZZ_CHECK(s->open && s->headed);
    FUZZ_CHECK(at.offset >= s->told);
    s->told = at.offset;
    s->open = false;
}

static void trailer(void *user, const lab_http_head_t *t)
{
    const story_t *s = user;
    FUZZ_CHECK(s->open && s->headed && t->line_count > 0);
    for (unsigned i = 0; i < t->line_count; i++)
        FUZZ_CHECK(t->lines[i] != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const lab_http_events_t events = {begin, head, piece, end, trailer, NULL};
    fuzz_bytes_t in = {data, data + size};
    story_t s = {0};
    GString *scratch = g_string_new(NULL);
    uint8_t options = fuzz_byte(&in);
    lab_http_t *h = lab_http_new(&events, &s, options & 1, scratch);
    int64_t offset = 0;
    for (uint32_t frame = 1; in.at < in.end; frame++) {
        uint32_t n = fuzz_byte(&in);
        bool missing = (options & 2) && n >= 240;
        n = missing ? (n - 239) << 4 : (uint32_t)MIN((size_t)n + 1, (size_t)(in.end - in.at));
        uint8_t *exact = missing ? NULL : g_memdup2(in.at, n);
        s.fed += n;
        lab_http_feed(h, exact, n, (lab_position_t){frame, frame, offset});
        lab_http_until_close(h);
        offset += n;
        in.at += missing ? 0 : n;
        g_free(exact);
    }
    lab_http_free(h);
    g_string_free(scratch, TRUE);
    return 0;
}
