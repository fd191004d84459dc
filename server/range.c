#include "range.h"

#include <string.h>

typedef enum { SPEC_BAD, SPEC_OUTSIDE, SPEC_INSIDE } Spec;

/* "-n": the last N bytes; *P is behind the dash. */
static Spec read_suffix(const char **p, guint64 size, Range *range)
{
    guint64 length;

    if (!http_digits(p, &length))
        return SPEC_BAD;
    if (!length || !size)
        return SPEC_OUTSIDE;
    *range = (Range){size - MIN(length, size), size - 1};
    return SPEC_INSIDE;
}

/* One member of the list at *P; moves *P behind it. */
static Spec read_spec(const char **p, guint64 size, Range *range)
{
    guint64 from;
    guint64 to = G_MAXUINT64;

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
    *range = (Range){from, MIN(to, size - 1)};
    return SPEC_INSIDE;
}

/* The members of LIST, of which there may be empty ones (RFC 9110, 5.6.1.2). FALSE: it is no such list, or
 * too long. */
static gboolean read_list(const char *list, guint64 size, Ranges *ranges)
{
    guint members = 0;
    Range range;

    ranges->count = 0;
    for (const char *p = list; *(p += strspn(p, ", \t")); members++) {
        Spec spec = members < RANGES_MAX ? read_spec(&p, size, &range) : SPEC_BAD;
        p += strspn(p, " \t");
        if (spec == SPEC_BAD || (*p && *p != ','))
            return FALSE;
        if (spec == SPEC_INSIDE)
            ranges->range[ranges->count++] = range;
    }
    return members > 0;
}

static gboolean overlap(const Range *a, const Range *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The first two that overlap, as indices. How many pairs there are. */
static guint find_overlaps(const Ranges *ranges, guint *first, guint *second)
{
    guint pairs = 0;

    for (guint i = 0; i < ranges->count; i++) {
        for (guint j = i + 1; j < ranges->count; j++) {
            if (overlap(&ranges->range[i], &ranges->range[j]) && !pairs++) {
                *first = i;
                *second = j;
            }
        }
    }
    return pairs;
}

/* Two that overlap become one, at the place of the first (RFC 9110, 15.3.7.2). FALSE: more than two do. */
static gboolean join_overlapping(Ranges *ranges)
{
    guint first = 0;
    guint second = 0;
    guint pairs = find_overlaps(ranges, &first, &second);

    if (pairs != 1)
        return !pairs;
    Range *kept = &ranges->range[first];
    Range *gone = &ranges->range[second];
    *kept = (Range){MIN(kept->first, gone->first), MAX(kept->last, gone->last)};
    ranges->count--;
    memmove(gone, gone + 1, (ranges->count - second) * sizeof *gone);
    return TRUE;
}

RangeKind range_read(const char *header, guint64 size, Ranges *ranges)
{
    if (g_ascii_strncasecmp(header, "bytes=", 6) || !read_list(header + 6, size, ranges))
        return RANGE_WHOLE;
    if (!ranges->count)
        return RANGE_UNSATISFIABLE;
    if (!join_overlapping(ranges))
        return RANGE_WHOLE;
    return ranges->count == 1 ? RANGE_PART : RANGE_PARTS;
}

/* If-Range holds an entity tag or a date, and wants an exact match: a cached half must not be joined with
 * another. */
static gboolean if_range_holds(const char *value, const HttpValidators *current)
{
    gint64 when;

    if (*value == '"' || g_str_has_prefix(value, "W/"))
        return !strcmp(value, current->etag);
    return http_date_parse(value, &when) && when == current->modified;
}

RangeKind range_of(const HttpConditions *conditions, const HttpValidators *current, guint64 size,
                   Ranges *ranges)
{
    if (!conditions->range || (conditions->if_range && !if_range_holds(conditions->if_range, current)))
        return RANGE_WHOLE;
    return range_read(conditions->range, size, ranges);
}
