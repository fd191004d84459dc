/* SPDX-License-Identifier: GPL-2.0-or-later */
/* url.h - the resource that a URL or a request names, as the text "host/path?query".
 *
 * Scheme and fragment are left out, so that URLs of one resource are equal texts. RFC 3986 5.2 and 6.2;
 * target of a request: RFC 9112 3.2, 3.3.
 */
#ifndef LAB_URL_H
#define LAB_URL_H

#include <stdbool.h>

/* True if the text begins with a scheme and "//". A URL inside its query does not count. */
bool lab_url_is_absolute(const char *url);

/* True if a request with this method and target (NULL = not seen) goes to a proxy, RFC 9112 3.2.2, 3.2.3. Its
 * Host field is then not the server that the client connected to. */
bool lab_url_names_proxy(const char *method, const char *target);

/* The resource of an absolute URL. The host is in lower case, without port 80 or 443. Free with g_free(). */
char *lab_url_resource(const char *url);

/* The resource of a request with this Host field (NULL = none) and target (NULL = not seen). Free with
 * g_free(). */
char *lab_url_of_request(const char *host, const char *target);

/* The resource of a Location or Referer, which may be relative to the resource `base` of its request. NULL
 * for a scheme without hosts, as "mailto:". Free with g_free(). */
char *lab_url_resolve(const char *base, const char *reference);

#endif
