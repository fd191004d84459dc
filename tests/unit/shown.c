/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown.c - see shown.h. */
#include "shown.h"

#include <string.h>

#include "compat.h"
#include "fields.h"
#include "shown_time.h"
#include "verdict.h"

/* What a later frame may do to a field: KNOWN of fields.def, in the words of tests/captures/later.py. */
enum { NEW = 1, MORE = 2, OTHER = 4, GONE = 8 };
#define SET(a, b, c, d, ...) ((a) | (b) | (c) | (d))
#define AT_ONCE              0
#define LATER(...)           SET(__VA_ARGS__, 0, 0, 0, 0)
#define REFINED(...)         SET(__VA_ARGS__, 0, 0, 0, 0)

static const struct {
    const char *name;
    unsigned changes;
} fields[] = {
#define LAB_FIELD(id, filter, type, repeats, known, ...)     {filter, known},
#define LAB_FIELD_TOO(id, filter, type, repeats, known, ...) {filter, known},
#include "fields.def"
};
#define FIELDS G_N_ELEMENTS(fields)

typedef struct {
    lab_note_known_t known;
    char *text;
} part_t;

/* One segment of a frame. What its annotation and details say is kept beside what is shown. */
typedef struct {
    lab_annotation_t annotation;
    lab_detail_t detail;
    lab_reset_t reset;
    GPtrArray *values[FIELDS]; /* of char *, in their order */
    GArray *parts;             /* of part_t */
} segment_t;

struct shown {
    GPtrArray *segments;
};

/* ---- in the place of Wireshark ---- */

static segment_t *filling;
static GString *newest; /* value of the newest item */
static unsigned newest_field = FIELDS;
static tree_data_t tree_data = {.visible = 1};
static proto_node node = {.tree_data = &tree_data}; /* items are all the same to fields.c */

static void settle(void)
{
    if (newest_field < FIELDS)
        g_ptr_array_add(filling->values[newest_field], g_strdup(newest->str));
    newest_field = FIELDS;
}

G_GNUC_PRINTF(2, 3) static proto_item *item(int field, const char *format, ...)
{
    va_list arguments;
    settle();
    va_start(arguments, format);
    g_string_vprintf(newest, format, arguments);
    va_end(arguments);
    newest_field = (unsigned)field;
    return &node;
}

proto_item *proto_tree_add_string(G_GNUC_UNUSED proto_tree *tree, int field, G_GNUC_UNUSED tvbuff_t *tvb,
                                  G_GNUC_UNUSED gint start, G_GNUC_UNUSED gint length, const char *value)
{
    return item(field, "%s", value);
}

proto_item *proto_tree_add_uint(G_GNUC_UNUSED proto_tree *tree, int field, G_GNUC_UNUSED tvbuff_t *tvb,
                                G_GNUC_UNUSED gint start, G_GNUC_UNUSED gint length, guint32 value)
{
    return item(field, "%u", value);
}

proto_item *proto_tree_add_boolean(G_GNUC_UNUSED proto_tree *tree, int field, G_GNUC_UNUSED tvbuff_t *tvb,
                                   G_GNUC_UNUSED gint start, G_GNUC_UNUSED gint length,
                                   lab_tree_boolean_t value)
{
    return item(field, "%u", (unsigned)value);
}

void *shown_time(int field, int64_t seconds, int nanoseconds)
{
    return item(field, "%" G_GINT64_FORMAT ".%09d", seconds, nanoseconds);
}

proto_item *proto_tree_add_item(G_GNUC_UNUSED proto_tree *tree, G_GNUC_UNUSED int field,
                                G_GNUC_UNUSED tvbuff_t *tvb, G_GNUC_UNUSED gint start,
                                G_GNUC_UNUSED gint length, G_GNUC_UNUSED guint encoding)
{
    return item(FIELDS, "%s", "");
}

proto_tree *proto_tree_add_subtree(G_GNUC_UNUSED proto_tree *tree, G_GNUC_UNUSED tvbuff_t *tvb,
                                   G_GNUC_UNUSED gint start, G_GNUC_UNUSED gint length,
                                   G_GNUC_UNUSED gint subtree, proto_item **added, const char *text)
{
    *added = item(FIELDS, "%s", text);
    return &node;
}

proto_tree *proto_item_add_subtree(G_GNUC_UNUSED proto_item *of, G_GNUC_UNUSED gint subtree)
{
    return &node;
}

