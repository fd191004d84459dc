/* SPDX-License-Identifier: GPL-2.0-or-later */
/* salvage.c - see salvage.h. */
#include "salvage.h"

typedef struct {
    const uint8_t *at, *end;
    uint32_t entries;
    GByteArray *out;
    unsigned *unknown;
} reader_t;

/* RFC 7541 5.1: an integer with a prefix of this many bits. False if it does not end, or is too large. */
static bool read_integer(reader_t *r, unsigned bits, uint32_t *value)
{
    if (r->at == r->end)
        return false;
    uint32_t mask = (1u << bits) - 1;
    *value = *r->at++ & mask;
    if (*value < mask)
        return true;
    for (unsigned shift = 0; r->at < r->end && shift <= 21; shift += 7) {
        uint8_t byte = *r->at++;
        *value += (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

/* RFC 7541 5.2. */
static bool skip_string(reader_t *r)
{
    uint32_t length;
    if (!read_integer(r, 7, &length) || length > (uint32_t)(r->end - r->at))
        return false;
    r->at += length;
    return true;
}

static void put(reader_t *r, const uint8_t *from)
{
    g_byte_array_append(r->out, from, (guint)(r->at - from));
}

static bool indexed(reader_t *r)
{
    const uint8_t *from = r->at;
    uint32_t index;
    if (!read_integer(r, 7, &index) || !index)
        return false;
    if (index <= r->entries)
        put(r, from);
    else
        ++*r->unknown;
    return true;
}

/* `bits`: of the name's index; `inserts`: the field goes into the table. */
static bool literal(reader_t *r, unsigned bits, bool inserts)
{
    static const uint8_t unnamed[] = {0x40, 1, LAB_SALVAGE_NAME};
    const uint8_t *from = r->at;
    uint32_t index;
    if (!read_integer(r, bits, &index) || (!index && !skip_string(r)))
        return false;
    const uint8_t *value = r->at;
    if (!skip_string(r))
        return false;
    if (index <= r->entries) {
        put(r, from);
    } else {
        ++*r->unknown;
        if (inserts) {
            g_byte_array_append(r->out, unnamed, sizeof unnamed);
            put(r, value);
        }
    }
    if (inserts)
        r->entries++;
    return true;
}

/* A size update is not needed: the table has its full size. */
static bool field(reader_t *r)
{
    uint8_t first = *r->at;
    uint32_t size;
    if (first & 0x80)
        return indexed(r);
    if (first & 0x40)
        return literal(r, 6, true);
    if (first & 0x20)
        return read_integer(r, 5, &size);
    return literal(r, 4, false);
}

bool lab_salvage(const uint8_t *block, uint32_t n, uint32_t entries, bool enlarge, GByteArray *out,
                 unsigned *unknown)
{
    static const uint8_t full_size[] = {0x3f, 0xe1, 0xff, 0x03}; /* 65536 */
    reader_t r = {block, block + n, entries, out, unknown};
    if (enlarge)
        g_byte_array_append(out, full_size, sizeof full_size);
    while (r.at < r.end)
        if (!field(&r))
            return false;
    return true;
}
