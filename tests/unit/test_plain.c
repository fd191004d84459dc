/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shortcut for plain segments gives what all steps give: conversations are read both ways and compared.
 */
#include "conn.h"
#include "plain.h"
#include "tcpgen.h"
#include "units.h"

#define CONVERSATIONS 500

static unsigned calm; /* number of segments after which the connection was ready for the shortcut */

/* Every second capture lacks some frames, the same each time. */
static bool lacks(unsigned seed, guint i)
{
    return seed % 2 && (seed * 31 + i * 17) % 29 == 0;
}

static lab_engine_t *read_frames(const gen_talked_t *t, unsigned seed, bool all_steps)
{
    lab_engine_t *e = lab_engine_new();
    lab_plain_switch(e, all_steps);
    for (guint i = 0; i < t->frames->len; i++) {
        lab_segment_t seg = g_array_index(t->frames, gen_frame_t, i).seg;
        if (lacks(seed, i))
            continue;
        seg.frame = i + 1;
        lab_engine_segment(e, &seg);
        calm += lab_engine_conn(e, seg.stream)->calm;
    }
    return e;
}

static void put_detail(GString *out, const lab_detail_t *d)
{
    g_string_append_printf(out, " anomalies %" G_GINT64_MODIFIER "x keepalive %x tls %x count %u",
                           (guint64)d->anomalies, (unsigned)d->keepalive, (unsigned)d->tls_steps,
                           (unsigned)d->count);
}

static void put_frame(GString *out, const lab_engine_t *e, uint32_t frame)
{
    const lab_annotation_t *a = lab_engine_annotation(e, frame);
    if (!a)
        return;
    const lab_detail_t *d = lab_engine_detail(e, a);
    g_string_append_printf(out, "%u: roles %x phase %u exchange %u-%u related %u states %u %u marks %x\n",
                           frame, (unsigned)a->roles, (unsigned)a->phase, a->exchange,
                           lab_annotation_exchange_last(e, a), a->related, a->state[0], a->state[1],
                           a->marks);
    if (d)
        put_detail(out, d);
    lab_note(e, a, frame, LAB_LANG_EN, out);
    g_string_append_c(out, '\n');
}

static void put_conn(GString *out, const lab_conn_t *conn)
{
    lab_closing_t closing = lab_conn_closing(conn);
    g_string_append_printf(out, "%u: close %u first %d reason %u lossless %d quality %x %s %s\n",
                           conn->number, closing.kind, closing.first, closing.reason, closing.lossless,
                           lab_conn_quality(conn), lab_conn_state_zeek(conn), lab_conn_history(conn));
    for (unsigned i = 0; i < 2; i++) {
        const lab_end_t *end = &conn->end[i];
        g_string_append_printf(out, "next %d ack %d bytes %d window %u %u flight %d last %u %u %u %u\n",
                               (int)end->next, (int)end->ack, (int)end->bytes, end->window, end->window_max,
                               (int)end->flight_offset, end->last.frame, end->last.new_bytes, end->evidence,
                               end->next_ip_id);
    }
}

static char *all_that_is_known(lab_engine_t *e, guint frames)
{
    GString *out = g_string_new(NULL);
    for (uint32_t frame = 1; frame <= frames; frame++)
        put_frame(out, e, frame);
    for (uint32_t stream = 0; stream < lab_engine_streams(e); stream++)
        if (lab_engine_conn_at(e, stream))
            put_conn(out, lab_engine_conn_at(e, stream));
    return g_string_free(out, FALSE);
}

static void the_shortcut_gives_what_all_steps_give(void)
{
    calm = 0;
    for (unsigned seed = 1; seed <= CONVERSATIONS; seed++) {
        gen_talked_t *t = gen_conversation(seed);
        lab_engine_t *shortcut = read_frames(t, seed, false), *all = read_frames(t, seed, true);
        char *one = all_that_is_known(shortcut, t->frames->len),
             *other = all_that_is_known(all, t->frames->len);
        g_assert_cmpstr(one, ==, other);
        g_free(one);
        g_free(other);
        lab_engine_free(shortcut);
        lab_engine_free(all);
        gen_free(t);
    }
    g_assert_cmpuint(calm, >, 5 * CONVERSATIONS); /* else nothing was compared */
}

void add_plain_tests(void)
{
    g_test_add_func("/plain/the shortcut gives what all steps give", the_shortcut_gives_what_all_steps_give);
}
