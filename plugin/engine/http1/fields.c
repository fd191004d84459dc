/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.c - start line and fields of a message; see fields.h. */
#include "fields.h"

#include <stddef.h>
#include <string.h>

#define LETTERS                                                                                              \
    UINT64_C(0x4040404040404040)              /* this bit is set in letters, and not in digits, '-' and '/'  \
                                               */
#define CAPITALS UINT64_C(0x2020202020202020) /* this bit is not set in capital letters */

/* Eight bytes are those of `name`, whatever the case of letters. */
static bool same_eight(const char *word, const char *name)
{
    uint64_t a, b;
    memcpy(&a, word, sizeof a);
    memcpy(&b, name, sizeof b);
    return (a | (b & LETTERS) >> 1) == b;
}
_Static_assert(LETTERS >> 1 == CAPITALS, "letters in lower case differ from capitals in the bit below");

/* The bytes of `word` are those of `name`, whatever the case of letters. `name` is in lower case: letters and
 * '-'. */
static bool same_word(const char *word, const char *name, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        if (!same_eight(word + i, name + i))
            return false;
    if (i && i < n) /* the last eight, some of them once more */
        return same_eight(word + n - 8, name + n - 8);
    for (; i < n; i++)
        if ((word[i] | (name[i] & 0x40) >> 1) != name[i])
            return false;
    return true;
}

/* True if a word of n letters is `name`. */
static bool is_word(const char *word, size_t n, const char *name, size_t length)
{
    return n == length && same_word(word, name, length);
}
#define IS_WORD(word, n, name) is_word(word, n, name, sizeof name - 1)

/* The decimal number at `text`, 1*DIGIT, and what follows it in *end; -1 = there is none, or it is above
 * INT64_MAX. RFC 9110 8.6: a sign or "0x" is no part of a length. */
static int64_t decimal(const char *text, const char **end)
{
    int64_t number = g_ascii_isdigit(*text) ? 0 : -1;
    for (; g_ascii_isdigit(*text); text++) {
        int digit = *text - '0';
        number = number < 0 || number > (G_MAXINT64 - digit) / 10 ? -1 : number * 10 + digit;
    }
    *end = text;
    return number;
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

static bool ends_item(char c)
{
    return !c || strchr(" \t,;", c);
}

/* The number of "name=NUMBER" in a list of parameters; -1 = absent, -2 = it is no number. */
static int64_t parameter(const char *value, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = value; *p; p++) {
        if ((p != value && !strchr(" ,\t", p[-1])) || g_ascii_strncasecmp(p, name, n) != 0 || p[n] != '=')
            continue;
        const char *end;
        int64_t number = decimal(p + n + 1, &end);
        return ends_item(*end) && number >= 0 ? number : -2;
    }
    return -1;
}

/* RFC 9112 6.3 rule 5: a list of equal lengths is that length; anything else leaves the end unknown. */
static void take_content_length(lab_http_head_t *head, const char *value)
{
    const char *p = value;
    do {
        const char *end;
        int64_t length = decimal(skip_blanks(p), &end);
        p = skip_blanks(end);
        head->bad_length |=
            length < 0 || (*p && *p != ',') || (head->content_length >= 0 && head->content_length != length);
        head->content_length = length;
    } while (!head->bad_length && *p++);
}

/* RFC 9112 6.3 rule 4: a body is in chunks only if chunked is the last coding. Of several lines the last
 * counts. */
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
        size_t length = 0;
        while (p[length] && p[length] != ',')
            length++;
        size_t n = length;
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

/* Field, its first letter, what reads its value. */
#define FIELDS(FIELD)                                                                                        \
    FIELD("content-length", 'c', take_content_length)                                                        \
    FIELD("connection", 'c', take_connection)                                                                \
    FIELD("content-type", 'c', take_content_type)                                                            \
    FIELD("host", 'h', take_host)                                                                            \
    FIELD("keep-alive", 'k', take_keep_alive)                                                                \
    FIELD("transfer-encoding", 't', take_coding)

static const struct {
    const char *name;
    size_t length;
    void (*take)(lab_http_head_t *head, const char *value);
} fields[] = {
#define ROW(name, letter, take) {name, sizeof name - 1, take},
    FIELDS(ROW)
#undef ROW
};

/* Most lines begin with another letter. */
static bool may_be_field(char letter)
{
#define BIT(name, first, take) | 1u << (first & 31)
    const uint32_t letters = 0 FIELDS(BIT);
#undef BIT
    return letters >> (letter & 31) & 1;
}

/* The name ends at the first colon, and none of these names has one. */
static bool is_field(const char *line, size_t n, size_t i)
{
    size_t length = fields[i].length;
    return (line[0] | 0x20) == fields[i].name[0] && n > length && line[length] == ':' &&
           same_word(line, fields[i].name, length);
}

