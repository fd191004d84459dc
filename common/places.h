/* SPDX-License-Identifier: GPL-2.0-or-later */
/* places.h - a text whose places, "{value}", are filled in from a list. */
#ifndef LAB_PLACES_H
#define LAB_PLACES_H

#include "text.h"

/* A place of a text and what stands there; text NULL = not known, written "?". */
typedef struct {
    const char *name, *text;
} lab_place_t;
/* The places of one text, ended by a NULL name. */
#define LAB_PLACES(...) ((const lab_place_t[]){__VA_ARGS__, {NULL, NULL}})
#define LAB_NO_PLACES   ((const lab_place_t[]){{NULL, NULL}})

/* The text with its places filled in; what is foreign in them is made visible. Free it with g_free(). */
char *lab_text_with(const char *text, const lab_place_t *places);

#endif