void proto_item_append_text(G_GNUC_UNUSED proto_item *to, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_string_append_vprintf(newest, format, arguments);
    va_end(arguments);
}

lab_pref_bool_t proto_field_is_referenced(G_GNUC_UNUSED proto_tree *tree, G_GNUC_UNUSED int field)
{
    return TRUE;
}

void proto_register_field_array(G_GNUC_UNUSED const int parent, hf_register_info *registered, const int count)
{
    g_assert_cmpint(count, ==, FIELDS);
    for (int i = 0; i < count; i++)
        *registered[i].p_id = i;
}

void proto_register_subtree_array(G_GNUC_UNUSED gint *const *indices, G_GNUC_UNUSED const int count)
{
}

void tree_expanded_set(G_GNUC_UNUSED int subtree, G_GNUC_UNUSED lab_pref_bool_t expanded)
{
}

expert_module_t *expert_register_protocol(G_GNUC_UNUSED int protocol)
{
    return NULL;
}

void expert_register_field_array(G_GNUC_UNUSED expert_module_t *module, ei_register_info *infos,
                                 const int count)
{
    for (int i = 0; i < count; i++)
        g_free((char *)infos[i].eiinfo.name);
}

/* ---- what is shown ---- */

static void add_part(void *segment, lab_note_known_t known, const char *text)
{
    const part_t part = {known, g_strdup(text)};
    g_array_append_val(((segment_t *)segment)->parts, part);
}

static void fill_segment(const lab_engine_t *e, const lab_annotation_t *a, uint32_t frame, bool whole)
{
    packet_info pinfo;
    memset(&pinfo, 0, sizeof pinfo);
    pinfo.num = frame;
    lab_fields_fill(e, a, NULL, &pinfo, &node, LAB_LANG_EN, whole);
    settle();
    lab_note_parts(e, a, frame, LAB_LANG_EN, add_part, filling);
}

static segment_t *segment_new(const lab_engine_t *e, const lab_annotation_t *a)
{
    const lab_detail_t *detail = lab_engine_detail(e, a);
    segment_t *s = g_new0(segment_t, 1);
    s->annotation = *a;
    if (detail)
        s->detail = *detail;
    if (detail && detail->reset)
        s->reset = *detail->reset;
    s->detail.finding = 0; /* a place in a list, not shown */
    for (size_t i = 0; i < FIELDS; i++)
        s->values[i] = g_ptr_array_new_with_free_func(g_free);
    s->parts = g_array_new(FALSE, FALSE, sizeof(part_t));
    return s;
}

static void segment_free(void *segment)
{
    segment_t *s = segment;
    for (size_t i = 0; i < FIELDS; i++)
        g_ptr_array_unref(s->values[i]);
    for (guint i = 0; i < s->parts->len; i++)
        g_free(g_array_index(s->parts, part_t, i).text);
    g_array_unref(s->parts);
    g_free(s);
}

shown_t *shown_frame(const lab_engine_t *e, uint32_t frame, bool whole)
{
    const lab_annotation_t *a = lab_engine_annotation(e, frame);
    shown_t *shown = g_new(shown_t, 1);
    shown->segments = g_ptr_array_new_with_free_func(segment_free);
    if (!newest) {
        newest = g_string_new(NULL);
        lab_fields_register(1);
    }
    for (unsigned n = 0; a; a = lab_engine_more(e, frame, n++)) {
        filling = segment_new(e, a);
        g_ptr_array_add(shown->segments, filling);
        fill_segment(e, a, frame, whole);
    }
    return shown;
}

void shown_free(shown_t *shown)
{
    g_ptr_array_unref(shown->segments);
    g_free(shown);
}

/* ---- then and now ---- */

/* Do all values stand in the other list, as often? */
static bool holds(const GPtrArray *all, const GPtrArray *some)
{
    for (guint i = 0; i < some->len; i++) {
        unsigned balance = 0;
        for (guint k = 0; k < some->len; k++)
            balance += strcmp(some->pdata[i], some->pdata[k]) == 0;
        for (guint k = 0; k < all->len && balance; k++)
            balance -= strcmp(some->pdata[i], all->pdata[k]) == 0;
        if (balance)
            return false;
    }
    return true;
}

