/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zeek.c - conn_state and history in Zeek's notation, so that a Zeek user can cross-check.
 *
 * Source: Zeek's documentation of base/protocols/conn (conn_state, history), and how its TCP analyzer moves
 * the state of each endpoint. History letters are upper-case for the originator and lower-case for the
 * responder. What differs on purpose is in docs/cross-check.md.
 */
#include "verdict.h"

#include "rare.h"

#include <string.h>

/* Zeek's states of an endpoint. */
enum { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET };

/* ---- history ---- */

static void append(lab_conn_t *conn, unsigned from, char upper)
{
    char l = from == conn->client ? upper : (char)(upper - 'A' + 'a');
    if (conn->history_length + 1u < sizeof conn->history)
        conn->history[conn->history_length++] = l;
}

/* Letters that a direction has once at most. */
enum { ONCE_A = 1 << 0, ONCE_D = 1 << 1, ONCE_I = 1 << 2, ONCE_Q = 1 << 3 };

static void once(lab_context_t *c, uint8_t bit, char upper)
{
    lab_zeek_t *z = &c->sender->zeek;
    if (!(z->once & bit))
        append(c->conn, c->from, upper);
    z->once |= bit;
}

/* Letters that come again when the sequence number is another than the last time. */
enum { AT_SYN, AT_FIN, AT_RST };

static void numbered(lab_context_t *c, unsigned which, uint32_t number, char upper)
{
    lab_zeek_t *z = &c->sender->zeek;
    uint8_t bit = (uint8_t)(1u << which);
    if (!(z->numbered & bit) || z->number[which] != number)
        append(c->conn, c->from, upper);
    z->numbered |= bit;
    z->number[which] = number;
}

/* Letters that come the first, the tenth, the hundredth time. */
static void counted(lab_context_t *c, uint32_t *count, char upper)
{
    uint32_t n = ++*count;
    while (n % 10 == 0)
        n /= 10;
    if (n == 1)
        append(c->conn, c->from, upper);
}

static void flag_letters(lab_context_t *c)
{
    const lab_segment_t *seg = c->seg;
    bool fin = seg->flags & LAB_TH_FIN;
    if (c->syn + fin + c->rst > 1) {
        once(c, fin && c->rst ? ONCE_I : ONCE_Q, fin && c->rst ? 'I' : 'Q');
        return;
    }
    if (c->syn)
        numbered(c, AT_SYN, seg->seq, c->has_ack ? 'H' : 'S');
    if (fin)
        numbered(c, AT_FIN, seg->seq + seg->length, 'F');
    if (c->rst)
        numbered(c, AT_RST, seg->seq, 'R');
}

/* A window of 0 says nothing in a RST, after one, or when the other side had sent its FIN. */
static bool closes_window(const lab_context_t *c)
{
    return c->seg->window == 0 && !c->rst && c->receiver->zeek.state != CLOSED &&
           c->sender->zeek.state != RESET;
}

static bool sends_again(const lab_context_t *c)
{
    return c->data && c->sender->zeek.state != RESET &&
           (c->rst ? c->offset <= c->sender->next && c->sender->last.frame : c->repeated);
}

static void letters(lab_context_t *c)
{
    if (c->seg->flags & (LAB_TH_SYN | LAB_TH_FIN | LAB_TH_RST))
        flag_letters(c);
    else if (c->data)
        once(c, ONCE_D, 'D');
    else if (c->has_ack)
        once(c, ONCE_A, 'A');
    if (closes_window(c))
        counted(c, &c->sender->zeek.windows, 'W');
    if (sends_again(c))
        counted(c, &c->sender->zeek.repeats, 'T');
}

/* `^` stands first where the first packet was the responder's. Who the originator is may be found out only
 * when some letters are written. */
static void turn_history(lab_conn_t *conn)
{
    conn->history_turned = conn->client == 1;
    char *letter = conn->history;
    if (conn->history_turned) {
        unsigned room = sizeof conn->history - 2;
        memmove(letter + 1, letter, MIN(conn->history_length, room));
        conn->history_length = (uint8_t)MIN(conn->history_length + 1u, room + 1);
        *letter++ = '^';
    } else {
        memmove(letter, letter + 1, --conn->history_length);
        letter[conn->history_length] = 0;
    }
    for (; *letter; letter++)
        *letter ^= 'a' - 'A';
}

/* ---- the endpoints ---- */

static void set_state(lab_end_t *end, uint8_t state)
{
    end->zeek.before = end->zeek.state;
    end->zeek.state = state;
}

static void first_syn(lab_end_t *e, lab_end_t *peer, bool originator, bool ack)
{
    if (originator) /* behind the SYN-ACK: the capture has them in the wrong order */
        set_state(e, ack ? SYN_ACK_SENT : peer->zeek.state == ESTABLISHED ? ESTABLISHED : SYN_SENT);
    else
        set_state(e, ESTABLISHED);
    if (!originator && peer->zeek.state == SYN_SENT)
        set_state(peer, ESTABLISHED);
}

/* The first segment of a side without SYN, FIN, RST. */
static void first_other(const lab_context_t *c, bool originator)
{
    const lab_end_t *peer = c->receiver;
    if (!originator && !c->data && peer->zeek.state == SYN_SENT)
        return; /* some stacks acknowledge the SYN before they send theirs */
    set_state(c->sender, c->has_ack && peer->zeek.state == ESTABLISHED ? ESTABLISHED : PARTIAL);
}

