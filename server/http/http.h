/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http.h - what HTTP's header fields say: dates, entity tags, conditions, lists. Pure functions. */
#ifndef LABSERVER_HTTP_H
#define LABSERVER_HTTP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* Room for "Sun, 06 Nov 1994 08:49:37 GMT" and its end. */
#define HTTP_DATE_SIZE 32

/* `seconds` since 1970 as an IMF-fixdate (RFC 9110, 5.6.7). */
void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE]);

/* Reads any of the three date forms of RFC 9110, 5.6.7; false if it is none of them. */
bool http_date_parse(const char *string, int64_t *seconds);

/* Whether `token` is in the comma-separated `list`, in capital or small letters. `list` may be NULL. */
bool http_list_has(const char *list, const char *token);

/* Whether `etag`, quotes included, is in `list`, or `list` is "*". Strong comparison takes no W/ tag (RFC
 * 9110, 8.8.3.2). */
bool http_etag_listed(const char *list, const char *etag, bool strong);

/* What identifies a representation: its entity tag, and when it was changed in seconds since 1970. */
typedef struct {
    const char *etag;
    int64_t modified;
} http_validators_t;

/* The conditional headers of a request; NULL where there is none. */
typedef struct {
    const char *if_match;
    const char *if_none_match;
    const char *if_modified_since;
    const char *if_unmodified_since;
    const char *if_range;
    const char *range;
} http_conditions_t;

/* Evaluates the conditions of a GET or HEAD in the order of RFC 9110, 13.2.2. Returns 412, 304, or 200 if
 * the request goes on. */
unsigned http_precondition(const http_conditions_t *conditions, const http_validators_t *current);

/* Which of the two languages has the higher weight in `accept_language`, which may be NULL; `fallback` if
 * neither is in it. */
lab_lang_t http_language(const char *accept_language, lab_lang_t fallback);

/* Whether the response may be compressed with gzip (RFC 9110, 12.5.3). `accept_encoding` may be NULL; that
 * means no. */
bool http_accepts_gzip(const char *accept_encoding);

/* Whether the field Host is a name or an address with an optional port (RFC 9110, 7.2). It may be empty. */
bool http_host_is_sound(const char *host);

/* Whether `name` is a token, and `value` has no control characters but tabs (RFC 9110, 5.1 and 5.5). */
bool http_field_is_sound(const char *name, const char *value);

/* Whether the target has no space and no control character, and each % in its path is followed by two
 * hexadecimal digits other than 00. */
bool http_target_is_sound(const char *target);

/* The path of the target. Scheme and authority of the absolute form are skipped. */
const char *http_target_path(const char *target);

/* Reads the digits at *p and moves *p behind them. false without a digit. A number that is too large
 * becomes the largest one. */
bool http_digits(const char **p, uint64_t *number);

/* Reads a whole number from `low` to `high`, digits only; false for anything else. */
bool http_number(const char *string, uint64_t low, uint64_t high, uint64_t *number);

#endif
