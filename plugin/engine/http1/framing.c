/* SPDX-License-Identifier: GPL-2.0-or-later */
/* framing.c - framing of HTTP/1.x messages; see framing.h. */
#include "fields.h"

#include <string.h>

#define HEAD_MAX   65536
#define PIECES_MAX 4096 /* pieces of a start line whose frames are remembered */

typedef enum {
    START,
    HEAD,
    BODY_LENGTH,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILER,
    UNTIL_CLOSE,
    TUNNEL,
    UNREADABLE, /* a body of unknown length; RFC 9112 6.3 rule 5: no further message is read from it */
    LOST,
    NOT_HTTP
} state_t;

struct lab_http {
    const lab_http_events_t *events;
    void *user;
    state_t state;
    GString *scratch;  /* shared by all parsers of an engine */
    GString *saved;    /* a head that continues in the next segment; NULL = none */
    GString *head;     /* `saved` or `scratch`, while bytes are read */
    GArray *early;     /* of lab_position_t: pieces of an incomplete start line; NULL = none */
    uint64_t left;     /* bytes of the body or of the chunk still to come */
    unsigned messages; /* number of messages so far */
    unsigned line;     /* bytes of the chunk-size or trailer line so far */
};

lab_http_t *lab_http_new(const lab_http_events_t *events, void *user, bool midstream, GString *scratch)
{
    lab_http_t *h = g_new(lab_http_t, 1);
    *h = (lab_http_t){.events = events,
                      .user = user,
                      .state = midstream ? LOST : START,
                      .messages = midstream,
                      .scratch = scratch};
    return h;
}

static void forget_pieces(lab_http_t *h)
{
    if (h->early)
        g_array_free(h->early, TRUE);
    h->early = NULL;
}

void lab_http_free(lab_http_t *h)
{
    if (!h)
        return;
    if (h->saved)
        g_string_free(h->saved, TRUE);
    forget_pieces(h);
    g_free(h);
}

uint64_t lab_http_body_left(const lab_http_t *h)
{
    return h->state == BODY_LENGTH && !h->saved ? h->left : 0;
}

void lab_http_pass(lab_http_t *h, uint32_t length)
{
    h->left -= length;
}

bool lab_http_until_close(const lab_http_t *h)
{
    return h->state == UNTIL_CLOSE;
}

void lab_http_tunnel(lab_http_t *h)
{
    h->state = TUNNEL;
}

bool lab_http_pending(const lab_http_t *h)
{
    return h->early != NULL;
}

bool lab_http_unreadable(const lab_http_t *h)
{
    return h->state == UNREADABLE;
}

bool lab_http_lost(const lab_http_t *h)
{
    return h->state == LOST;
}

/* ---- bodies ---- */

lab_http_body_t lab_http_response_body(const lab_http_head_t *head, const char *method)
{
    bool connect = method && strcmp(method, "CONNECT") == 0;
    if (head->status == 101 || (connect && head->status / 100 == 2))
        return LAB_HTTP_TUNNEL;
    if (head->status / 100 == 1 || head->status == 204 || head->status == 304 ||
        (method && strcmp(method, "HEAD") == 0))
        return LAB_HTTP_NO_BODY;
    if (head->chunked)
        return LAB_HTTP_CHUNKED;
    if (head->bad_length && !head->other_coding)
        return LAB_HTTP_UNREADABLE;
    if (head->other_coding || head->content_length < 0)
        return LAB_HTTP_UNTIL_CLOSE;
    return head->content_length > 0 ? LAB_HTTP_LENGTH : LAB_HTTP_NO_BODY;
}

lab_http_body_t lab_http_request_body(const lab_http_head_t *head)
{
    if (head->chunked)
        return LAB_HTTP_CHUNKED;
    if (head->bad_length)
        return LAB_HTTP_UNREADABLE;
    return head->content_length > 0 ? LAB_HTTP_LENGTH : LAB_HTTP_NO_BODY;
}

static void message_done(lab_http_t *h, lab_position_t at)
{
    h->state = START;
    h->events->end(h->user, at);
}

