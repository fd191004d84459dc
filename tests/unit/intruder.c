/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intruder.c - see intruder.h. */
#include "intruder.h"

#include "tcpgen.h"

typedef enum {
    RST_BEYOND,
    RST_BELOW,
    RST_INSIDE,
    FIN_BEYOND,
    FIN_WITHOUT_ACK,
    SYN_OF_ANOTHER,     /* Wireshark counts a new stream from there */
    SYN_ACK_OF_ANOTHER, /* a second stack answers */
    RST_IN_SYN_SENT,    /* without an ACK of the SYN */
    KINDS
} kind_t;

static const char *const names[] = {"a RST beyond the window",
                                    "a RST below the window",
                                    "a RST inside the window",
                                    "a FIN beyond the window",
                                    "a FIN without ACK",
                                    "a SYN of another connection",
                                    "a SYN-ACK with another number",
                                    "a RST in SYN-SENT without an ACK of the SYN"};

/* What the frames before the intruder show: of each side the next number and what it has acknowledged. */
typedef struct {
    int64_t next[2], ack[2];
    bool syn[2], established[2], over;
} view_t;

static const gen_frame_t *frame_at(const gen_talked_t *t, guint n)
{
    return &g_array_index(t->frames, gen_frame_t, n);
}

static view_t view_before(const gen_talked_t *t, guint at)
{
    view_t v = {.next = {0, 0}, .ack = {-1, -1}};
    for (guint n = 0; n < at; n++) {
        const gen_frame_t *f = frame_at(t, n);
        int64_t end = f->seq + f->seg.length + !!(f->seg.flags & LAB_TH_SYN) + !!(f->seg.flags & LAB_TH_FIN);
        v.over |= (f->seg.flags & LAB_TH_RST) != 0;
        if (f->seg.flags & LAB_TH_RST)
            continue;
        v.next[f->side] = MAX(v.next[f->side], end);
        v.ack[f->side] = MAX(v.ack[f->side], f->ack);
        v.syn[f->side] |= (f->seg.flags & LAB_TH_SYN) != 0;
        v.established[f->side] |= f->state >= LAB_STATE_ESTABLISHED && f->state < LAB_STATE_TIME_WAIT;
    }
    return v;
}

static bool fits(kind_t kind, const view_t *v, unsigned side)
{
    bool both = v->syn[0] && v->syn[1], open = v->established[0] && v->established[1];
    switch (kind) {
    case SYN_OF_ANOTHER:
        return open && side == 0;
    case SYN_ACK_OF_ANOTHER:
        return both && side == 1;
    case RST_IN_SYN_SENT:
        return v->syn[0] && !v->syn[1] && side == 1;
    case FIN_WITHOUT_ACK:
        return open;
    default:
        return both && v->ack[!side] >= 1;
    }
}

/* The intruder's flags and number; it acknowledges what its seeming sender has. */
static gen_frame_t intruder(const gen_talked_t *t, const view_t *v, kind_t kind, unsigned side,
                            uint64_t *random)
{
    static const uint16_t flags[] = {LAB_TH_RST,
                                     LAB_TH_RST,
                                     LAB_TH_RST,
                                     LAB_TH_FIN | LAB_TH_ACK,
                                     LAB_TH_FIN,
                                     LAB_TH_SYN,
                                     LAB_TH_SYN | LAB_TH_ACK,
                                     LAB_TH_RST};
    int64_t seq[] = {v->next[side] + 200000,
                     v->ack[!side] - 1 - gen_random(random, 100),
                     v->next[side] + 1 + gen_random(random, 30000),
                     v->next[side] + 200000,
                     v->next[side],
                     v->next[side] + 1000000,
                     5000000,
                     gen_random(random, 1000)};
    gen_frame_t f = *frame_at(t, 0);
    bool with_ack = (kind <= RST_INSIDE && gen_random(random, 2)) || flags[kind] & LAB_TH_ACK;
    int64_t ack = kind == SYN_ACK_OF_ANOTHER ? 1 : MAX(v->ack[side], 1);
    f.side = side;
    f.seg.flags = flags[kind] | (with_ack ? LAB_TH_ACK : 0);
    f.seg.seq = t->plan.isn[side] + (uint32_t)seq[kind];
    f.seg.ack = with_ack ? t->plan.isn[!side] + (uint32_t)ack : 0;
    f.seg.length = f.seg.captured = 0;
    f.seg.ip_id = f.seg.checksum = 0x7777;
    const lab_endpoint_t ends[2] = {frame_at(t, 0)->seg.src, frame_at(t, 0)->seg.dst};
    f.seg.src = ends[frame_at(t, 0)->side ^ side];
    f.seg.dst = ends[frame_at(t, 0)->side ^ !side];
    return f;
}

