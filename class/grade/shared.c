/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shared.c - see shared.h. */
#include "shared.h"

#include <string.h>

enum { LEAST = 3 };

/* FNV-1a, 64 bits: a checksum without a key is enough, nobody gains by a false alarm of their own. */
static guint64 add_bytes(guint64 sum, const void *bytes, gsize length)
{
    const guint8 *p = bytes;
    for (gsize i = 0; i < length; i++)
        sum = (sum ^ p[i]) * G_GUINT64_CONSTANT(1099511628211);
    return sum;
}

static guint64 print_of(const lab_segment_row_t *row)
{
    static const lab_column_t columns[] = {COL_CLIENT_PORT, COL_SERVER_PORT, COL_SENDER, COL_FLAGS,
                                           COL_SEQ_RAW,     COL_ACK_RAW,     COL_LENGTH};
    guint64 sum = G_GUINT64_CONSTANT(14695981039346656037);
    for (guint i = 0; i < G_N_ELEMENTS(columns); i++)
        sum = add_bytes(sum, row->cells[columns[i]], strlen(row->cells[columns[i]]) + 1);
    return sum;
}

/* Seconds with nine decimals. */
static gint64 nanoseconds(const char *cell)
{
    const char *point = strchr(cell, '.');
    gint64 seconds = g_ascii_strtoll(cell, NULL, 10);
    return seconds * 1000000000 + (point ? g_ascii_strtoll(point + 1, NULL, 10) : 0);
}

GArray *lab_prints(const lab_facts_t *facts)
{
    GArray *prints = g_array_new(FALSE, TRUE, sizeof(lab_print_t));
    for (guint i = 0; i < facts->segments->len; i++) {
        const lab_segment_row_t *row = &g_array_index(facts->segments, lab_segment_row_t, i);
        if (strcmp(row->cells[COL_LENGTH], "0") == 0 && !strpbrk(row->cells[COL_FLAGS], "SF"))
            continue;
        const lab_print_t print = {
            .print = print_of(row),
            .time = nanoseconds(row->cells[COL_TIME]),
            .client_port = (guint16)g_ascii_strtoull(row->cells[COL_CLIENT_PORT], NULL, 10),
            .server_port = (guint16)g_ascii_strtoull(row->cells[COL_SERVER_PORT], NULL, 10)};
        g_array_append_val(prints, print);
    }
    return prints;
}

static int by_print(gconstpointer x, gconstpointer y)
{
    const lab_print_t *a = x, *b = y;
    if (a->print != b->print)
        return a->print < b->print ? -1 : 1;
    if (a->owner != b->owner)
        return a->owner < b->owner ? -1 : 1;
    return a->time < b->time ? -1 : a->time > b->time;
}

static int by_owners(gconstpointer x, gconstpointer y)
{
    const lab_shared_t *a = x, *b = y;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static void clear_shared(gpointer user)
{
    g_array_unref(((lab_shared_t *)user)->ports);
}

static void add_port(GArray *ports, guint16 port)
{
    guint i = 0;
    while (i < ports->len && g_array_index(ports, guint16, i) != port)
        i++;
    if (i == ports->len)
        g_array_append_val(ports, port);
}

/* One segment that both have. */
static void count(GArray *pairs, GHashTable *places, const lab_print_t *first, const lab_print_t *other)
{
    gint64 key = (gint64)first->owner << 32 | other->owner, delta = other->time - first->time;
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(places, &key));
    if (!place) {
        const lab_shared_t pair = {first->owner, other->owner, 0,
                                   delta,        delta,        g_array_new(FALSE, FALSE, sizeof(guint16))};
        g_array_append_val(pairs, pair);
        place = pairs->len;
        g_hash_table_insert(places, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(place));
    }
    lab_shared_t *pair = &g_array_index(pairs, lab_shared_t, place - 1);
    pair->count++;
    pair->least = MIN(pair->least, delta);
    pair->most = MAX(pair->most, delta);
    add_port(pair->ports, first->client_port);
}

GArray *lab_shared(GArray *prints)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(lab_shared_t));
    GHashTable *places = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_array_set_clear_func(pairs, clear_shared);
    g_array_sort(prints, by_print);
    guint first = 0;
    for (guint i = 1; i < prints->len; i++) {
        const lab_print_t *a = &g_array_index(prints, lab_print_t, first),
                          *b = &g_array_index(prints, lab_print_t, i);
        if (a->print != b->print)
            first = i;
        else if (b->owner != b[-1].owner)
            count(pairs, places, a, b);
    }
    g_hash_table_unref(places);
    for (guint i = pairs->len; i > 0; i--)
        if (g_array_index(pairs, lab_shared_t, i - 1).count < LEAST)
            g_array_remove_index(pairs, i - 1);
    g_array_sort(pairs, by_owners);
    return pairs;
}
