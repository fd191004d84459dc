/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.c - start line and fields of a message; see fields.h. */
#include "fields.h"

#include <stddef.h>
#include <string.h>

/* True if a word of n letters is `name`, whatever its case. `name` is in lower case. */
static bool is_word(const char *word, size_t n, const char *name, size_t length)
{
    return n == length && (word[0] | 0x20) == name[0] && g_ascii_strncasecmp(word, name, n) == 0;
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
        p += strspn(p, " \t");
        const char *end;
        int64_t length = decimal(p, &end);
        p = end + strspn(end, " \t");
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
    static const char digits[] = "0123456789";
    char *status = line + 9 + strspn(line + 9, " "), *after = status + strspn(status, digits);
    head->response = true;
    head->status = s->status;
    head->phrase = after + strspn(after, " ");
    head->http_1_0 = line[7] == '0';
    line[8] = '\0';
    head->version = line;
}

/* Writes zero bytes into `line`: the strings of `head` point into it. */
static bool take_start_line(lab_http_head_t *head, char *line, size_t length)
{
    lab_http_start_line_t s;
    if (!lab_http_read_start_line(&s, line, length))
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

bool lab_http_parse_head(lab_http_head_t *head, char *text, size_t length)
{
    memset(head, 0, offsetof(lab_http_head_t, lines)); /* line_count says how many lines are set */
    head->content_length = head->keepalive_timeout = head->keepalive_max = -1;
    char *limit = text + length, *line = text, *next = text, *end = cut_line(line, limit, &next);
    if (!end || !take_start_line(head, line, (size_t)(end - line)))
        return false;
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