static unsigned change(const GPtrArray *then, const GPtrArray *now)
{
    if (then->len == now->len && holds(now, then))
        return 0;
    if (!then->len)
        return NEW;
    if (!now->len)
        return GONE;
    return holds(now, then) ? MORE : OTHER;
}

static char *joined(const GPtrArray *values)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < values->len; i++)
        g_string_append_printf(out, "%s'%s'", i ? ", " : "", (const char *)values->pdata[i]);
    return g_string_free(out, FALSE);
}

static char *field_contradiction(const segment_t *then, const segment_t *now)
{
    for (size_t i = 0; i < FIELDS; i++) {
        unsigned kind = change(then->values[i], now->values[i]);
        if (!kind || kind & fields[i].changes || strcmp(fields[i].name, "lab.note") == 0)
            continue;
        char *before = joined(then->values[i]), *after = joined(now->values[i]);
        char *text = g_strdup_printf("%s was %s, is %s", fields[i].name, before, after);
        g_free(before);
        g_free(after);
        return text;
    }
    return NULL;
}

static bool same_facts(const segment_t *a, const segment_t *b)
{
    return memcmp(&a->annotation, &b->annotation, sizeof a->annotation) == 0 &&
           memcmp(&a->detail, &b->detail, sizeof a->detail) == 0 &&
           memcmp(&a->reset, &b->reset, sizeof a->reset) == 0;
}

static const part_t *part_at(const segment_t *s, guint i)
{
    return &g_array_index(s->parts, part_t, i);
}

/* The first part says what the segment is: it may become another one that comes later. */
static bool sentence_stays(const part_t *then, const part_t *now)
{
    if (strcmp(then->text, now->text) == 0 || then->known == LAB_NOTE_LATER || now->known == LAB_NOTE_LATER)
        return true;
    return then->known == LAB_NOTE_FRAME && now->known == LAB_NOTE_COMES;
}

/* Of the clauses those that were there stay, and those that were not are of the kinds that may come. */
static bool clauses_stand(const segment_t *all, const segment_t *some, lab_note_known_t most)
{
    for (guint i = 1; i < some->parts->len; i++) {
        bool found = part_at(some, i)->known > most;
        for (guint k = 1; k < all->parts->len; k++)
            found |= strcmp(part_at(some, i)->text, part_at(all, k)->text) == 0;
        if (!found)
            return false;
    }
    return true;
}

static char *note_of(const segment_t *s)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < s->parts->len; i++)
        g_string_append(out, part_at(s, i)->text);
    return g_string_free(out, FALSE);
}

/* Who is called the client, a request may show. */
static const char *sender_of(const segment_t *s)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (strcmp(fields[i].name, "lab.sender") == 0 && s->values[i]->len)
            return s->values[i]->pdata[0];
    return "";
}

/* What the frame's own facts did not change, no sentence changes, except in the parts that say so. */
static char *note_contradiction(const segment_t *then, const segment_t *now)
{
    if (!same_facts(then, now) || strcmp(sender_of(then), sender_of(now)) != 0 ||
        (sentence_stays(part_at(then, 0), part_at(now, 0)) && clauses_stand(now, then, LAB_NOTE_COMES) &&
         clauses_stand(then, now, LAB_NOTE_FRAME)))
        return NULL;
    char *before = note_of(then), *after = note_of(now);
    char *text = g_strdup_printf("the note was '%s', is '%s'", before, after);
    g_free(before);
    g_free(after);
    return text;
}

/* The frames of a look-up are shown once a connection uses it. */
static bool look_up_is_used(const shown_t *then, const shown_t *now)
{
    const segment_t *s = now->segments->len ? now->segments->pdata[0] : NULL;
    return !then->segments->len && s && s->annotation.phase == LAB_PHASE_RESOLVE;
}

char *shown_contradiction(const shown_t *then, const shown_t *now)
{
    if (look_up_is_used(then, now))
        return NULL;
    if (then->segments->len != now->segments->len)
        return g_strdup_printf("%u segments, then %u", then->segments->len, now->segments->len);
    for (guint i = 0; i < now->segments->len; i++) {
        char *text = field_contradiction(then->segments->pdata[i], now->segments->pdata[i]);
        if (!text)
            text = note_contradiction(then->segments->pdata[i], now->segments->pdata[i]);
        if (text)
            return text;
    }
    return NULL;
}
