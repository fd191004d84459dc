/* What HTTP's headers say, as pure functions: dates, entity tags, ranges, conditions, lists. */
#ifndef LABSERVER_HTTP_H
#define LABSERVER_HTTP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* Room for "Sun, 06 Nov 1994 08:49:37 GMT" and its end. */
#define HTTP_DATE_SIZE 32

/* SECONDS since 1970 as an IMF-fixdate (RFC 9110, 5.6.7). */
void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE]);

/* Reads any of the three date forms of RFC 9110, 5.6.7; false if it is none of them. */
bool http_date_parse(const char *string, int64_t *seconds);

/* Is TOKEN in the comma-separated LIST, whatever its case? LIST may be NULL. */
bool http_list_has(const char *list, const char *token);

/* Is ETAG (quotes included) in LIST, or is LIST "*"? Strong comparison takes no W/ tag (RFC 9110, 8.8.3.2).
 */
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

/* The order of RFC 9110, 13.2.2, for GET and HEAD: 412, 304, or 200 for "go on". */
unsigned http_precondition(const http_conditions_t *conditions, const http_validators_t *current);

/* Which of our languages ACCEPT_LANGUAGE (may be NULL) likes best; FALLBACK if it names neither. */
lab_lang_t http_language(const char *accept_language, lab_lang_t fallback);

/* May the response be compressed with gzip (RFC 9110, 12.5.3)? ACCEPT_ENCODING may be NULL, which says no. */
bool http_accepts_gzip(const char *accept_encoding);

/* Host header: a name or an address with an optional port (RFC 9110, 7.2); an empty one is allowed. */
bool http_host_is_sound(const char *host);

/* Is NAME a token and VALUE free of control characters but tabs (RFC 9110, 5.1 and 5.5)? */
bool http_field_is_sound(const char *name, const char *value);

/* No space or control character, and percent-encoding in the path: two hexadecimal digits each, never a zero
 * byte. */
bool http_target_is_sound(const char *target);

/* The path in TARGET once its scheme and authority, if it is in absolute form, are skipped. */
const char *http_target_path(const char *target);

/* Digits at *P; moves *P behind them. false without a digit. Too large a number becomes the largest. */
bool http_digits(const char **p, uint64_t *number);

/* A whole number from LOW to HIGH, digits only; false for anything else. */
bool http_number(const char *string, uint64_t low, uint64_t high, uint64_t *number);

#endif