static void body_follows(lab_http_t *h, lab_http_body_t body, const lab_http_head_t *head, lab_position_t at)
{
    static const state_t states[] = {[LAB_HTTP_LENGTH] = BODY_LENGTH,
                                     [LAB_HTTP_CHUNKED] = CHUNK_SIZE,
                                     [LAB_HTTP_UNTIL_CLOSE] = UNTIL_CLOSE,
                                     [LAB_HTTP_TUNNEL] = TUNNEL,
                                     [LAB_HTTP_UNREADABLE] = UNREADABLE};
    h->left = body == LAB_HTTP_LENGTH ? (uint64_t)head->content_length : 0;
    h->line = 0;
    if (body == LAB_HTTP_NO_BODY || body == LAB_HTTP_TUNNEL)
        message_done(h, at);
    if (body != LAB_HTTP_NO_BODY)
        h->state = states[body];
}

/* ---- the stream ---- */

/* Bytes are missing: the beginning of the next message must be looked for. */
static void lose(lab_http_t *h)
{
    h->state = LOST;
    g_string_truncate(h->head, 0);
    forget_pieces(h);
}

/* The bytes are no HTTP message. Before the first message: the direction carries no HTTP. */
static void give_up(lab_http_t *h)
{
    lose(h);
    if (!h->messages)
        h->state = NOT_HTTP;
}

/* Remembers a piece of an incomplete start line. */
static void keep_piece(lab_http_t *h, lab_position_t at)
{
    if (!h->early)
        h->early = g_array_new(FALSE, FALSE, sizeof at);
    if (h->early->len < PIECES_MAX)
        g_array_append_val(h->early, at);
}

/* A line is complete. If it is a start line, calls `begin`, and `piece` for each frame of the line. */
static bool start_line_complete(lab_http_t *h, lab_position_t at)
{
    lab_http_start_line_t line;
    if (!lab_http_read_start_line(&line, h->head->str, strcspn(h->head->str, "\r\n")))
        return false;
    h->messages++;
    h->events->begin(h->user, line.response, h->early ? g_array_index(h->early, lab_position_t, 0) : at, at);
    for (guint i = 0; h->early && i < h->early->len; i++)
        h->events->piece(h->user, g_array_index(h->early, lab_position_t, i), 0, true);
    h->events->piece(h->user, at, 0, true);
    forget_pieces(h);
    h->state = HEAD;
    return true;
}

static void empty(GString *text)
{
    text->len = 0;
    text->str[0] = '\0';
}

/* A copy of the head, whose lines may be cut. The room stays as large as it once was. */
static char *copy_head(lab_http_t *h, const uint8_t *data, uint32_t n)
{
    if (h->head->allocated_len <= n)
        g_string_set_size(h->head, n);
    memcpy(h->head->str, data, n);
    h->head->len = n;
    h->head->str[n] = '\0';
    return h->head->str;
}

/* Index of the last byte of the start line; 0 = a carriage return is elsewhere than at its end. */
static uint32_t start_line_length(const uint8_t *data, uint32_t newline)
{
    const uint8_t *cr = memchr(data, '\r', newline);
    if (!cr)
        return newline;
    return cr + 1 == data + newline ? newline - 1 : 0;
}

/* A message's head that lies in these bytes as a whole, as most do: read in one go. Returns its length; 0 =
 * it is not so plain, and nothing was read. */
static uint32_t feed_whole_head(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    lab_http_lines_t lines;
    lab_http_start_line_t start;
    lab_http_head_t head;
    const char *text = (const char *)data;
    if (h->head->len || !lab_http_plausible(text, n, !h->messages))
        return 0;
    uint32_t length = lab_http_find_lines(&lines, data, n);
    if (!length || length > HEAD_MAX || memchr(text, '\0', lines.ends[0]) ||
        !lab_http_read_start_line(&start, text, start_line_length(data, lines.ends[0])))
        return 0;
    h->messages++;
    h->events->begin(h->user, start.response, at, at);
    h->events->piece(h->user, at, 0, true);
    h->state = HEAD;
    lab_http_take_lines(&head, copy_head(h, data, length), &lines, &start);
    at.offset += length;
    body_follows(h, h->events->head(h->user, &head), &head, at);
    empty(h->head);
    return length;
}