static void leave_inactive(lab_context_t *c)
{
    bool originator = c->from == c->conn->client, fin = c->seg->flags & LAB_TH_FIN;
    if (c->syn)
        first_syn(c->sender, c->receiver, originator, c->has_ack);
    if (fin)
        set_state(c->sender, CLOSED);
    if (c->rst)
        set_state(c->sender, RESET);
    if (!c->syn && !fin && !c->rst)
        first_other(c, originator);
}

static void leave_established(lab_context_t *c)
{
    lab_zeek_t *peer = &c->receiver->zeek;
    if (c->syn && !c->has_ack && c->sender->zeek.state == PARTIAL && peer->state == INACTIVE)
        set_state(c->sender, SYN_SENT);
    if (c->fin)
        set_state(c->sender, CLOSED);
    if (c->fin && peer->state == RESET && peer->before == CLOSED)
        peer->state = CLOSED; /* FIN, then RST, and now the other FIN: a close in order */
    if (c->rst)
        set_state(c->sender, RESET);
}

static void move(lab_context_t *c)
{
    switch (c->sender->zeek.state) {
    case INACTIVE:
        leave_inactive(c);
        break;
    case SYN_SENT:
    case SYN_ACK_SENT:
        if (c->seg->flags & LAB_TH_FIN)
            set_state(c->sender, CLOSED);
        if (c->rst)
            set_state(c->sender, RESET);
        break;
    case PARTIAL:
    case ESTABLISHED:
        if (c->seg->flags & (LAB_TH_SYN | LAB_TH_FIN | LAB_TH_RST))
            leave_established(c);
        break;
    case CLOSED: /* a RST after both FINs changes nothing */
        if (c->rst && c->receiver->zeek.state != CLOSED)
            set_state(c->sender, RESET);
        break;
    default:
        break;
    }
}

/* A RST that was not accepted changed nothing. */
static void take_back_reset(lab_end_t *end)
{
    if (end->zeek.state == RESET && !end->reset_frame)
        end->zeek.state = end->zeek.before;
}

/* Nearly all segments: data or an ACK, as before, of an endpoint that is open or has closed. */
static bool says_nothing_new(const lab_context_t *c)
{
    const lab_zeek_t *sender = &c->sender->zeek;
    bool plain = !(c->seg->flags & (LAB_TH_SYN | LAB_TH_FIN | LAB_TH_RST)) && c->seg->window && !c->repeated;
    return plain && sender->once & (c->data ? ONCE_D : ONCE_A) && sender->state >= PARTIAL &&
           sender->state <= CLOSED && c->receiver->zeek.state <= CLOSED;
}

static LAB_RARE void take_segment(lab_context_t *c)
{
    if (c->conn->history_turned != (c->conn->client == 1))
        turn_history(c->conn);
    if (!c->rst) {
        take_back_reset(c->sender);
        take_back_reset(c->receiver);
    }
    letters(c);
    move(c);
}

void lab_zeek_segment(lab_context_t *c)
{
    if (!says_nothing_new(c) || c->conn->history_turned != (c->conn->client == 1))
        take_segment(c);
}

/* ---- conn_state ---- */

#define S(state) (1u << (state))
#define ANY      0x7fu
#define SILENT   (S(INACTIVE) | S(PARTIAL))

/* States of originator and responder, and what they make. The first row that fits is it. */
static const struct {
    uint8_t originator, responder;
    const char *state;
} rows[] = {
    {S(SYN_SENT) | S(SYN_ACK_SENT), S(RESET), "REJ"},
    {SILENT, S(RESET), "RSTRH"},
    {ANY, S(RESET), "RSTR"},
    {S(RESET), SILENT, "OTH"},
    {S(RESET), ANY, "RSTO"},
    {S(CLOSED), S(CLOSED), "SF"},
    {S(CLOSED), SILENT, "SH"},
    {S(CLOSED), ANY, "S2"},
    {SILENT, S(CLOSED), "SHR"},
    {ANY, S(CLOSED), "S3"},
    {S(SYN_SENT), S(INACTIVE), "S0"},
    {S(ESTABLISHED), S(ESTABLISHED), "S1"},
};

/* Payload bytes by the numbers: also those that the capture lacks. */
static bool sent_nothing(const lab_end_t *end)
{
    return end->next - (end->fin ? 1 : 0) <= 1;
}

/* The originator's SYN, then its RST, and between them nothing of it but repetitions. */
static bool only_syn_and_reset(const lab_conn_t *conn)
{
    const char *h = conn->history + (conn->history[0] == '^');
    if (*h++ != 'S')
        return false;
    while (*h && *h != 'R' && !strchr("HAFGIQ", *h))
        h++;
    return *h == 'R';
}

const char *lab_conn_state_zeek(const lab_conn_t *conn)
{
    const lab_end_t *o = &conn->end[conn->client], *r = &conn->end[!conn->client];
    if (o->zeek.state == RESET && r->zeek.state == RESET && sent_nothing(o) && sent_nothing(r))
        return "REJ";
    if (o->zeek.state == RESET && (S(r->zeek.state) & SILENT) && only_syn_and_reset(conn))
        return "RSTOS0";
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if ((rows[i].originator & S(o->zeek.state)) && (rows[i].responder & S(r->zeek.state)))
            return rows[i].state;
    return "OTH";
}

const char *lab_conn_history(const lab_conn_t *conn)
{
    return conn->history;
}
