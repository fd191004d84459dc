/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_write.h - short names for calls of Wireshark's json_dumper. A value that is not known is null. */
#ifndef LAB_JSON_WRITE_H
#define LAB_JSON_WRITE_H

#include <wireshark.h>

#include <wsutil/json_dumper.h>

#include "capture.h"
#include "names.h"

static inline void name(json_dumper *j, const char *key)
{
    json_dumper_set_member_name(j, key);
}

static inline void number(json_dumper *j, const char *key, uint64_t value)
{
    name(j, key);
    json_dumper_value_anyf(j, "%" G_GUINT64_FORMAT, value);
}

static inline void null(json_dumper *j, const char *key)
{
    name(j, key);
    json_dumper_value_anyf(j, "null");
}

/* Below 0 = not known. */
static inline void known(json_dumper *j, const char *key, int64_t value)
{
    if (value < 0)
        null(j, key);
    else
        number(j, key, (uint64_t)value);
}

/* Of a frame, a status or another number from 1: 0 = not known. */
static inline void frame(json_dumper *j, const char *key, uint32_t value)
{
    if (value)
        number(j, key, value);
    else
        null(j, key);
}

static inline void string(json_dumper *j, const char *key, const char *value)
{
    if (!value) {
        null(j, key);
        return;
    }
    char *valid = g_utf8_make_valid(value, -1);
    name(j, key);
    json_dumper_value_string(j, valid);
    g_free(valid);
}

/* Below 0 = not known. */
static inline void boolean(json_dumper *j, const char *key, int value)
{
    name(j, key);
    json_dumper_value_anyf(j, "%s", value < 0 ? "null" : value ? "true" : "false");
}

/* Nanoseconds. Negative if the capture clock stepped back: not known. */
static inline void seconds(json_dumper *j, const char *key, bool known, int64_t ns)
{
    if (!known || ns < 0) {
        null(j, key);
        return;
    }
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    name(j, key);
    json_dumper_value_anyf(j, "%s", g_ascii_formatd(text, sizeof text, "%.9f", (double)ns / 1e9));
}

static inline void begin_object(json_dumper *j, const char *key)
{
    if (key)
        name(j, key);
    json_dumper_begin_object(j);
}

/* A JSON text in `out`, which was empty: one object, and a line end after it. What a terminal obeys becomes
 * an escape of JSON. */
static inline json_dumper begin_text(GString *out)
{
    json_dumper j = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    json_dumper_begin_object(&j);
    return j;
}

/* The text of a report on a large capture is never in memory as a whole: called after each element of a list.
 * Wireshark's json_dumper only appends, so what it wrote may leave. */
static inline void hand_on(const json_dumper *j, const lab_report_t *report)
{
    if (!lab_report_is_long(report, j->output_string))
        return;
    lab_text_visible_json(j->output_string, 0);
    lab_report_flush(report, j->output_string);
}

static inline void finish_text(json_dumper *j, GString *out)
{
    json_dumper_end_object(j);
    json_dumper_finish(j);
    lab_text_visible_json(out, 0);
    g_string_append_c(out, '\n');
}

static inline void begin_array(json_dumper *j, const char *key)
{
    name(j, key);
    json_dumper_begin_array(j);
}

static inline void endpoint(json_dumper *j, const char *key, const lab_endpoint_t *e)
{
    char *address = lab_report_address(e);
    begin_object(j, key);
    string(j, "address", address);
    number(j, "port", e->port);
    json_dumper_end_object(j);
    g_free(address);
}

/* Frames, without those that are 0 (not known). */
static inline void frames(json_dumper *j, const char *key, const uint32_t *list, unsigned n)
{
    begin_array(j, key);
    for (unsigned i = 0; i < n; i++)
        if (list[i])
            json_dumper_value_anyf(j, "%u", list[i]);
    json_dumper_end_array(j);
}

#endif
