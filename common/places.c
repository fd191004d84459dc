/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places.c - see places.h. */
#include "places.h"

#include <string.h>

static bool fill(void *user, const char *name, GString *out)
{
    const lab_place_t *p = user;
    while (p->name && strcmp(p->name, name) != 0)
        p++;
    if (p->name)
        lab_text_visible(out, p->text ? p->text : "?");
    return p->name != NULL;
}

char *lab_text_with(const char *text, const lab_place_t *places)
{
    GString *out = g_string_new(NULL);
    lab_text_expand(out, text, fill, (void *)places);
    return g_string_free(out, FALSE);
}
