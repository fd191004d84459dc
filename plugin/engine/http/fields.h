/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http_head.h - a start line and the fields after it, as http.c needs them for framing. RFC 9112 3, 4 and 5.
 */
#ifndef LAB_HTTP_HEAD_H
#define LAB_HTTP_HEAD_H

#include "framing.h"

/* A start line, looked at before its message is read and again with the whole head. */
typedef struct {
    bool response;
    uint16_t status;        /* of a response */
    size_t target, version; /* of a request: where they begin */
} lab_http_start_line_t;

/* Could these bytes begin a message? A method or HTTP/1, as far as there are bytes. `first`: they are the
 * first of their direction. */
bool lab_http_plausible(const char *p, size_t n, bool first);

/* "METHOD target HTTP/1.x" or "HTTP/1.x NNN reason"; false for anything else. */
bool lab_http_read_start_line(lab_http_start_line_t *s, const char *line, size_t length);

/* Reads a whole head. `text` is cut up, and the strings of `head` point into it; false if it begins with no
 * start line. */
bool lab_http_parse_head(lab_http_head_t *head, char *text, size_t length);

/* The end of the field line at `at`, which is cut off there; NULL for an unfinished line. `next` gets the
 * line after it. RFC 9112 5.2: one that begins with a blank goes on with the value before it. */
char *lab_http_cut_field_line(char *at, char *limit, char **next);

/* Adds a field line to those of a head; one too many is only counted. */
void lab_http_keep_line(lab_http_head_t *head, const char *line);

#endif
