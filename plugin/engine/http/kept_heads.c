/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept_heads.c - copies of message heads, so that every field can be shown and explained.
 *
 * Browsers and servers repeat most lines in each message. Each different line is kept once per capture.
 */
#include "kept_heads.h"

#include <string.h>

#include "work.h"

/* Most lines are equal to those of the head before. A comparison costs less than a look-up. */
static const char *keep(lab_strings_t *strings, const char *text, const char *before)
{
    if (!text)
        return NULL;
    return before && strcmp(before, text) == 0 ? before : lab_strings_keep(strings, text);
}

static const lab_start_t *keep_start(const lab_http_head_t *h, const lab_start_t *before, lab_engine_t *e)
{
    static const lab_start_t none;
    before = before ? before : &none;
    const lab_start_t start = {keep(e->strings, h->version, before->version),
                               keep(e->strings, h->phrase, before->phrase)};
    if (start.version == before->version && start.phrase == before->phrase)
        return before;
    lab_start_t *kept = lab_arena_raw(e->arena, sizeof *kept);
    *kept = start;
    return kept;
}

/* The lines that are not those of the model; false: the head is not like it. */
static bool differing(const lab_head_t *model, const char *const *lines, unsigned count, uint32_t *own)
{
    *own = 0;
    if (!model || model->count != count || count > 32)
        return false;
    for (unsigned i = 0; i < count; i++)
        *own |= (uint32_t)(lines[i] != model->lines[i]) << i;
    return (unsigned)__builtin_popcount(*own) <= count / 2;
}

/* Only the lines that the model does not have, or all if the head is not like it. */
static lab_head_t *head_with(lab_arena_t *arena, const lab_head_t *model, const char *const *lines,
                             unsigned count)
{
    uint32_t own;
    bool like = differing(model, lines, count, &own);
    unsigned kept = like ? (unsigned)__builtin_popcount(own) : count, n = 0;
    lab_head_t *head = lab_arena_raw(arena, sizeof *head + kept * sizeof *lines);
    *head = (lab_head_t){.model = like ? model : NULL, .own = like ? own : 0, .count = (uint16_t)count};
    for (unsigned i = 0; i < count; i++)
        if (!like || own >> i & 1)
            head->lines[n++] = lines[i];
    return head;
}

lab_head_t *lab_head_keep(const lab_http_head_t *h, uint32_t frame, lab_engine_t *engine)
{
    const lab_head_t **newest = &engine->newest_head[h->status != 0], *before = *newest;
    const char *lines[LAB_HTTP_LINES_MAX];
    for (unsigned i = 0; i < h->line_count; i++)
        lines[i] =
            keep(engine->strings, h->lines[i], before && i < before->count ? lab_head_line(before, i) : NULL);
    const lab_head_t *model = before && before->model ? before->model : before;
    lab_head_t *head = head_with(engine->arena, model, lines, h->line_count);
    head->start = keep_start(h, before ? before->start : NULL, engine);
    head->frame = frame;
    head->status = h->status;
    head->left_out = (uint16_t)MIN(h->lines_left_out, G_MAXUINT16);
    *newest = head;
    return head;
}

lab_head_t *lab_trailer_keep(const lab_http_head_t *trailer, uint16_t status, uint32_t frame,
                             lab_engine_t *engine)
{
    lab_head_t *head = lab_head_keep(trailer, frame, engine);
    head->trailer = true;
    head->status = status;
    return head;
}

/* A value is the end of its line, and lines are in the order of their addresses. So the copy of the line
 * holds the copy of the value. */
const char *lab_head_value(const lab_head_t *kept, const lab_http_head_t *h, const char *value,
                           lab_engine_t *engine)
{
    if (!value)
        return NULL;
    unsigned i = kept->count;
    while (i > 0 && h->lines[i - 1] > value)
        i--;
    if (i == 0 || kept->left_out) /* its line may not have been kept */
        return lab_strings_keep(engine->strings, value);
    return lab_head_line(kept, i - 1) + (value - h->lines[i - 1]);
}

/* Of an exchange with more heads (interim responses) the first head of each frame is found in a table. */
#define HEADS_WALKED 8

typedef struct {
    uint32_t exchange, frame;
} lab_head_key_t;

static void note_frame(lab_engine_t *e, const lab_exchange_t *x, lab_head_t *head)
{
    const lab_head_key_t key = {x->number, head->frame};
    if (!e->heads)
        e->heads = lab_map_new(NULL);
    if (!lab_map_get(e->heads, &key, sizeof key))
        lab_map_set(e->heads, &key, sizeof key, head);
}

static void note_frames(lab_engine_t *e, const lab_exchange_t *x)
{
    if (x->head_count > HEADS_WALKED + 1) {
        note_frame(e, x, x->last_head);
        return;
    }
    for (lab_head_t *h = x->heads; h && x->head_count == HEADS_WALKED + 1; h = h->next)
        note_frame(e, x, h);
}

const lab_head_t *lab_exchange_head_in(const lab_engine_t *e, const lab_exchange_t *x, uint32_t frame)
{
    const lab_head_key_t key = {x->number, frame};
    if (x->head_count > HEADS_WALKED)
        return lab_map_get(e->heads, &key, sizeof key);
    const lab_head_t *h = x->heads;
    for (; h && h->frame != frame; h = h->next)
        lab_work();
    return h;
}

/* A frame has bytes of one side only: between two heads of one frame lies at most one of the other side. */
const lab_head_t *lab_head_next_in_frame(const lab_head_t *head)
{
    const lab_head_t *next = head->next;
    lab_work();
    if (next && next->frame != head->frame)
        next = next->next;
    return next && next->frame == head->frame ? next : NULL;
}

void lab_head_append(lab_engine_t *e, lab_exchange_t *x, lab_head_t *head)
{
    if (x->last_head)
        x->last_head->next = head;
    else
        x->heads = head;
    x->last_head = head;
    x->head_count += x->head_count < LAB_HEADS_MAX;
    note_frames(e, x);
    lab_head_t *of = head->trailer ? (lab_head_t *)lab_exchange_head(x, head->status != 0) : NULL;
    if (of)
        of->has_trailer = true;
}

const lab_head_t *lab_exchange_head(const lab_exchange_t *x, bool response)
{
    for (const lab_head_t *h = x->heads; h; h = h->next)
        if (!h->trailer && (response ? h->status && h->status == x->status : !h->status))
            return h;
    return NULL;
}

/* Trailer fields come after the head, and before those of another message of the same side. */
const lab_head_t *lab_head_trailer(const lab_head_t *head)
{
    const lab_head_t *h = head->has_trailer ? head->next : NULL;
    while (h && !(h->trailer && !h->status == !head->status))
        h = h->next;
    return h;
}
