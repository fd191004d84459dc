/* http.c - HTTP/1.x message framing; see http.h. */
#include "http.h"

#include <stddef.h>
#include <string.h>

#define HEAD_MAX   65536
#define PIECES_MAX 4096 /* frames of a start line cut into pieces that are remembered */

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
    LOST,
    NOT_HTTP
} state_t;

struct lab_http {
    const lab_http_events_t *events;
    void *user;
    state_t state;
    GString *scratch; /* shared by all parsers of an engine */
    GString *saved;   /* a head that did not end with its segment; NULL most of the time */
    GString *head;    /* the one of the two in use while bytes are taken */
    GArray *early;    /* of lab_http_place_t: the pieces of an unfinished start line; NULL = none */
    uint64_t left;
    unsigned messages, line;
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

bool lab_http_lost(const lab_http_t *h)
{
    return h->state == LOST;
}

/* ---- the head ---- */

/* Is this word, of n letters, the same as `name`, which is written in small ones? */
static bool is_word(const char *word, size_t n, const char *name, size_t length)
{
    return n == length && (word[0] | 0x20) == name[0] && g_ascii_strncasecmp(word, name, n) == 0;
}
#define IS_WORD(word, n, name) is_word(word, n, name, sizeof name - 1)

/* The number that the text begins with; one that is too large stays at `most`. */
static uint64_t leading_number(const char *text, uint64_t most)
{
    uint64_t number = 0;
    for (; g_ascii_isdigit(*text); text++) {
        unsigned digit = (unsigned)(*text - '0');
        number = number > (most - digit) / 10 ? most : number * 10 + digit;
    }
    return number;
}

static int32_t parameter(const char *value, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = value; *p; p++)
        if ((p == value || p[-1] == ' ' || p[-1] == ',' || p[-1] == '\t') &&
            g_ascii_strncasecmp(p, name, n) == 0 && p[n] == '=' && g_ascii_isdigit(p[n + 1]))
            return (int32_t)leading_number(p + n + 1, G_MAXINT32);
    return -1;
}

static void take_content_length(lab_http_head_t *head, const char *value)
{
    if (g_ascii_isdigit(value[0]))
        head->content_length = (int64_t)leading_number(value, G_MAXINT64);
}

/* RFC 9112 6.3 rule 4: only a last coding of chunked is framing; of several lines the last counts. */
static void take_coding(lab_http_head_t *head, const char *value)
{
    static const char chunked[] = "chunked";
    size_t n = strlen(value), length = sizeof chunked - 1;
    while (n && strchr(" \t,", value[n - 1]))
        n--;
    head->chunked = n >= length && g_ascii_strncasecmp(value + n - length, chunked, length) == 0 &&
                    (n == length || strchr(" \t,", value[n - length - 1]));
    head->other_coding = !head->chunked;
}

/* RFC 9110 7.6.1: a list of words. */
static void take_connection(lab_http_head_t *head, const char *value)
{
    for (const char *p = value; *p;) {
        while (*p == ' ' || *p == '\t' || *p == ',')
            p++;
        size_t length = strcspn(p, ","), n = length;
        while (n && g_ascii_isspace(p[n - 1]))
            n--;
        head->close |= IS_WORD(p, n, "close");
        head->keep_alive |= IS_WORD(p, n, "keep-alive");
        head->upgrade |= IS_WORD(p, n, "upgrade");
        p += length;
    }
}

static void take_keep_alive(lab_http_head_t *head, const char *value)
{
    head->keepalive_timeout = parameter(value, "timeout");
    head->keepalive_max = parameter(value, "max");
}

static void take_host(lab_http_head_t *head, const char *value)
{
    head->host = value;
}

static void take_content_type(lab_http_head_t *head, const char *value)
{
    head->content_type = value;
}

static const struct {
    const char *name;
    size_t length;
    void (*take)(lab_http_head_t *head, const char *value);
} fields[] = {
#define FIELD(name, take)                                                                                    \
    {                                                                                                        \
        name, sizeof name - 1, take                                                                          \
    }
    FIELD("content-length", take_content_length),
    FIELD("transfer-encoding", take_coding),
    FIELD("connection", take_connection),
    FIELD("keep-alive", take_keep_alive),
    FIELD("host", take_host),
    FIELD("content-type", take_content_type),
#undef FIELD
};

