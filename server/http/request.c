/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request.c - see request.h. */
#include "request.h"

#include <string.h>

typedef struct {
    const char *name;
    size_t offset; /* of a const char * in RequestHeaders */
    int id;        /* counted too, unless -1 */
} row_t;

#define VALUE(id)       G_STRUCT_OFFSET(request_headers_t, value[id])
#define CONDITION(name) G_STRUCT_OFFSET(request_headers_t, conditions.name)

static const row_t rows[] = {
    {"Host", VALUE(HEADER_HOST), HEADER_HOST},
    {"User-Agent", VALUE(HEADER_USER_AGENT), HEADER_USER_AGENT},
    {"Accept-Language", VALUE(HEADER_ACCEPT_LANGUAGE), HEADER_ACCEPT_LANGUAGE},
    {"Accept-Encoding", VALUE(HEADER_ACCEPT_ENCODING), HEADER_ACCEPT_ENCODING},
    {"Expect", VALUE(HEADER_EXPECT), HEADER_EXPECT},
    {"Cookie", VALUE(HEADER_COOKIE), HEADER_COOKIE},
    {"Content-Type", VALUE(HEADER_CONTENT_TYPE), HEADER_CONTENT_TYPE},
    {"Referer", VALUE(HEADER_REFERER), HEADER_REFERER},
    {"Content-Length", VALUE(HEADER_CONTENT_LENGTH), HEADER_CONTENT_LENGTH},
    {"Transfer-Encoding", VALUE(HEADER_TRANSFER_ENCODING), HEADER_TRANSFER_ENCODING},
    {"If-None-Match", CONDITION(if_none_match), -1},
    {"If-Modified-Since", CONDITION(if_modified_since), -1},
    {"If-Match", CONDITION(if_match), -1},
    {"If-Unmodified-Since", CONDITION(if_unmodified_since), -1},
    {"If-Range", CONDITION(if_range), -1},
    {"Range", CONDITION(range), -1},
};

static void note(request_headers_t *headers, const row_t *row, const char *value)
{
    const char **place = &G_STRUCT_MEMBER(const char *, headers, row->offset);

    if (!*place)
        *place = value;
    if (row->id >= 0 && headers->count[row->id] < G_MAXUINT8)
        headers->count[row->id]++;
}

static enum MHD_Result collect(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    request_headers_t *headers = cls;

    (void)kind;
    if (!value)
        value = "";
    headers->lines++;
    headers->malformed = headers->malformed || !http_field_is_sound(name, value);
    if (!g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONNECTION)) {
        headers->close = headers->close || http_list_has(value, "close");
        headers->keep_alive = headers->keep_alive || http_list_has(value, "keep-alive");
        return MHD_YES;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_ascii_strcasecmp(rows[i].name, name)) {
            note(headers, &rows[i], value);
            break;
        }
    }
    return MHD_YES;
}

void request_headers(struct MHD_Connection *connection, request_headers_t *headers)
{
    memset(headers, 0, sizeof *headers);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, collect, headers);
}

static bool is_http10(const char *version)
{
    return !strcmp(version, MHD_HTTP_VERSION_1_0);
}

/* The length of a target that RFC 9112, 3 recommends, and more header lines than browsers send. */
#define TARGET_BYTES_MAX 8000
#define LINES_MAX        100

static bool target_long(const request_headers_t *headers, const request_line_t *line)
{
    (void)headers;
    return line->target_length > TARGET_BYTES_MAX;
}

static bool target_unsound(const request_headers_t *headers, const request_line_t *line)
{
    (void)headers;
    return !line->target_sound;
}

/* RFC 9112, 3.2: origin form, absolute form, authority form for CONNECT and the asterisk for OPTIONS. */
static bool target_form_bad(const request_headers_t *headers, const request_line_t *line)
{
    (void)headers;
    if (!strcmp(line->method, MHD_HTTP_METHOD_CONNECT))
        return false;
    if (!strcmp(line->target, "*"))
        return strcmp(line->method, MHD_HTTP_METHOD_OPTIONS) != 0;
    return *line->target != '/' && g_ascii_strncasecmp(line->target, "http://", 7) != 0;
}

