/* SPDX-License-Identifier: GPL-2.0-or-later */
/* range.c - see range.h. */
#include "range.h"

#include <string.h>

typedef enum { SPEC_BAD, SPEC_OUTSIDE, SPEC_INSIDE } spec_t;

/* Reads "-n", the last n bytes. *p is behind the dash. */
static spec_t read_suffix(const char **p, uint64_t size, range_t *range)
{
    uint64_t length;

    if (!http_digits(p, &length))
        return SPEC_BAD;
    if (!length || !size)
        return SPEC_OUTSIDE;
    *range = (range_t){size - MIN(length, size), size - 1};
    return SPEC_INSIDE;
}

/* Reads one member of the list at *p and moves *p behind it. */
static spec_t read_spec(const char **p, uint64_t size, range_t *range)
{
    uint64_t from;
    uint64_t to = G_MAXUINT64;

    if (**p == '-') {
        ++*p;
        return read_suffix(p, size, range);
    }
    if (!http_digits(p, &from) || **p != '-')
        return SPEC_BAD;
    ++*p;
    http_digits(p, &to);
    if (to < from)
        return SPEC_BAD;
    if (from >= size)
        return SPEC_OUTSIDE;
    *range = (range_t){from, MIN(to, size - 1)};
    return SPEC_INSIDE;
}

/* Reads the members of `list`; empty ones are allowed (RFC 9110, 5.6.1.2). false if it is no such list, or
 * too long. */
static bool read_list(const char *list, uint64_t size, ranges_t *ranges)
{
    unsigned members = 0;
    range_t range;

    ranges->count = 0;
    for (const char *p = list; *(p += strspn(p, ", \t")); members++) {
        spec_t spec = members < RANGES_MAX ? read_spec(&p, size, &range) : SPEC_BAD;
        p += strspn(p, " \t");
        if (spec == SPEC_BAD || (*p && *p != ','))
            return false;
        if (spec == SPEC_INSIDE)
            ranges->range[ranges->count++] = range;
    }
    return members > 0;
}

static bool overlap(const range_t *a, const range_t *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Returns how many pairs overlap; `first` and `second` get the indices of the first pair. */
static unsigned find_overlaps(const ranges_t *ranges, unsigned *first, unsigned *second)
{
    unsigned pairs = 0;

    for (unsigned i = 0; i < ranges->count; i++) {
        for (unsigned j = i + 1; j < ranges->count; j++) {
            if (overlap(&ranges->range[i], &ranges->range[j]) && !pairs++) {
                *first = i;
                *second = j;
            }
        }
    }
    return pairs;
}

/* Two that overlap become one, at the place of the first (RFC 9110, 15.3.7.2). false: more than two do. */
static bool join_overlapping(ranges_t *ranges)
{
    unsigned first = 0;
    unsigned second = 0;
    unsigned pairs = find_overlaps(ranges, &first, &second);

    if (pairs != 1)
        return !pairs;
    range_t *kept = &ranges->range[first];
    range_t *gone = &ranges->range[second];
    *kept = (range_t){MIN(kept->first, gone->first), MAX(kept->last, gone->last)};
    ranges->count--;
    memmove(gone, gone + 1, (ranges->count - second) * sizeof *gone);
    return true;
}

range_kind_t range_read(const char *header, uint64_t size, ranges_t *ranges)
{
    if (g_ascii_strncasecmp(header, "bytes=", 6) || !read_list(header + 6, size, ranges))
        return RANGE_WHOLE;
    if (!ranges->count)
        return RANGE_UNSATISFIABLE;
    if (!join_overlapping(ranges))
        return RANGE_WHOLE;
    return ranges->count == 1 ? RANGE_PART : RANGE_PARTS;
}

/* If-Range holds an entity tag or a date and needs an exact match: parts of two versions must not be
 * joined. */
static bool if_range_holds(const char *value, const http_validators_t *current)
{
    int64_t when;

    if (*value == '"' || g_str_has_prefix(value, "W/"))
        return !strcmp(value, current->etag);
    return http_date_parse(value, &when) && when == current->modified;
}

range_kind_t range_of(const http_conditions_t *conditions, const http_validators_t *current, uint64_t size,
                      ranges_t *ranges)
{
    if (!conditions->range || (conditions->if_range && !if_range_holds(conditions->if_range, current)))
        return RANGE_WHOLE;
    return range_read(conditions->range, size, ranges);
}