static uint32_t feed_start(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    uint32_t whole = feed_whole_head(h, data, n, at);
    if (whole)
        return whole;
    if (h->head->len == 0 && (data[0] == '\r' || data[0] == '\n'))
        return 1; /* RFC 9112 2.2: an empty line before a message is ignored */
    const uint8_t *newline = memchr(data, '\n', n);
    uint32_t take = newline ? (uint32_t)(newline - data) + 1 : n;
    g_string_append_len(h->head, (const char *)data, take);
    if (!newline)
        keep_piece(h, at);
    if (!lab_http_plausible(h->head->str, h->head->len, !h->messages) || h->head->len > HEAD_MAX ||
        memchr(h->head->str, '\0', h->head->len) || (newline && !start_line_complete(h, at)))
        give_up(h);
    return take;
}

static void head_complete(lab_http_t *h, lab_position_t after)
{
    lab_http_head_t head;
    if (lab_http_parse_head(&head, h->head->str, h->head->len))
        body_follows(h, h->events->head(h->user, &head), &head, after);
    else
        give_up(h);
    g_string_truncate(h->head, 0);
}

/* The rest of the head is missing. Calls `head` with the fields so far; the end of the message is not known.
 */
static void head_cut(lab_http_t *h)
{
    lab_http_head_t head;
    if (lab_http_parse_head(&head, h->head->str, h->head->len))
        h->events->head(h->user, &head);
}

/* The byte `back` positions before data[i], perhaps of an earlier piece; -1 = there is none. */
static int byte_before(const lab_http_t *h, const uint8_t *data, uint32_t i, uint32_t back)
{
    if (i >= back)
        return data[i - back];
    return h->head->len >= back - i ? (unsigned char)h->head->str[h->head->len - (back - i)] : -1;
}

/* Number of bytes that belong to the head: up to the end of its empty line (`*done` true), or all n. */
static uint32_t head_part(const lab_http_t *h, const uint8_t *data, uint32_t n, bool *done)
{
    const uint8_t *newline = data;
    while ((newline = memchr(newline, '\n', n - (size_t)(newline - data)))) {
        uint32_t i = (uint32_t)(newline - data);
        int before = byte_before(h, data, i, 1);
        newline++;
        *done = before == '\n' || (before == '\r' && byte_before(h, data, i, 2) == '\n');
        if (*done)
            return i + 1;
    }
    return n;
}

static uint32_t feed_head(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    bool done = false;
    uint32_t used = head_part(h, data, n, &done);
    g_string_append_len(h->head, (const char *)data, used);
    h->events->piece(h->user, at, 0, true);
    at.offset += used;
    if (done)
        head_complete(h, at);
    else if (h->head->len > HEAD_MAX)
        give_up(h);
    return used;
}

static uint32_t feed_counted(lab_http_t *h, uint32_t n, lab_position_t at)
{
    uint32_t take = (uint32_t)MIN(h->left, n);
    h->left -= take;
    h->events->piece(h->user, at, take, false);
    at.offset += take;
    if (h->left)
        return take;
    if (h->state == BODY_LENGTH)
        message_done(h, at);
    else
        h->state = CHUNK_END, h->line = 0;
    return take;
}

/* What a chunk-size line has come to (`line`). */
enum { NO_DIGIT, DIGITS, BLANKS, EXTENSION, CARRIAGE_RETURN };

static unsigned after_size(const lab_http_t *h, uint8_t byte)
{
    if (h->line == EXTENSION && byte != '\r')
        return EXTENSION;
    if (byte == '\r')
        return CARRIAGE_RETURN;
    if (h->line == CARRIAGE_RETURN)
        return NO_DIGIT;
    return byte == ';' ? EXTENSION : byte == ' ' || byte == '\t' ? BLANKS : NO_DIGIT;
}

/* RFC 9112 7.1: 1*HEXDIG [ BWS ";" chunk-ext ] CRLF. "0x5", "+5" and an empty line are no sizes, nor is one
 * that 64 bits do not hold: where the next chunk begins is unknown then. */
static void chunk_byte(lab_http_t *h, uint8_t byte)
{
    if (byte == '\n' && h->line != NO_DIGIT) {
        h->state = h->left ? CHUNK_DATA : TRAILER;
        h->line = 0;
    } else if (h->line <= DIGITS && g_ascii_isxdigit(byte)) {
        h->line = DIGITS;
        if (h->left >> 60)
            give_up(h);
        h->left = h->left << 4 | (uint64_t)g_ascii_xdigit_value((char)byte);
    } else {
        h->line = h->line == NO_DIGIT ? NO_DIGIT : after_size(h, byte);
        if (h->line == NO_DIGIT)
            give_up(h);
    }
}