static void take_line(lab_http_head_t *head, char *line, char *end)
{
    if (!may_be_field(line[0]))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (!is_field(line, (size_t)(end - line), i))
            continue;
        char *value = line + fields[i].length + 1;
        while (*value == ' ' || *value == '\t')
            value++;
        while (end > value && g_ascii_isspace(end[-1]))
            *--end = '\0';
        fields[i].take(head, value);
        return;
    }
}

/* RFC 9112 4: status-code = 3DIGIT, between blanks. RFC 9110 15: below 100 it is none. 0 = there is none. */
static uint16_t status_code(const char *p, const char *end)
{
    while (p < end && *p == ' ')
        p++;
    bool three = end - p >= 3 && g_ascii_isdigit(p[0]) && g_ascii_isdigit(p[1]) && g_ascii_isdigit(p[2]);
    if (!three || p[0] == '0' || (end - p > 3 && p[3] != ' '))
        return 0;
    return (uint16_t)((p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0'));
}

bool lab_http_read_start_line(lab_http_start_line_t *s, const char *line, size_t length)
{
    static const char http[] = "HTTP/1.";
    const size_t n = sizeof http - 1;
    s->response = length > n && memcmp(line, http, n) == 0;
    if (s->response) {
        s->status = length > n + 2 ? status_code(line + n + 2, line + length) : 0;
        return s->status != 0;
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

/* RFC 9112 4: the reason phrase may be empty. */
static void take_status_line(lab_http_head_t *head, char *line, const lab_http_start_line_t *s)
{
    const char *after = line + 9;
    while (*after == ' ')
        after++;
    while (g_ascii_isdigit(*after))
        after++;
    while (*after == ' ')
        after++;
    head->response = true;
    head->status = s->status;
    head->phrase = after;
    head->http_1_0 = line[7] == '0';
    line[8] = '\0';
    head->version = line;
}

/* Writes zero bytes into `line`: the strings of `head` point into it. */
static void take_start_line(lab_http_head_t *head, char *line, const lab_http_start_line_t *s)
{
    if (s->response) {
        take_status_line(head, line, s);
        return;
    }
    head->method = line;
    head->target = line + s->target;
    head->version = line + s->version;
    head->http_1_0 = head->version[7] == '0';
    line[s->target - 1] = line[s->version - 1] = '\0';
}

/* Ends the line at `at` with a zero byte, and returns the address of that byte; NULL = the line has no end
 * before `limit`. `next` gets the line after it. */
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

char *lab_http_cut_field_line(char *at, char *limit, char **next)
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

void lab_http_keep_line(lab_http_head_t *head, const char *line)
{
    if (head->line_count < LAB_HTTP_LINES_MAX)
        head->lines[head->line_count++] = line;
    else
        head->lines_left_out++;
}

static void begin_head(lab_http_head_t *head)
{
    memset(head, 0, offsetof(lab_http_head_t, lines)); /* line_count says how many lines are set */
    head->content_length = head->keepalive_timeout = head->keepalive_max = -1;
}

uint32_t lab_http_find_lines(lab_http_lines_t *lines, const uint8_t *data, uint32_t n)
{
    const uint8_t *line = data, *newline;
    lines->count = 0;
    while (lines->count < G_N_ELEMENTS(lines->ends) &&
           (newline = memchr(line, '\n', n - (size_t)(line - data)))) {
        if (lines->count && (*line == ' ' || *line == '\t'))
            return 0;
        lines->ends[lines->count++] = (uint32_t)(newline - data);
        bool empty = newline == line || (newline == line + 1 && *line == '\r');
        line = newline + 1;
        if (empty)
            return (uint32_t)(line - data);
    }
    return 0;
}

void lab_http_take_lines(lab_http_head_t *head, char *text, const lab_http_lines_t *lines,
                         const lab_http_start_line_t *start)
{
    begin_head(head);
    take_start_line(head, text, start);
    for (unsigned i = 0; i < lines->count; i++) {
        char *line = i ? text + lines->ends[i - 1] + 1 : text, *end = text + lines->ends[i];
        if (end > line && end[-1] == '\r')
            end--;
        *end = '\0';
        if (i == 0 || end == line)
            continue;
        take_line(head, line, end);
        lab_http_keep_line(head, line);
    }
}

bool lab_http_parse_head(lab_http_head_t *head, char *text, size_t length)
{
    lab_http_start_line_t start;
    char *limit = text + length, *line = text, *next = text, *end = cut_line(line, limit, &next);
    begin_head(head);
    if (!end || !lab_http_read_start_line(&start, line, (size_t)(end - line)))
        return false;
    take_start_line(head, line, &start);
    while (line = next, (end = lab_http_cut_field_line(line, limit, &next))) {
        take_line(head, line, end);
        if (end != line)
            lab_http_keep_line(head, line);
    }
    return true;
}

/* RFC 9110 9.1: methods are case-sensitive, and registered ones are in upper case. A method in lower case is
 * accepted as the first bytes of a direction only. */
static bool is_method_letter(char letter, bool first)
{
    return g_ascii_isupper(letter) || letter == '-' || letter == '_' || (first && g_ascii_islower(letter));
}

bool lab_http_plausible(const char *p, size_t n, bool first)
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
