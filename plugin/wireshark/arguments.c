/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arguments.c - see arguments.h. */
#include "arguments.h"

#include "packet-lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ---- */

/* "text, json or har". */
static void append_formats(const lab_report_format_t *formats, GString *out)
{
    const char *last = lab_text(LAB_TEXT_OR, lab_current_language());
    for (unsigned i = 0; formats && formats[i].name; i++)
        g_string_append_printf(out, "%s%s", !i ? "" : formats[i + 1].name ? ", " : last, formats[i].name);
}

static bool fill_wrong(void *user, const char *name, GString *out)
{
    const lab_wrong_t *w = user;
    if (strcmp(name, "value") == 0)
        lab_text_visible(out, w->value);
    else if (strcmp(name, "first") == 0)
        g_string_append_printf(out, "%u", w->first);
    else if (strcmp(name, "last") == 0)
        g_string_append_printf(out, "%u", w->last);
    else if (strcmp(name, "list") == 0)
        g_string_append(out, w->list);
    else if (strcmp(name, "option") == 0)
        g_string_append_printf(out, "%s%s", w->statistic->option, w->statistic->numbers ? ",1" : "");
    else if (strcmp(name, "formats") == 0)
        append_formats(w->statistic->formats, out);
    else
        return false;
    return true;
}

void lab_complain(lab_text_id_t id, lab_wrong_t wrong)
{
    GString *text = g_string_new("tshark: ");
    lab_text_expand(text, lab_text(id, lab_current_language()), fill_wrong, &wrong);
    fprintf(stderr, "%s\n", text->str);
    g_string_free(text, TRUE);
}

void lab_used_wrongly(lab_text_id_t id, lab_wrong_t wrong)
{
    lab_complain(id, wrong);
    exit(2);
}

/* ---- numbers and formats ---- */

/* -1 = it is no number. */
static int64_t number_in(const char *text)
{
    char *end = NULL;
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;
    return !end || *end || value > G_MAXUINT32 ? -1 : (int64_t)value;
}

static void take_number(lab_arguments_t *a, const char *text)
{
    int64_t number = number_in(text);
    if (number < 0)
        lab_used_wrongly(a->statistic->numbers->no_number, (lab_wrong_t){.value = text});
    a->number = (uint32_t)number;
}

static void use_format(lab_arguments_t *a, const lab_report_format_t *format)
{
    a->write = format->write;
    a->write_one = format->write_one;
}

static void take_format(lab_arguments_t *a, const char *name)
{
    for (const lab_report_format_t *format = a->statistic->formats; format->name; format++) {
        if (strcmp(format->name, name) == 0) {
            use_format(a, format);
            return;
        }
    }
    lab_used_wrongly(LAB_TEXT_ERROR_FORMAT, (lab_wrong_t){.value = name, .statistic = a->statistic});
}

/* ---- the filter ---- */

static void want_server(lab_arguments_t *a, const char *value)
{
    g_free(a->server);
    a->server = g_strdup(value);
    a->wanted.server = a->server;
}

static void want_page(lab_arguments_t *a, const char *value)
{
    int64_t number = number_in(value);
    if (number < 1)
        lab_used_wrongly(LAB_TEXT_ERROR_PAGE_NUMBER, (lab_wrong_t){.value = value});
    a->wanted.page = (uint32_t)number;
}

static void want_connection(lab_arguments_t *a, const char *value)
{
    a->wanted.connection = number_in(value);
    if (a->wanted.connection < 0)
        lab_used_wrongly(LAB_TEXT_ERROR_CONNECTION_NUMBER, (lab_wrong_t){.value = value});
}

static const struct {
    const char *name;
    void (*want)(lab_arguments_t *arguments, const char *value);
} wishes[] = {{"server=", want_server}, {"page=", want_page}, {"connection=", want_connection}};

/* Takes "NAME=VALUE;" off the beginning of a filter; NULL = none stands there. */
static const char *take_wish(lab_arguments_t *a, const char *text)
{
    const char *end = strchr(text, ';');
    for (size_t i = 0; end && i < G_N_ELEMENTS(wishes); i++) {
        size_t length = strlen(wishes[i].name);
        if (strncmp(text, wishes[i].name, length) != 0)
            continue;
        char *value = g_strndup(text + length, (gsize)(end - text) - length);
        wishes[i].want(a, g_strstrip(value));
        g_free(value);
        return end + 1;
    }
    return NULL;
}

static void take_filter(lab_arguments_t *a, const char *text)
{
    const char *rest = text;
    while ((text = take_wish(a, rest + strspn(rest, " "))))
        rest = text;
    char *filter = g_strstrip(g_strdup(rest));
    if (*filter)
        a->filter = filter;
    else
        g_free(filter);
}

/* ---- all of them ---- */

/* ",json,FILE,FILTER"; a filter may hold commas. */
static void take_formatted(lab_arguments_t *a, const char *text)
{
    const lab_numbers_t *numbers = a->statistic->numbers;
    char **parts = g_strsplit(*text ? text + 1 : "", ",", 3);
    char **part = parts;
    use_format(a, &a->statistic->formats[0]);
    if (numbers)
        take_number(a, *part ? *part++ : "");
    if (*part)
        take_format(a, *part++);
    if (*part && **part)
        a->file = g_strdup(*part);
    if (*part && *++part && !numbers)
        take_filter(a, *part);
    g_strfreev(parts);
}

lab_arguments_t lab_arguments_read(const lab_statistic_t *statistic, const char *text)
{
    lab_arguments_t a = {.statistic = statistic, .write = statistic->write, .wanted = {.connection = -1}};
    if (*text && *text != ',')
        lab_used_wrongly(LAB_TEXT_ERROR_ARGUMENT, (lab_wrong_t){.value = text, .statistic = statistic});
    if (statistic->formats)
        take_formatted(&a, text);
    else if (*text)
        take_filter(&a, text + 1);
    return a;
}
