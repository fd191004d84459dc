/* fuzz_url.c - what a request names, and what a Location or Referer relative to it names: lines of Host,
 * target and reference.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzz.h"
#include "url.h"

/* A place has a path, so that another reference can be resolved against it, and no fragment. */
static void check_place(const char *place)
{
    FUZZ_CHECK(strchr(place, '/') != NULL);
}

static void check_reference(const char *base, const char *reference)
{
    char *place = lab_url_resolve(base, reference);
    if (place) {
        check_place(place);
        char *again = lab_url_resolve(place, "");
        check_place(again);
        g_free(again);
    }
    g_free(place);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = g_strndup((const char *)data, size), **lines = g_strsplit(text, "\n", 3);
    const char *host = lines[0], *target = host ? lines[1] : NULL, *reference = target ? lines[2] : NULL;
    char *base = lab_url_of_request(host, target);
    check_place(base);
    check_reference(base, reference ? reference : "");
    check_reference(base, target ? target : "");
    if (host && lab_url_is_absolute(host)) {
        char *place = lab_url_place(host);
        check_place(place);
        g_free(place);
    }
    g_free(base);
    g_strfreev(lines);
    g_free(text);
    return 0;
}
