/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.c - look-ups in texts.def; see texts.h. */
#include "texts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const lab_text_t texts[T_COUNT] = {
#define TEXT(id, en, zh) [T_##id] = {{[LAB_LANG_EN] = en, [LAB_LANG_ZH] = zh}},
#include "texts.def"
#undef TEXT
};

static lab_lang_t terminal_language = LAB_LANG_EN;

void text_set_language(lab_lang_t lang)
{
    terminal_language = lang;
}

lab_lang_t text_language(void)
{
    return terminal_language;
}

const char *text_language_token(lab_lang_t lang)
{
    return lang == LAB_LANG_ZH ? "zh" : "en";
}

const char *text(lab_lang_t lang, text_id_t id)
{
    return texts[id].in[lang];
}

#define PLACES_MAX 8

typedef struct {
    size_t count;
    const char *name[PLACES_MAX], *value[PLACES_MAX];
} places_t;

static const char *value_of(const places_t *places, const char *name)
{
    for (size_t i = 0; i < places->count; i++)
        if (strcmp(places->name[i], name) == 0)
            return places->value[i];
    return NULL;
}

static bool fill_place(void *places, const char *name, GString *out)
{
    const char *value = value_of(places, name);
    if (value)
        g_string_append(out, value);
    return value;
}

/* For the terminal: names of files, arguments and lines of other programs may hold what it obeys. */
static bool fill_visible(void *places, const char *name, GString *out)
{
    const char *value = value_of(places, name);
    if (value)
        lab_text_visible(out, value);
    return value;
}

static char *fill(const char *format, va_list pairs, lab_fill_t fill_one)
{
    places_t places = {0};
    GString *out = g_string_new(NULL);
    const char *name;
    while (places.count < PLACES_MAX && (name = va_arg(pairs, const char *))) {
        places.name[places.count] = name;
        places.value[places.count++] = va_arg(pairs, const char *);
    }
    lab_text_expand(out, format, fill_one, &places);
    return g_string_free(out, FALSE);
}

const char *text_program(void)
{
    const char *named = g_getenv("LAB_PROGRAM");
    return named && *named ? named : "labserver";
}

char *text_fill(lab_lang_t lang, text_id_t id, ...)
{
    va_list pairs;
    va_start(pairs, id);
    char *result = fill(text(lang, id), pairs, fill_place);
    va_end(pairs);
    return result;
}

char *text_fill_format(const char *format, ...)
{
    va_list pairs;
    va_start(pairs, format);
    char *result = fill(format, pairs, fill_place);
    va_end(pairs);
    return result;
}

void complain(text_id_t id, ...)
{
    va_list pairs;
    va_start(pairs, id);
    g_autofree char *message = fill(text(terminal_language, id), pairs, fill_visible);
    va_end(pairs);
    fprintf(stderr, "labserver: %s\n", message);
}
