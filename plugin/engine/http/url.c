/* SPDX-License-Identifier: GPL-2.0-or-later */
/* url.c - the resource that a URL names; see url.h.
 *
 * g_uri_resolve_relative() does not fit: it refuses "100%" and port 99999, changes "%7E" and "a b", and reads
 * a
 * "?" in a Host field as a query. Texts here stay as they are on the wire.
 */
#include "url.h"

#include <glib.h>
#include <string.h>

/* RFC 3986 3.1: number of letters before the first colon, 0 = no scheme. */
static size_t scheme_length(const char *url)
{
    size_t n = 0;
    while (g_ascii_isalnum(url[n]) || (n && url[n] && strchr("+-.", url[n])))
        n++;
    return g_ascii_isalpha(url[0]) && url[n] == ':' ? n : 0;
}

bool lab_url_is_absolute(const char *url)
{
    size_t n = scheme_length(url);
    return n && url[n + 1] == '/' && url[n + 2] == '/';
}

/* RFC 3986 6.2.3: length of the host without a default port. */
static size_t without_port(const char *host, size_t n)
{
    static const char *const usual[] = {":80", ":443"};
    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
        size_t length = strlen(usual[i]);
        if (n > length && memcmp(host + n - length, usual[i], length) == 0)
            return n - length;
    }
    return n;
}

/* The resource of a host with n letters and of the text after it. */
static char *resource(const char *host, size_t n, const char *rest)
{
    size_t length = strcspn(rest, "#");
    GString *out = g_string_sized_new(n + length + 1);
    g_string_append_len(out, host, (gssize)without_port(host, n));
    g_string_ascii_down(out);
    if (length && *rest != '/')
        g_string_append_c(out, '/');
    g_string_append_len(out, length ? rest : "/", length ? (gssize)length : 1);
    return g_string_free(out, FALSE);
}

/* The resource of "host/path?query#fragment". */
static char *resource_of(const char *authority)
{
    size_t n = strcspn(authority, "/?#");
    return resource(authority, n, authority + n);
}

char *lab_url_resource(const char *url)
{
    return resource_of(url + scheme_length(url) + strlen("://"));
}

char *lab_url_of_request(const char *host, const char *target)
{
    if (target && lab_url_is_absolute(target))
        return lab_url_resource(target);
    return resource(host ? host : "", host ? strlen(host) : 0, target ? target : "");
}

/* RFC 3986 5.2.4: removes "." and ".." from the path, which begins at `from`. Frees `url`. */
static char *without_dots(char *url, size_t from)
{
    size_t end = from + strcspn(url + from, "?");
    GString *out = g_string_new_len(url, (gssize)from);
    const char *at = url + from, *limit = url + end;
    while (at < limit) {
        const char *next = memchr(at + 1, '/', (size_t)(limit - at) - 1);
        size_t n = (size_t)((next ? next : limit) - at);
        bool one = n == 2 && memcmp(at, "/.", n) == 0, two = n == 3 && memcmp(at, "/..", n) == 0;
        if (two && out->len > from)
            g_string_truncate(out, (gsize)(strrchr(out->str + from, '/') - out->str));
        if (!one && !two)
            g_string_append_len(out, at, (gssize)n);
        else if (!next)
            g_string_append_c(out, '/');
        at += n;
    }
    g_string_append(out, limit);
    g_free(url);
    return g_string_free(out, FALSE);
}

/* RFC 3986 5.3: the reference takes from the base the parts that it lacks. */
char *lab_url_resolve(const char *base, const char *reference)
{
    if (lab_url_is_absolute(reference))
        return lab_url_resource(reference);
    if (scheme_length(reference))
        return NULL;
    if (g_str_has_prefix(reference, "//"))
        return resource_of(reference + 2);
    size_t host = strcspn(base, "/"), path = host + strcspn(base + host, "?"), keep = strlen(base);
    if (reference[0] == '/')
        keep = host;
    else if (reference[0] == '?')
        keep = path;
    else if (reference[0] && reference[0] != '#')
        for (keep = path; keep > host && base[keep - 1] != '/';)
            keep--;
    char *whole = g_strdup_printf("%.*s%.*s", (int)keep, base, (int)strcspn(reference, "#"), reference);
    return without_dots(whole, host);
}

bool lab_url_names_proxy(const char *method, const char *target)
{
    return g_strcmp0(method, "CONNECT") == 0 || (target && lab_url_is_absolute(target));
}
