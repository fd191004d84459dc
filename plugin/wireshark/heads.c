/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heads.c - see heads.h. */
#include "heads.h"

#include <string.h>

#include "texts.h"
#include "words.h"

static int ett_head = -1;
static int ett_field = -1;

void lab_heads_register(void)
{
    static int *subtrees[] = {&ett_head, &ett_field};
    proto_register_subtree_array(subtrees, G_N_ELEMENTS(subtrees));
}

/* Who opens a head sees the meanings at once. Wireshark has no place for this before everything is
 * registered; later it is the user's choice. */
static void expand_once(void)
{
    static bool done;
    if (!done)
        tree_expanded_set(ett_field, TRUE);
    done = true;
}

typedef struct {
    const lab_head_fields_t *fields;
    tvbuff_t *tvb;
    proto_tree *tree;
    lab_lang_t lang;
    bool response, trailer;
} view_t;

static proto_item *add(const view_t *v, proto_tree *tree, int field, const char *value)
{
    char *visible = lab_text_visible_copy(value); /* heads may hold any bytes */
    proto_item *item = proto_tree_add_string(tree, field, v->tvb, 0, 0, visible);
    proto_item_set_generated(item);
    g_free(visible);
    return item;
}

static void add_field(const view_t *v, const char *line)
{
    const char *value, *meaning;
    size_t length;
    if (lab_field_split(line, &length, &value))
        meaning = lab_field_meaning(line, length, v->response, v->lang);
    else
        meaning = lab_text(LAB_TEXT_NOT_A_FIELD, v->lang);
    proto_item *item = add(v, v->tree, v->trailer ? v->fields->trailer : v->fields->header, line);
    add(v, proto_item_add_subtree(item, ett_field), v->fields->meaning, meaning);
}

static bool fill_count(void *count, const char *name, GString *out)
{
    if (strcmp(name, "count") != 0)
        return false;
    g_string_append_printf(out, "%u", *(const unsigned *)count);
    return true;
}

static proto_tree *head_tree(const view_t *v, proto_tree *tree, const lab_head_t *head)
{
    GString *title = g_string_new(NULL);
    unsigned count = head->count + (unsigned)head->left_out;
    static const lab_text_id_t ids[2][2] = {{LAB_TEXT_HEAD_REQUEST, LAB_TEXT_HEAD_RESPONSE},
                                            {LAB_TEXT_TRAILER_REQUEST, LAB_TEXT_TRAILER_RESPONSE}};
    lab_text_id_t id = ids[v->trailer][v->response];
    lab_text_expand(title, lab_text(id, v->lang), fill_count, &count);
    proto_item *item;
    proto_tree *sub = proto_tree_add_subtree(tree, v->tvb, 0, 0, ett_head, &item, title->str);
    proto_item_set_generated(item);
    g_string_free(title, TRUE);
    return sub;
}

static void add_head(view_t *v, proto_tree *tree, const lab_head_t *head)
{
    v->response = head->status != 0;
    v->trailer = head->trailer;
    v->tree = head_tree(v, tree, head);
    if (head->start->version)
        add(v, v->tree, v->fields->version, head->start->version);
    if (head->start->phrase && *head->start->phrase)
        add(v, v->tree, v->fields->phrase, head->start->phrase);
    for (unsigned i = 0; i < head->count; i++)
        add_field(v, lab_head_line(head, i));
}

void lab_heads_fill(const lab_head_fields_t *fields, const lab_engine_t *engine, const lab_exchange_t *x,
                    tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, lab_lang_t lang)
{
    view_t v = {.fields = fields, .tvb = tvb, .lang = lang};
    expand_once();
    for (const lab_head_t *head = lab_exchange_head_in(engine, x, pinfo->num); head;
         head = lab_head_next_in_frame(head))
        add_head(&v, tree, head);
}
