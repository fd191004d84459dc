/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json_meanings.c - what the methods, status codes and header fields of the capture mean. */
#include "http_status.h"
#include "json_parts.h"
#include "selection.h"
#include "words.h"

#include <string.h>

/* Sets of names, fields in lower case. */
typedef struct {
    GTree *methods, *statuses, *fields[2]; /* of requests, of responses */
} lab_meanings_t;

typedef const char *(*lab_meaning_t)(const char *key, lab_lang_t lang);

static const char *status_meaning(const char *key, lab_lang_t lang)
{
    return lab_status_meaning((uint16_t)g_ascii_strtoull(key, NULL, 10), lang);
}

static const char *request_field_meaning(const char *key, lab_lang_t lang)
{
    return lab_field_meaning(key, strlen(key), false, lang);
}

static const char *response_field_meaning(const char *key, lab_lang_t lang)
{
    return lab_field_meaning(key, strlen(key), true, lang);
}

static void note_head(lab_meanings_t *m, const lab_exchange_t *x, const lab_head_t *head)
{
    bool response = head->status != 0;
    if (response)
        g_tree_insert(m->statuses, g_strdup_printf("%u", head->status), NULL);
    else if (x->method)
        g_tree_insert(m->methods, g_strdup(x->method), NULL);
    for (unsigned i = 0; i < head->count; i++) {
        size_t length;
        const char *value;
        if (lab_field_split(lab_head_line(head, i), &length, &value))
            g_tree_insert(m->fields[response], g_ascii_strdown(lab_head_line(head, i), (gssize)length), NULL);
    }
}

typedef struct {
    json_dumper *json;
    lab_meaning_t meaning;
} lab_meaning_writer_t;

static gboolean write_meaning(gpointer key, gpointer value, gpointer user)
{
    const lab_meaning_writer_t *w = user;
    (void)value;
    char *valid = g_utf8_make_valid(key, -1);
    begin_object(w->json, valid);
    string(w->json, "en", w->meaning(key, LAB_LANG_EN));
    string(w->json, "zh", w->meaning(key, LAB_LANG_ZH));
    json_dumper_end_object(w->json);
    g_free(valid);
    return FALSE;
}

static void write_meanings(json_dumper *j, const char *key, GTree *tree, lab_meaning_t meaning)
{
    lab_meaning_writer_t w = {j, meaning};
    begin_object(j, key);
    g_tree_foreach(tree, write_meaning, &w);
    json_dumper_end_object(j);
    g_tree_destroy(tree);
}

static GTree *new_meanings(void)
{
    return g_tree_new_full((GCompareDataFunc)(void (*)(void))g_strcmp0, NULL, g_free, NULL);
}

void lab_json_meanings(json_dumper *j, const lab_report_t *report)
{
    lab_meanings_t m = {new_meanings(), new_meanings(), {new_meanings(), new_meanings()}};
    const lab_exchange_t *x;
    for (uint32_t n = 0; (x = lab_report_next_exchange(report, &n));)
        for (const lab_head_t *head = x->heads; head; head = head->next)
            note_head(&m, x, head);
    begin_object(j, "meanings");
    write_meanings(j, "methods", m.methods, lab_method_meaning);
    write_meanings(j, "statuses", m.statuses, status_meaning);
    write_meanings(j, "request_headers", m.fields[0], request_field_meaning);
    write_meanings(j, "response_headers", m.fields[1], response_field_meaning);
    json_dumper_end_object(j);
}