static void take_line(lab_http_head_t *head, char *line, char *end)
{
    char *colon = memchr(line, ':', (size_t)(end - line));
    if (!colon)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!is_word(line, (size_t)(colon - line), fields[i].name, fields[i].length))
            continue;
        char *value = colon + 1;
        while (*value == ' ' || *value == '\t')
            value++;
        while (end > value && g_ascii_isspace(end[-1]))
            *--end = '\0';
        fields[i].take(head, value);
        return;
    }
}

/* A start line, looked at before its message is read and again with the whole head. */
typedef struct {
    bool response;
    uint16_t status;        /* of a response */
    size_t target, version; /* of a request: where they begin */
} start_line_t;

/* "METHOD target HTTP/1.x" or "HTTP/1.x NNN reason"; false for anything else. */
static bool read_start_line(start_line_t *s, const char *line, size_t length)
{
    static const char http[] = "HTTP/1.";
    const size_t n = sizeof http - 1;
    s->response = length > n && memcmp(line, http, n) == 0;
    if (s->response) {
        s->status =
            length > n + 2 ? (uint16_t)leading_number(line + n + 2 + strspn(line + n + 2, " "), 999) : 0;
        return s->status >= 100;
    }
    const char *first = memchr(line, ' ', length), *last = line + length;
    while (first && last > first && last[-1] != ' ')
        last--;
    if (!first || last == first + 1 || (size_t)(line + length - last) < n || memcmp(last, http, n) != 0)
        return false;
    s->target = (size_t)(first - line) + 1;
    s->version = (size_t)(last - line);
    return true;
}

/* RFC 9112 4 lets the reason be empty. */
static void take_status_line(lab_http_head_t *head, char *line, const start_line_t *s)
{
    static const char digits[] = "0123456789";
    char *status = line + 9 + strspn(line + 9, " "), *after = status + strspn(status, digits);
    head->response = true;
    head->status = s->status;
    head->phrase = after + strspn(after, " ");
    head->http_1_0 = line[7] == '0';
    line[8] = '\0';
    head->version = line;
}

/* `line` is cut up. */
static bool take_start_line(lab_http_head_t *head, char *line, size_t length)
{
    start_line_t s;
    if (!read_start_line(&s, line, length))
        return false;
    if (s.response) {
        take_status_line(head, line, &s);
        return true;
    }
    head->method = line;
    head->target = line + s.target;
    head->version = line + s.version;
    head->http_1_0 = head->version[7] == '0';
    line[s.target - 1] = line[s.version - 1] = '\0';
    return true;
}

/* The end of the line at `at`, which is cut off there; NULL for an unfinished line. `next` gets the line
 * after it. */
static char *cut_line(char *at, char *limit, char **next)
{
    char *end = memchr(at, '\n', (size_t)(limit - at));
    if (!end)
        return NULL;
    *next = end + 1;
    if (end > at && end[-1] == '\r')
        end--;
    *end = '\0';
    return end;
}

/* The same for a field line. RFC 9112 5.2: one that begins with a blank goes on with the value before it. */
static char *cut_field_line(char *at, char *limit, char **next)
{
    char *end = cut_line(at, limit, next);
    while (end && end > at && *next < limit && (**next == ' ' || **next == '\t')) {
        char *folded = *next, *further = cut_line(folded, limit, next);
        if (!further)
            break;
        memset(end, ' ', (size_t)(folded - end));
        end = further;
    }
    return end;
}

static void keep_line(lab_http_head_t *head, const char *line)
{
    if (head->line_count < LAB_HTTP_LINES_MAX)
        head->lines[head->line_count++] = line;
    else
        head->lines_left_out++;
}

/* `text` is cut up; the strings of `head` point into it. */
static bool parse_head(lab_http_head_t *head, char *text, size_t length)
{
    memset(head, 0, offsetof(lab_http_head_t, lines)); /* `lines` is large, and counted */
    head->content_length = head->keepalive_timeout = head->keepalive_max = -1;
    char *limit = text + length, *line = text, *next = text, *end = cut_line(line, limit, &next);
    if (!end || !take_start_line(head, line, (size_t)(end - line)))
        return false;
    while (line = next, (end = cut_field_line(line, limit, &next))) {
        take_line(head, line, end);
        if (end != line)
            keep_line(head, line);
    }
    return true;
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
    if (head->other_coding || head->content_length < 0)
        return LAB_HTTP_UNTIL_CLOSE;
    return head->content_length > 0 ? LAB_HTTP_LENGTH : LAB_HTTP_NO_BODY;
}

