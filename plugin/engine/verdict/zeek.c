/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zeek.c - conn_state and history in Zeek's notation, so that a Zeek user can cross-check.
 *
 * Source: Zeek's documentation of base/protocols/conn (conn_state, history). History letters are upper-case
 * for the originator and lower-case for the responder; each is noted once a direction here.
 */
#include "verdict.h"

static void letter(lab_context_t *c, char upper)
{
    lab_conn_t *conn = c->conn;
    char l = c->from == conn->client ? upper : (char)(upper - 'A' + 'a');
    for (unsigned i = 0; i < conn->history_length; i++)
        if (conn->history[i] == l)
            return;
    if (conn->history_length + 1u < sizeof conn->history)
        conn->history[conn->history_length++] = l;
}

void lab_zeek_segment(lab_context_t *c)
{
    if (c->syn && c->rst)
        letter(c, 'I');
    else if (c->syn && c->fin)
        letter(c, 'Q');
    else if (c->syn)
        letter(c, c->has_ack ? 'H' : 'S');
    if (c->rst) {
        letter(c, 'R');
        return;
    }
    if (c->data && lab_has_role(c, LAB_ROLE_RETRANSMISSION))
        letter(c, 'T');
    if (c->data && c->new_bytes)
        letter(c, 'D');
    if (!c->syn && !c->data && !c->fin && c->has_ack)
        letter(c, 'A');
    if (c->seg->window == 0 && c->has_ack && !c->syn)
        letter(c, 'W');
    if (c->fin)
        letter(c, 'F');
}

/* Facts about originator (o) and responder (r), and the state they make. The first row that fits is it. */
enum { NO, YES, ANY };
static const struct {
    uint8_t o_syn, r_syn_ack, established, o_fin, r_fin, o_rst, r_rst;
    const char *state;
} rows[] = {
    {YES, NO, NO, ANY, ANY, NO, YES, "REJ"},    {YES, NO, NO, NO, ANY, YES, NO, "RSTOS0"},
    {NO, YES, NO, ANY, ANY, NO, YES, "RSTRH"},  {NO, YES, NO, ANY, YES, ANY, NO, "SHR"},
    {NO, ANY, NO, ANY, ANY, ANY, ANY, "OTH"},   {YES, NO, NO, YES, ANY, NO, NO, "SH"},
    {YES, NO, NO, ANY, ANY, ANY, ANY, "S0"},    {ANY, ANY, ANY, ANY, ANY, YES, ANY, "RSTO"},
    {ANY, ANY, ANY, ANY, ANY, NO, YES, "RSTR"}, {ANY, ANY, ANY, YES, YES, ANY, ANY, "SF"},
    {ANY, ANY, ANY, YES, NO, ANY, ANY, "S2"},   {ANY, ANY, ANY, NO, YES, ANY, ANY, "S3"},
    {ANY, ANY, ANY, NO, NO, ANY, ANY, "S1"},
};

static bool fits(uint8_t want, bool is)
{
    return want == ANY || (want == YES) == is;
}

const char *lab_conn_state_zeek(const lab_conn_t *conn)
{
    const lab_end_t *o = &conn->end[conn->client], *r = &conn->end[!conn->client];
    /* without a handshake in the capture Zeek does not try: OTH, whatever came later */
    if (conn->midstream)
        return "OTH";
    bool established = o->syn_count > 0 && r->syn_ack;
    bool o_first = o->reset_frame && (!r->reset_frame || o->reset_frame < r->reset_frame);
    bool r_first = r->reset_frame && !o_first;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (fits(rows[i].o_syn, o->syn_count > 0) && fits(rows[i].r_syn_ack, r->syn_ack) &&
            fits(rows[i].established, established) && fits(rows[i].o_fin, o->fin) &&
            fits(rows[i].r_fin, r->fin) && fits(rows[i].o_rst, o_first) && fits(rows[i].r_rst, r_first))
            return rows[i].state;
    return "OTH";
}

const char *lab_conn_history(const lab_conn_t *conn)
{
    return conn->history;
}
