/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts.c - reading what the plugin wrote; see facts.h. What a name stands for is in truth.c. */
#include "facts.h"

#include <string.h>

/* ---- the table of segments ---- */

/* Cuts the line that begins at `line` into cells; false if it has not as many as there are columns. */
static bool read_row(char *line, lab_segment_row_t *row)
{
    for (guint i = 0; i < COLS; i++) {
        char *tab = i + 1 < COLS ? strchr(line, '\t') : NULL;
        if (i + 1 < COLS && !tab)
            return false;
        row->cells[i] = line;
        if (tab) {
            *tab = '\0';
            line = tab + 1;
        }
    }
    row->number = (guint)g_ascii_strtoull(row->cells[COL_FRAME], NULL, 10);
    row->stream = g_ascii_strtoll(row->cells[COL_STREAM], NULL, 10);
    return row->number > 0;
}

static bool read_segments(lab_facts_t *facts)
{
    bool head = true;
    for (char *line = facts->text, *end; *line; line = end) {
        end = strchr(line, '\n');
        if (!end)
            return false;
        *end++ = '\0';
        lab_segment_row_t row = {0};
        if (head ? !g_str_has_prefix(line, "frame\t") : !read_row(line, &row))
            return false;
        if (!head)
            g_array_append_val(facts->segments, row);
        head = false;
    }
    return !head;
}

const lab_segment_row_t *lab_facts_segment(const lab_facts_t *facts, guint frame)
{
    guint low = 0, high = facts->segments->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(facts->segments, lab_segment_row_t, middle).number < frame)
            low = middle + 1;
        else
            high = middle;
    }
    const lab_segment_row_t *row = &g_array_index(facts->segments, lab_segment_row_t, low);
    return low < facts->segments->len && row->number == frame ? row : NULL;
}

/* ---- all of it ---- */

static void know_streams(lab_facts_t *facts)
{
    const json_t *list = lab_value_list(facts->root, "connections");
    for (guint i = 0; i < json_array_size(list); i++) {
        const json_t *connection = json_array_get(list, i);
        g_hash_table_insert(facts->streams, GINT_TO_POINTER((gint)lab_value_number(connection, "stream")),
                            (gpointer)connection);
    }
}

lab_facts_t *lab_facts_new(char *json, char *text)
{
    lab_facts_t *facts = g_new0(lab_facts_t, 1);
    facts->root = json_loads(json, 0, NULL);
    g_free(json);
    facts->text = text;
    facts->segments = g_array_new(FALSE, FALSE, sizeof(lab_segment_row_t));
    facts->streams = g_hash_table_new(NULL, NULL);
    if (json_is_object(facts->root) && read_segments(facts)) {
        know_streams(facts);
        return facts;
    }
    lab_facts_free(facts);
    return NULL;
}

void lab_facts_free(lab_facts_t *facts)
{
    if (!facts)
        return;
    json_decref(facts->root);
    g_free(facts->text);
    g_array_unref(facts->segments);
    g_hash_table_unref(facts->streams);
    if (facts->bodies)
        g_hash_table_unref(facts->bodies);
    g_free(facts);
}

/* ---- entries ---- */

static const json_t *list_of(const lab_facts_t *facts, lab_subject_t subject)
{
    static const char *const lists[LAB_SUBJECTS] = {NULL, "connections", "exchanges", "pages", NULL};
    return lists[subject] ? lab_value_list(facts->root, lists[subject]) : NULL;
}

guint lab_facts_count(const lab_facts_t *facts, lab_subject_t subject)
{
    return subject == LAB_CAPTURE ? 1
           : subject == LAB_FRAME ? facts->segments->len
                                  : json_array_size(list_of(facts, subject));
}

lab_entry_t lab_facts_at(const lab_facts_t *facts, lab_subject_t subject, guint place)
{
    lab_entry_t entry = {.subject = subject, .number = -1};
    if (subject == LAB_CAPTURE) {
        entry.object = facts->root;
    } else if (subject == LAB_FRAME) {
        entry.row = &g_array_index(facts->segments, lab_segment_row_t, place);
        entry.number = entry.row->number;
    } else {
        entry.object = json_array_get(list_of(facts, subject), place);
        entry.number = lab_value_number(entry.object, subject == LAB_CONNECTION ? "stream" : "number");
    }
    return entry;
}

bool lab_facts_find(const lab_facts_t *facts, lab_subject_t subject, gint64 number, lab_entry_t *entry)
{
    if (subject == LAB_FRAME) {
        *entry = (lab_entry_t){subject, number, NULL, lab_facts_segment(facts, (guint)number)};
        return number > 0 && number <= G_MAXUINT && entry->row;
    }
    for (guint i = 0; i < lab_facts_count(facts, subject); i++) {
        *entry = lab_facts_at(facts, subject, i);
        if (entry->number == number)
            return true;
    }
    return false;
}

gint64 lab_facts_stream(const lab_facts_t *facts, const lab_entry_t *entry)
{
    (void)facts;
    return entry->row                         ? entry->row->stream
           : entry->subject == LAB_CONNECTION ? entry->number
           : entry->subject == LAB_EXCHANGE   ? lab_value_number(entry->object, "stream")
                                              : -1;
}

const json_t *lab_facts_connection(const lab_facts_t *facts, const lab_entry_t *entry)
{
    gint64 stream = lab_facts_stream(facts, entry);
    return stream < 0 ? NULL : g_hash_table_lookup(facts->streams, GINT_TO_POINTER((gint)stream));
}