static bool too_many_lines(const request_headers_t *headers, const request_line_t *line)
{
    (void)line;
    return headers->lines > LINES_MAX;
}

static bool line_malformed(const request_headers_t *headers, const request_line_t *line)
{
    (void)line;
    return headers->malformed;
}

static bool host_missing(const request_headers_t *headers, const request_line_t *line)
{
    return !headers->count[HEADER_HOST] && !is_http10(line->version);
}

static bool host_twice(const request_headers_t *headers, const request_line_t *line)
{
    (void)line;
    return headers->count[HEADER_HOST] > 1;
}

static bool host_bad(const request_headers_t *headers, const request_line_t *line)
{
    (void)line;
    return headers->value[HEADER_HOST] && !http_host_is_sound(headers->value[HEADER_HOST]);
}

static bool length_twice(const request_headers_t *headers, const request_line_t *line)
{
    (void)line;
    return headers->count[HEADER_CONTENT_LENGTH] > 1;
}

static bool length_bad(const request_headers_t *headers, const request_line_t *line)
{
    const char *length = headers->value[HEADER_CONTENT_LENGTH];
    uint64_t bytes;

    (void)line;
    return length && !http_number(length, 0, G_MAXUINT64 - 1, &bytes);
}

/* HTTP/1.0 has no chunks. Transfer-Encoding there leaves the length as unclear as both fields at once do
 * (RFC 9112, 6.1). */
static bool length_and_chunked(const request_headers_t *headers, const request_line_t *line)
{
    return headers->count[HEADER_TRANSFER_ENCODING] &&
           (headers->count[HEADER_CONTENT_LENGTH] || is_http10(line->version));
}

static bool coding_unknown(const request_headers_t *headers, const request_line_t *line)
{
    const char *coding = headers->value[HEADER_TRANSFER_ENCODING];

    (void)line;
    return coding && (headers->count[HEADER_TRANSFER_ENCODING] > 1 || g_ascii_strcasecmp(coding, "chunked"));
}

/* RFC 9110, 10.1.1. A client of HTTP/1.0 cannot expect anything. */
static bool expects_more(const request_headers_t *headers, const request_line_t *line)
{
    const char *expect = headers->value[HEADER_EXPECT];

    return expect && !is_http10(line->version) && g_ascii_strcasecmp(expect, "100-continue") != 0;
}

typedef struct {
    bool (*broken)(const request_headers_t *headers, const request_line_t *line);
    refusal_t refusal;
} rule_t;

static const rule_t rules[] = {
    {target_long, {414, T_WHY_TARGET_LONG}},
    {target_unsound, {400, T_WHY_PATH_ENCODING}},
    {target_form_bad, {400, T_WHY_TARGET_FORM}},
    {too_many_lines, {431, T_WHY_TOO_MANY_HEADERS}},
    {line_malformed, {400, T_WHY_HEADER_BAD}},
    {length_twice, {400, T_WHY_LENGTH_TWICE}},
    {length_and_chunked, {400, T_WHY_LENGTH_AND_CHUNKED}},
    {length_bad, {400, T_WHY_LENGTH_BAD}},
    {coding_unknown, {501, T_WHY_CODING}},
    {host_missing, {400, T_WHY_HOST_MISSING}},
    {host_twice, {400, T_WHY_HOST_TWICE}},
    {host_bad, {400, T_WHY_HOST_BAD}},
    {expects_more, {417, T_WHY_EXPECT}},
};

refusal_t request_check(const request_headers_t *headers, const request_line_t *line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].broken(headers, line))
            return rules[i].refusal;
    }
    return (refusal_t){0, T_COUNT};
}

bool request_closes(const request_headers_t *headers, const char *version)
{
    return headers->close || (is_http10(version) && !headers->keep_alive);
}