/* RFC 9112 7.1: CRLF after the data of a chunk; other bytes mean that the chunk was longer than its size. */
static void chunk_end_byte(lab_http_t *h, uint8_t byte)
{
    if (byte == '\n') {
        h->state = CHUNK_SIZE;
        h->left = h->line = 0;
    } else if (byte == '\r' && !h->line) {
        h->line = 1;
    } else {
        give_up(h);
    }
}

static uint32_t feed_chunk_lines(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    state_t entered = h->state;
    uint32_t i = 0;
    while (i < n && h->state == entered) {
        uint8_t byte = data[i++];
        if (entered == CHUNK_SIZE)
            chunk_byte(h, byte);
        else
            chunk_end_byte(h, byte);
    }
    h->events->piece(h->user, at, 0, false);
    return i;
}

/* RFC 9110 6.5.1: trailer fields are no part of the head and do not change the framing. */
static void tell_trailer(lab_http_t *h)
{
    lab_http_head_t trailer = {0};
    char *limit = h->head->str + h->head->len, *line, *next = h->head->str, *end;
    while (line = next, (end = lab_http_cut_field_line(line, limit, &next)))
        if (end != line)
            lab_http_keep_line(&trailer, line);
    if (trailer.line_count)
        h->events->trailer(h->user, &trailer);
}

/* RFC 9112 7.1: an empty line ends the trailer section. */
static uint32_t feed_trailer(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    uint32_t i = 0;
    bool ended = false;
    while (i < n && !ended) {
        uint8_t byte = data[i++];
        ended = byte == '\n' && h->line == 0;
        h->line = byte == '\n' ? 0 : h->line + (byte != '\r');
    }
    g_string_append_len(h->head, (const char *)data, i);
    h->events->piece(h->user, at, 0, false);
    at.offset += i;
    if (ended) {
        tell_trailer(h);
        g_string_truncate(h->head, 0);
        message_done(h, at);
    } else if (h->head->len > HEAD_MAX) {
        give_up(h);
    }
    return i;
}

static uint32_t feed_rest(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    if (h->state == UNTIL_CLOSE || h->state == UNREADABLE)
        h->events->piece(h->user, at, n, false);
    else if (h->state == TUNNEL && h->events->rest)
        h->events->rest(h->user, data, n, at);
    return n;
}

static uint32_t feed_some(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    switch (h->state) {
    case BODY_LENGTH:
    case CHUNK_DATA:
        return feed_counted(h, n, at);
    case UNTIL_CLOSE:
    case UNREADABLE:
    case TUNNEL:
    case NOT_HTTP:
        return feed_rest(h, data, n, at);
    default:
        break;
    }
    if (!data) {
        if (h->state == HEAD)
            head_cut(h);
        lose(h);
        return n;
    }
    switch (h->state) {
    case START:
        return feed_start(h, data, n, at);
    case HEAD:
        return feed_head(h, data, n, at);
    case TRAILER:
        return feed_trailer(h, data, n, at);
    default:
        return feed_chunk_lines(h, data, n, at);
    }
}

/* Most heads are complete in one segment. Only an incomplete one is copied. */
static void save_unfinished_head(lab_http_t *h)
{
    if (h->head->len && !h->saved) {
        h->saved = g_string_new_len(h->head->str, (gssize)h->head->len);
    } else if (!h->head->len && h->saved) {
        g_string_free(h->saved, TRUE);
        h->saved = NULL;
    }
}

bool lab_http_feed(lab_http_t *h, const uint8_t *data, uint32_t n, lab_position_t at)
{
    if (h->state == LOST) { /* a segment that begins like a message: reading goes on there */
        if (!data || !lab_http_plausible((const char *)data, n, false))
            return true;
        h->state = START;
    }
    if (h->state == UNREADABLE && data && lab_http_plausible((const char *)data, n, false))
        h->state = START; /* its sender knew where it ends */
    h->head = h->saved ? h->saved : h->scratch;
    if (!h->saved)
        empty(h->scratch);
    while (n && h->state != LOST) {
        uint32_t used = feed_some(h, data, n, at);
        n -= used;
        at.offset += used;
        if (data)
            data += used;
    }
    save_unfinished_head(h);
    return h->state != NOT_HTTP;
}