lab_http_body_t lab_http_request_body(const lab_http_head_t *head)
{
    if (head->chunked)
        return LAB_HTTP_CHUNKED;
    return head->content_length > 0 ? LAB_HTTP_LENGTH : LAB_HTTP_NO_BODY;
}

static void message_done(lab_http_t *h, lab_http_place_t at)
{
    h->state = START;
    h->events->end(h->user, at);
}

static void body_follows(lab_http_t *h, lab_http_body_t body, const lab_http_head_t *head,
                         lab_http_place_t at)
{
    static const state_t states[] = {[LAB_HTTP_LENGTH] = BODY_LENGTH,
                                     [LAB_HTTP_CHUNKED] = CHUNK_SIZE,
                                     [LAB_HTTP_UNTIL_CLOSE] = UNTIL_CLOSE,
                                     [LAB_HTTP_TUNNEL] = TUNNEL};
    h->left = body == LAB_HTTP_LENGTH ? (uint64_t)head->content_length : 0;
    h->line = 0;
    if (body == LAB_HTTP_NO_BODY || body == LAB_HTTP_TUNNEL)
        message_done(h, at);
    if (body != LAB_HTTP_NO_BODY)
        h->state = states[body];
}

/* ---- the stream ---- */

/* Bytes are missing: where the next message begins must be looked for. */
static void lose(lab_http_t *h)
{
    h->state = LOST;
    g_string_truncate(h->head, 0);
    forget_pieces(h);
}

/* These bytes are no HTTP. */
static void give_up(lab_http_t *h)
{
    lose(h);
    if (!h->messages)
        h->state = NOT_HTTP;
}

/* RFC 9110 9.1 has methods in capitals. A first request may have one in small letters, which is another,
 * unknown one; where a message is looked for among other bytes that is no sign. */
static bool is_method_letter(char letter, bool first)
{
    return g_ascii_isupper(letter) || letter == '-' || letter == '_' || (first && g_ascii_islower(letter));
}

/* Could these bytes begin a message? A method or HTTP/1, as far as there are bytes. */
static bool plausible(const char *p, size_t n, bool first)
{
    static const char version[] = "HTTP/1.";
    size_t known = MIN(n, sizeof version - 1);
    if (memcmp(p, version, known) == 0)
        return true;
    size_t i = 0;
    while (i < n && i < 20 && is_method_letter(p[i], first))
        i++;
    return i == n || (i >= 3 && p[i] == ' ');
}

/* Bytes of a start line whose end is still to come. */
static void keep_piece(lab_http_t *h, lab_http_place_t at)
{
    if (!h->early)
        h->early = g_array_new(FALSE, FALSE, sizeof at);
    if (h->early->len < PIECES_MAX)
        g_array_append_val(h->early, at);
}

/* The start line is there: is it one? Tells of the message's beginning and of the frames it came in. */
static bool start_line_complete(lab_http_t *h, lab_http_place_t at)
{
    start_line_t line;
    if (!read_start_line(&line, h->head->str, strcspn(h->head->str, "\r\n")))
        return false;
    h->messages++;
    h->events->begin(h->user, line.response, h->early ? g_array_index(h->early, lab_http_place_t, 0) : at,
                     at);
    for (guint i = 0; h->early && i < h->early->len; i++)
        h->events->piece(h->user, g_array_index(h->early, lab_http_place_t, i), 0, true);
    h->events->piece(h->user, at, 0, true);
    forget_pieces(h);
    h->state = HEAD;
    return true;
}

