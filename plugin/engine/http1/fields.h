/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.h - start line and fields of a message, as framing.c needs them. RFC 9112 3, 4 and 5. */
#ifndef LAB_FIELDS_H
#define LAB_FIELDS_H

#include "framing.h"

/* A start line. */
typedef struct {
    bool response;
    uint16_t status;        /* of a response */
    size_t target, version; /* of a request: index of their first byte in the line */
} lab_http_start_line_t;

/* True if these bytes may be the beginning of a message: a method or HTTP/1, as far as there are bytes.
 * `first`: they are the first bytes of their direction. */
bool lab_http_plausible(const char *p, size_t n, bool first);

/* Reads "METHOD target HTTP/1.x" or "HTTP/1.x NNN reason"; false for any other line. */
bool lab_http_read_start_line(lab_http_start_line_t *s, const char *line, size_t length);

/* Where the lines of a head end: the start line, all field lines, the empty line. */
typedef struct {
    unsigned count;
    uint32_t ends[LAB_HTTP_LINES_MAX + 2]; /* index of each one's line feed */
} lab_http_lines_t;

/* Finds the lines of a head that begins with `data`. Returns its length; 0 = it does not end within n bytes,
 * has more lines, or one that begins with a blank. */
uint32_t lab_http_find_lines(lab_http_lines_t *lines, const uint8_t *data, uint32_t n);
/* Reads a head whose lines are known; none of them begins with a blank. Writes zero bytes into `text`. */
void lab_http_take_lines(lab_http_head_t *head, char *text, const lab_http_lines_t *lines,
                         const lab_http_start_line_t *start);

/* Reads a whole head; false if it does not begin with a start line. Writes zero bytes into `text`: the
 * strings of `head` point into it. */
bool lab_http_parse_head(lab_http_head_t *head, char *text, size_t length);

/* Ends the field line at `at` with a zero byte, and returns the address of that byte; NULL = the line has no
 * end before `limit`. `next` gets the line after it. RFC 9112 5.2: a line that begins with a blank continues
 * the value of the line before it. */
char *lab_http_cut_field_line(char *at, char *limit, char **next);

/* Adds a field line to a head, or counts it if the head has LAB_HTTP_LINES_MAX lines already. The text is not
 * copied. */
void lab_http_keep_line(lab_http_head_t *head, const char *line);

#endif
