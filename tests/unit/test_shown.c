/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shown of a frame says what was so at that frame: right after it was read, and at the end of the
 * capture, the same; except what plugin/wireshark/fields.def and the rows of note_rows.c call later.
 *
 *   test-shown              3,000 conversations of each kind, or the number in LAB_PROPERTIES
 *   test-shown COUNT FIRST  this number, from the seed FIRST on (else 1)
 *   test-shown --seed N     the two conversations with this seed
 */
#include <stdlib.h>
#include <string.h>

#include "rest.h"
#include "shown.h"
#include "talk.h"
#include "tcpgen.h"

#define DEFAULT_COUNT 3000
#define FAILURES_MAX  20

static struct {
    uint64_t conversations, frames, changed;
} checked;

static void compare(lab_engine_t *e, GPtrArray *then, const char *kind, uint64_t seed, unsigned *bad)
{
    bool good = true;
    for (uint32_t frame = 1; frame <= then->len; frame++) {
        shown_t *now = shown_frame(e, frame, true);
        char *text = shown_contradiction(then->pdata[frame - 1], now);
        if (text && good)
            g_print("%s, seed %" G_GUINT64_FORMAT ", frame %u: %s\n", kind, seed, frame, text);
        good &= text == NULL;
        g_free(text);
        shown_free(now);
        checked.frames++;
    }
    *bad += !good;
    checked.conversations++;
}

static void free_shown(gpointer shown)
{
    shown_free(shown);
}

/* --seed: the frames and their sentences at the end. */
static bool tracing;

static void trace(const lab_engine_t *e, guint frames)
{
    GString *note = g_string_new(NULL);
    for (uint32_t frame = 1; tracing && frame <= frames; frame++) {
        const lab_annotation_t *a = lab_engine_annotation(e, frame);
        g_string_truncate(note, 0);
        if (a)
            lab_note(e, a, frame, LAB_LANG_EN, note);
        if (a)
            g_print("%3u end %u flags %02x seq %u ack %u length %u stream %u: %s\n", frame, a->sender,
                    a->flags, a->seq, a->ack, a->length, a->stream, note->str);
    }
    g_string_free(note, TRUE);
}

static void check_talk(uint64_t seed, unsigned *bad)
{
    talk_t *talk = talk_new(seed);
    lab_engine_t *e = lab_engine_new();
    if (seed % 2)
        lab_rests_limit(e->rests, 0, 0);
    GPtrArray *then = g_ptr_array_new_with_free_func(free_shown);
    for (guint n = 0; n < talk->frames->len; n++) {
        const talk_frame_t *f = &g_array_index(talk->frames, talk_frame_t, n);
        lab_segment_t seg = f->seg;
        const lab_datagram_t d = {n + 1, seg.time, seg.src, seg.dst, seg.payload, seg.captured};
        seg.frame = n + 1;
        if (f->dns)
            lab_engine_dns(e, &d);
        else
            lab_engine_segment(e, &seg);
        g_ptr_array_add(then, shown_frame(e, n + 1, false));
    }
    compare(e, then, "talk", seed, bad);
    trace(e, then->len);
    g_ptr_array_unref(then);
    lab_engine_free(e);
    talk_free(talk);
}

/* A conversation of tcpgen.h; of every second one the capture lacks the beginning, one side or some frames.
 */
static bool captured(uint64_t seed, uint64_t *random, guint n, const gen_frame_t *f)
{
    switch (seed % 6) {
    case 1:
        return n > seed / 6 % 7;
    case 3:
        return f->side != seed / 6 % 2;
    case 5:
        return gen_random(random, 10) != 0;
    default:
        return true;
    }
}

static void check_conversation(uint64_t seed, unsigned *bad)
{
    gen_talked_t *t = gen_conversation(seed);
    lab_engine_t *e = lab_engine_new();
    if (seed % 2)
        lab_rests_limit(e->rests, 0, 0);
    GPtrArray *then = g_ptr_array_new_with_free_func(free_shown);
    uint64_t random = seed ^ 0x5eed;
    for (guint n = 0; n < t->frames->len; n++) {
        const gen_frame_t *f = &g_array_index(t->frames, gen_frame_t, n);
        lab_segment_t seg = f->seg;
        if (!captured(seed, &random, n, f))
            continue;
        seg.frame = then->len + 1;
        seg.time = INT64_C(1700000000000000000) + f->passed;
        lab_engine_segment(e, &seg);
        g_ptr_array_add(then, shown_frame(e, seg.frame, false));
    }
    compare(e, then, "conversation", seed, bad);
    trace(e, then->len);
    g_ptr_array_unref(then);
    lab_engine_free(e);
    gen_free(t);
}

int main(int argc, char **argv)
{
    const char *wanted = argc > 1 ? argv[1] : g_getenv("LAB_PROPERTIES");
    bool one = argc > 2 && strcmp(argv[1], "--seed") == 0;
    uint64_t count = one ? 1 : wanted ? g_ascii_strtoull(wanted, NULL, 10) : DEFAULT_COUNT;
    uint64_t first = argc > 2 ? g_ascii_strtoull(argv[2], NULL, 10) : 1;
    unsigned bad = 0;
    tracing = one;
    if (!count) {
        g_printerr("test-shown: '%s' is no number of conversations; give one from 1\n", wanted);
        return 2;
    }
    for (uint64_t seed = first; seed < first + count && bad < FAILURES_MAX; seed++) {
        check_talk(seed, &bad);
        check_conversation(seed, &bad);
    }
    g_print("%" G_GUINT64_FORMAT " conversations, %" G_GUINT64_FORMAT " frames; %u failed\n",
            checked.conversations, checked.frames, bad);
    return bad ? 1 : 0;
}