static uint32_t feed_start(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
{
    if (h->head->len == 0 && (data[0] == '\r' || data[0] == '\n'))
        return 1; /* RFC 9112 2.2: empty lines before a message are ignored */
    const uint8_t *newline = memchr(data, '\n', n);
    uint32_t take = newline ? (uint32_t)(newline - data) + 1 : n;
    g_string_append_len(h->head, (const char *)data, take);
    if (!newline)
        keep_piece(h, at);
    if (!plausible(h->head->str, h->head->len, !h->messages) || h->head->len > HEAD_MAX ||
        memchr(h->head->str, '\0', h->head->len) || (newline && !start_line_complete(h, at)))
        give_up(h);
    return take;
}

static void head_complete(lab_http_t *h, lab_http_place_t after)
{
    lab_http_head_t head;
    if (parse_head(&head, h->head->str, h->head->len))
        body_follows(h, h->events->head(h->user, &head), &head, after);
    else
        give_up(h);
    g_string_truncate(h->head, 0);
}

/* The rest of the head is missing: what is there is told, but where the message ends cannot be known. */
static void head_cut(lab_http_t *h)
{
    lab_http_head_t head;
    if (parse_head(&head, h->head->str, h->head->len))
        h->events->head(h->user, &head);
}

/* The byte `back` places before data[i], which may be one that came earlier. */
static int byte_before(const lab_http_t *h, const uint8_t *data, uint32_t i, uint32_t back)
{
    if (i >= back)
        return data[i - back];
    return h->head->len >= back - i ? (unsigned char)h->head->str[h->head->len - (back - i)] : -1;
}

/* How many of the bytes belong to the head: up to and with its empty line, or all (`*done` tells which). */
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

static uint32_t feed_head(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
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

static uint32_t feed_counted(lab_http_t *h, uint32_t n, lab_http_place_t at)
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
        h->state = CHUNK_END;
    return take;
}

/* RFC 9112 7.1: chunk-size [ chunk-ext ] CRLF; the size ends at the first byte that is no hexadecimal digit.
 */
static void chunk_byte(lab_http_t *h, uint8_t byte)
{
    enum { EXTENSION = 1u << 8 };
    if (byte == '\n') {
        h->state = h->left ? CHUNK_DATA : TRAILER;
        h->line = 0;
    } else if (!(h->line & EXTENSION) && g_ascii_isxdigit(byte)) {
        if (h->left >> 60 || ++h->line > 16)
            give_up(h);
        h->left = h->left << 4 | (uint64_t)g_ascii_xdigit_value((char)byte);
    } else if (h->line == 0) {
        give_up(h);
    } else {
        h->line |= EXTENSION;
    }
}

static uint32_t feed_chunk_lines(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
{
    state_t entered = h->state;
    uint32_t i = 0;
    while (i < n && h->state == entered) {
        uint8_t byte = data[i++];
        if (entered == CHUNK_SIZE) {
            chunk_byte(h, byte);
        } else if (byte == '\n') {
            h->state = CHUNK_SIZE;
            h->left = h->line = 0;
        }
    }
    h->events->piece(h->user, at, 0, false);
    return i;
}

/* RFC 9110 6.5.1: these fields are no part of the head, and none of them may tell of framing. */
static void tell_trailer(lab_http_t *h)
{
    lab_http_head_t trailer = {0};
    char *limit = h->head->str + h->head->len, *line, *next = h->head->str, *end;
    while (line = next, (end = cut_field_line(line, limit, &next)))
        if (end != line)
            keep_line(&trailer, line);
    if (trailer.line_count)
        h->events->trailer(h->user, &trailer);
}

/* The trailer section is ended by an empty line. */
static uint32_t feed_trailer(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
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

static uint32_t feed_rest(lab_http_t *h, uint32_t n, lab_http_place_t at)
{
    if (h->state == UNTIL_CLOSE)
        h->events->piece(h->user, at, n, false);
    return n;
}

static uint32_t feed_some(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
{
    switch (h->state) {
    case BODY_LENGTH:
    case CHUNK_DATA:
        return feed_counted(h, n, at);
    case UNTIL_CLOSE:
    case TUNNEL:
    case NOT_HTTP:
        return feed_rest(h, n, at);
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

/* Most heads come whole in one segment; only one that does not needs a place of its own. */
static void save_unfinished_head(lab_http_t *h)
{
    if (h->head->len && !h->saved) {
        h->saved = g_string_new_len(h->head->str, (gssize)h->head->len);
    } else if (!h->head->len && h->saved) {
        g_string_free(h->saved, TRUE);
        h->saved = NULL;
    }
}

bool lab_http_feed(lab_http_t *h, const uint8_t *data, uint32_t n, lab_http_place_t at)
{
    if (h->state == LOST) { /* a segment that begins like a message: go on from there */
        if (!data || !plausible((const char *)data, n, false))
            return true;
        h->state = START;
    }
    h->head = h->saved ? h->saved : g_string_truncate(h->scratch, 0);
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
