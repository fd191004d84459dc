/* SPDX-License-Identifier: GPL-2.0-or-later */
/* url.h - where a URL leads: "host/path?query" without scheme and fragment, so that those which name the same
 * place are the same text. RFC 3986 5.2 and 6.2; what a request names: RFC 9112 3.2, 3.3.
 */
#ifndef LAB_URL_H
#define LAB_URL_H

#include <stdbool.h>

/* Does it begin with a scheme and "//"? A URL inside a query does not count. */
bool lab_url_is_absolute(const char *url);

/* Does a request with this method and target (NULL = not seen) go to a proxy? RFC 9112 3.2.2, 3.2.3: then
 * Host is not the server that the client connected to. */
bool lab_url_names_proxy(const char *method, const char *target);

/* The place that an absolute URL names. The host is in small letters, without the port that its scheme has
 * anyway. To be freed with g_free. */
char *lab_url_place(const char *url);

/* The place that a request names with its Host field (NULL = none) and its target. To be freed with g_free.
 */
char *lab_url_of_request(const char *host, const char *target);

/* The place that a Location or Referer names, which may be relative to the place of its request, the
 * base. NULL for a
 * scheme that has no places, as in "mailto:". To be freed with g_free. */
char *lab_url_resolve(const char *base, const char *reference);

#endif
