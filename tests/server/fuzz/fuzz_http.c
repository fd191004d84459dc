/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer: whatever labserver reads itself of a request. The first byte chooses a function, the rest is its
 * string. */
#include <stdint.h>
#include <string.h>

#include "accesslog.h"
#include "gzip.h"
#include "http.h"
#include "range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static void dates(const char *s)
{
    int64_t seconds;
    int64_t again;
    char out[HTTP_DATE_SIZE];

    /* Years of more than four digits have no form. */
    if (!http_date_parse(s, &seconds) || seconds < 0 || seconds > 250000000000)
        return;
    http_date_format(seconds, out);
    require(http_date_parse(out, &again) && again == seconds);
}

static void ranges(const char *s)
{
    static const uint64_t sizes[] = {0, 1, 1000, G_MAXUINT64};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        ranges_t ranges;
        range_kind_t kind = range_read(s, sizes[i], &ranges);
        unsigned count = kind == RANGE_PART || kind == RANGE_PARTS ? ranges.count : 0;
        require((kind == RANGE_PART) == (count == 1) && count <= RANGES_MAX);
        for (unsigned j = 0; j < count; j++)
            require(ranges.range[j].first <= ranges.range[j].last && ranges.range[j].last < sizes[i]);
    }
}

static void conditions(const char *s)
{
    const http_validators_t now = {"\"abc\"", 1000000000};
    const http_conditions_t all = {s, NULL, s, s, s, s};
    const http_conditions_t none = {NULL, s, NULL, NULL, s, "bytes=0-1"};
    ranges_t ranges;

    http_precondition(&all, &now);
    require(http_precondition(&none, &now) != 412);
    range_of(&none, &now, 100, &ranges);
    http_etag_listed(s, "\"abc\"", true);
}

static void lists(const char *s)
{
    http_list_has(s, "close");
    require(http_language(s, LAB_LANG_ZH) < LAB_LANGS);
    http_accepts_gzip(s);
}

static void targets(const char *s)
{
    uint64_t number;

    http_host_is_sound(s);
    http_field_is_sound(s, s);
    http_target_is_sound(s);
    require(*http_target_path(s) == '/' || http_target_path(s) == s);
    if (http_number(s, 5, 10, &number))
        require(number >= 5 && number <= 10);
}

static void logged(const char *s)
{
    g_autoptr(GString) out = g_string_new(NULL);

    accesslog_escape(out, s);
    for (const char *p = out->str; *p; p++)
        require(g_ascii_isprint(*p) && *p != '"');
}

static void packed(const char *s)
{
    g_autoptr(GBytes) bytes = g_bytes_new(s, strlen(s));
    g_autoptr(GBytes) gzip = gzip_bytes(bytes);

    require(gzip != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const parts[])(const char *s) = {dates, ranges, conditions, lists, targets, logged, packed};

    if (!size)
        return 0;
    g_autofree char *string = g_strndup((const char *)data + 1, size - 1);
    parts[data[0] % G_N_ELEMENTS(parts)](string);
    return 0;
}