/* Frame n + 1 is the n-th; the intruder, if there is one, has a number behind all of them. */
static lab_engine_t *read_with(const gen_talked_t *t, guint at, const gen_frame_t *other, bool new_stream)
{
    lab_engine_t *e = lab_engine_new();
    for (guint n = 0; n < t->frames->len; n++) {
        lab_segment_t seg = frame_at(t, n)->seg;
        if (other && n == at) {
            lab_segment_t strange = other->seg;
            strange.frame = t->frames->len + 1;
            strange.time = frame_at(t, n)->passed;
            strange.stream = new_stream;
            lab_engine_segment(e, &strange);
        }
        seg.frame = n + 1;
        seg.time = frame_at(t, n)->passed;
        seg.stream = other && new_stream && n >= at;
        lab_engine_segment(e, &seg);
    }
    return e;
}

/* An answer to the intruder has another role, and it is not in the capture: the next pure ACK seems to be
 * one. */
static uint32_t roles_of(const lab_annotation_t *a)
{
    const uint32_t answers = LAB_ROLE_BIT(LAB_ROLE_ACK) | LAB_ROLE_BIT(LAB_ROLE_DUP_ACK) |
                             LAB_ROLE_BIT(LAB_ROLE_WINDOW_UPDATE) | LAB_ROLE_BIT(LAB_ROLE_CHALLENGE_ACK);
    return a->roles & answers ? (a->roles & ~answers) | LAB_ROLE_BIT(LAB_ROLE_ACK) : a->roles;
}

/* The sender of a RST with an old number has no connection if it had sent a RST before: so it seems with an
 * intruder's RST as well, where the segment that was answered lies too far back to be found. */
static bool same_states(const lab_annotation_t *a, const lab_annotation_t *b)
{
    bool closed = (b->flags & LAB_TH_RST) && b->state[b->sender] == LAB_STATE_CLOSED;
    return a->state[!b->sender] == b->state[!b->sender] &&
           (closed || a->state[b->sender] == b->state[b->sender]);
}

static bool compare(uint64_t seed, const gen_talked_t *t, guint at, kind_t kind, const lab_engine_t *without,
                    const lab_engine_t *with)
{
    bool same = true;
    for (uint32_t frame = 1; frame <= t->frames->len && same; frame++) {
        const lab_annotation_t *a = lab_engine_annotation(without, frame),
                               *b = lab_engine_annotation(with, frame);
        same = same_states(a, b) && roles_of(a) == roles_of(b);
        if (!same)
            g_print("seed %" G_GUINT64_FORMAT
                    ": %s before frame %u changes frame %u: %s|%s roles %x, with it "
                    "%s|%s roles %x\n",
                    seed, names[kind], at + 1, frame, lab_states[a->state[0]].token,
                    lab_states[a->state[1]].token, a->roles, lab_states[b->state[0]].token,
                    lab_states[b->state[1]].token, b->roles);
    }
    lab_closing_t one = lab_conn_closing(lab_engine_conn(without, 0)),
                  two = lab_conn_closing(lab_engine_conn(with, 0));
    if (one.kind != two.kind || one.first != two.first) {
        g_print("seed %" G_GUINT64_FORMAT ": %s before frame %u makes %s of %s\n", seed, names[kind], at + 1,
                lab_closes[two.kind].token, lab_closes[one.kind].token);
        same = false;
    }
    return same;
}

gboolean intruder_changes_nothing(uint64_t seed, gboolean *tried)
{
    gen_talked_t *t = gen_conversation(seed);
    uint64_t random = seed ^ 0x1277;
    bool same = true;
    guint at = t->frames->len > 1 ? 1 + gen_random(&random, t->frames->len - 1) : 0;
    kind_t kind = (kind_t)gen_random(&random, KINDS);
    unsigned side = gen_random(&random, 2);
    view_t v = view_before(t, at);
    *tried = at && !t->trouble && !v.over && fits(kind, &v, side);
    if (*tried) {
        gen_frame_t f = intruder(t, &v, kind, side, &random);
        lab_engine_t *without = read_with(t, at, NULL, false),
                     *with = read_with(t, at, &f, kind == SYN_OF_ANOTHER);
        same = compare(seed, t, at, kind, without, with);
        lab_engine_free(without);
        lab_engine_free(with);
    }
    gen_free(t);
    return same;
}
