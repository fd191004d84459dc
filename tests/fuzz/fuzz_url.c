/* fuzz_url.c - the resource of a request, and of a Location or Referer relative to it. The input has three
 * lines: Host, target and reference.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "url.h"

/* A resource has a path: another reference can be resolved against it. */
static void check_resource(const char *resource)
{
    FUZZ_CHECK(strchr(resource, '/') != NULL);
}

static void check_reference(const char *base, const char *reference)
{
    char *resource = lab_url_resolve(base, reference);
    if (resource) {
        check_resource(resource);
        char *again = lab_url_resolve(resource, "");
        check_resource(again);
        g_free(again);
    }
    g_free(resource);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size), **lines = g_strsplit(text, "\n", 3);
    const char *host = lines[0], *target = host ? lines[1] : NULL, *reference = target ? lines[2] : NULL;
    char *base = lab_url_of_request(host, target);
    check_resource(base);
    check_reference(base, reference ? reference : "");
    check_reference(base, target ? target : "");
    if (host && lab_url_is_absolute(host)) {
        char *resource = lab_url_resource(host);
        check_resource(resource);
        g_free(resource);
    }
    g_free(base);
    g_strfreev(lines);
    g_free(text);
    return 0;
}
