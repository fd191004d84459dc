/* closing.c - how a connection closes: RFC 9293 3.6, figures 12 and 13. */
#include "closing.h"

#include "conn.h"
#include "tls.h"

static void step(lab_ctx_t *c, unsigned n)
{
    lab_conn_t *conn = c->conn;
    if (n == 0 || n > 4 || conn->ended)
        return; /* what comes after the end is late, not part of the close */
    c->annotation->close_steps |= (uint8_t)(1u << n);
    if (conn->closing_count && conn->closing_frames[conn->closing_count - 1] == c->seg->frame)
        return;
    if (conn->closing_count < G_N_ELEMENTS(conn->closing_frames))
        conn->closing_frames[conn->closing_count++] = c->seg->frame;
}

static bool is_first_fin(const lab_conn_t *conn, unsigned end)
{
    return conn->first_fin == (int)end;
}

/* A FIN that was sent again has no answer as far as the capture goes, until it gets one. Where one direction
 * only was captured, its absence shows nothing. */
static void note_unanswered(lab_ctx_t *c)
{
    if (!c->sender->fin_acked && !(c->conn->quality & LAB_QUALITY_ONE_DIRECTION))
        lab_anomaly_add(c->engine, c->sender->fin_frame, c->conn->number, LAB_ANOMALY_FIN_UNANSWERED);
}

static void answered_after_all(lab_ctx_t *c, const lab_end_t *end)
{
    if (end->fin_count > 1)
        lab_anomaly_remove(c->engine, end->fin_frame, c->conn->number, LAB_ANOMALY_FIN_UNANSWERED);
}

/* Any segment whose acknowledgment number passes the other side's FIN acknowledges it. */
static void fin_acknowledged(lab_ctx_t *c)
{
    lab_end_t *receiver = c->receiver;
    if (!receiver->fin || receiver->fin_acked || !c->has_ack || c->ack <= receiver->fin_offset)
        return;
    receiver->fin_acked = true;
    answered_after_all(c, receiver);
    receiver->fin_ack_frame = c->seg->frame;
    lab_add_role(c, is_first_fin(c->conn, c->to) ? LAB_ROLE_FIN1_ACK : LAB_ROLE_FIN2_ACK);
    c->annotation->related = receiver->fin_frame;
    step(c, ++c->conn->close_step);
    /* one segment that has both the ACK and the first transmission of the other FIN: three segments in all */
    c->conn->three_segment |= c->fin && !c->sender->fin && is_first_fin(c->conn, c->to);
}

/* Since the newest payload, or since any segment where there was none. */
static int64_t idle_before(const lab_ctx_t *c)
{
    int64_t since =
        c->conn->data_time ? c->conn->data_time : MAX(c->sender->last.time, c->receiver->last.time);
    return since ? c->seg->time - since : 0;
}

/* The other side's FIN was captured first, but it acknowledges this one: the capture has them in the wrong
 * order. */
static bool captured_late(const lab_ctx_t *c)
{
    return c->sender->fin_before_peer && c->receiver->fin_peer_ack > c->sender->fin_offset;
}

static void swap_fins(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_annotation_t *second = lab_annotation_of(c->engine, c->receiver->fin_frame, conn->number);
    conn->first_fin = (int8_t)c->from;
    conn->three_segment = true;
    lab_add_role(c, LAB_ROLE_FIN1);
    c->sender->fin_acked = true;
    c->sender->fin_ack_frame = c->receiver->fin_frame;
    c->receiver->fin_before_peer = false;
    c->receiver->peer_fin = true;
    conn->close_step++; /* the FIN captured first is the second and third step, this one the first */
    c->receiver->fin_step = 3;
    if (second) {
        second->roles &= ~LAB_ROLE_BIT(LAB_ROLE_FIN1);
        second->roles |= LAB_ROLE_BIT(LAB_ROLE_FIN2) | LAB_ROLE_BIT(LAB_ROLE_FIN1_ACK);
        second->close_steps = 1u << 2 | 1u << 3;
    }
}

static void first_of_its_fins(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_end_t *sender = c->sender;
    sender->fin = true;
    sender->fin_frame = c->seg->frame;
    sender->fin_offset = c->end - 1;
    sender->fin_time = c->seg->time;
    sender->fin_before_peer = !(c->receiver->fin && c->ack > c->receiver->fin_offset);
    if (conn->first_fin < 0) {
        conn->first_fin = (int8_t)c->from;
        conn->close_idle = idle_before(c);
        lab_add_role(c, LAB_ROLE_FIN1);
    } else if (captured_late(c)) {
        swap_fins(c);
    } else {
        lab_add_role(c, LAB_ROLE_FIN2);
        conn->fins_crossed = sender->fin_before_peer;
        if (conn->fins_crossed)
            lab_add_anomaly(c, LAB_ANOMALY_SIMULTANEOUS_CLOSE);
    }
    sender->fin_peer_ack = c->ack;
    conn->close_step++;
    sender->fin_step = is_first_fin(conn, c->from) ? 1 : conn->close_step;
    step(c, sender->fin_step);
}

static void fin_seen(lab_ctx_t *c)
{
    lab_end_t *sender = c->sender;
    sender->fin_count++;
    sender->fin_last_frame = c->seg->frame;
    if (!sender->fin) {
        first_of_its_fins(c);
    } else {
        lab_add_role(c, is_first_fin(c->conn, c->from) ? LAB_ROLE_FIN1 : LAB_ROLE_FIN2);
        lab_add_anomaly(c, LAB_ANOMALY_FIN_RETRANSMITTED);
        note_unanswered(c);
        c->annotation->related = sender->fin_frame;
        step(c, sender->fin_step);
    }
    c->receiver->peer_fin = true;
}

static bool looks_like_request(const lab_segment_t *seg)
{
    return seg->captured >= 4 && g_ascii_isupper(seg->payload[0]) && g_ascii_isupper(seg->payload[1]) &&
           g_ascii_isupper(seg->payload[2]);
}

/* TLS 1.3 hides an alert among its application data, RFC 8446 5.2: only who could decrypt it knows. Messages
 * of the handshake may come with it. */
static bool decrypted_alert(const lab_segment_t *seg)
{
    bool alert = false;
    for (unsigned i = 0; i < seg->decrypted_count; i++) {
        if (seg->decrypted[i].type == LAB_TLS_DATA_RECORD)
            return false;
        alert |= seg->decrypted[i].type == LAB_TLS_ALERT_RECORD;
    }
    return alert;
}

static bool decrypted_request(const lab_ctx_t *c)
{
    return c->seg->decrypted_count && lab_has_role(c, LAB_ROLE_REQUEST) &&
           (c->annotation->marks & LAB_MARK_HTTP_HEAD);
}

/* A TLS record of type alert that fills the segment: close_notify, RFC 8446 6.1. */
static bool only_alert(const lab_segment_t *seg)
{
    if (decrypted_alert(seg))
        return true;
    return seg->captured >= 5 && seg->payload[0] == 21 && seg->payload[1] == 3 &&
           5u + (seg->payload[3] << 8 | seg->payload[4]) == seg->length;
}

/* New data from a side after the other one's FIN was captured. */
static void data_after_fin(lab_ctx_t *c)
{
    lab_end_t *sender = c->sender;
    if (!c->new_bytes || !c->receiver->fin)
        return;
    if (!sender->data_after_peer_fin)
        sender->data_after_peer_fin = c->seg->frame;
    bool alert = only_alert(c->seg);
    sender->only_alert_after_peer_fin &= alert;
    sender->request_after_peer_fin |= looks_like_request(c->seg) || decrypted_request(c);
    if (!alert && is_first_fin(c->conn, c->to) && !sender->fin)
        c->conn->half_close = true;
}

static lab_close_t orderly_kind(const lab_conn_t *conn)
{
    if (conn->fins_crossed)
        return LAB_CLOSE_SIMULTANEOUS;
    if (conn->half_close)
        return LAB_CLOSE_HALF_CLOSE;
    return conn->three_segment ? LAB_CLOSE_THREE_SEGMENT : LAB_CLOSE_FOUR_SEGMENT;
}

static void closed(lab_ctx_t *c, lab_close_t kind)
{
    c->conn->close = (uint8_t)kind;
    c->conn->close_end_frame = c->seg->frame;
    c->conn->ended = true;
    c->annotation->marks |= LAB_MARK_CLOSE_END;
}

void lab_closing(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    if (c->syn)
        return;
    data_after_fin(c);
    fin_acknowledged(c);
    if (c->fin)
        fin_seen(c);
    if (!conn->ended && conn->end[0].fin_acked && conn->end[1].fin_acked)
        closed(c, orderly_kind(conn));
}

static lab_close_t kind_by_reset(const lab_ctx_t *c)
{
    const lab_conn_t *conn = c->conn;
    if (conn->open == LAB_OPEN_REFUSED)
        return LAB_CLOSE_REFUSED;
    if (conn->open == LAB_OPEN_ABANDONED)
        return LAB_CLOSE_ABANDONED;
    if (conn->open == LAB_OPEN_NONE || conn->open == LAB_OPEN_INCOMPLETE)
        return LAB_CLOSE_IN_HANDSHAKE;
    if (conn->first_fin < 0)
        return LAB_CLOSE_RST;
    const lab_end_t *first = &conn->end[conn->first_fin];
    if (!first->fin_acked && first->fin_count > 1 && !conn->end[!conn->first_fin].fin)
        return LAB_CLOSE_FIN_UNANSWERED;
    return LAB_CLOSE_FIN_THEN_RST;
}

void lab_closing_reset(lab_ctx_t *c)
{
    if (c->conn->ended)
        return;
    if (c->conn->first_fin < 0)
        c->conn->close_idle = idle_before(c);
    lab_exchange_cut(c);
    closed(c, kind_by_reset(c));
    if (c->conn->close == LAB_CLOSE_FIN_UNANSWERED)
        lab_anomaly_add(c->engine, c->conn->end[c->conn->first_fin].fin_frame, c->conn->number,
                        LAB_ANOMALY_FIN_UNANSWERED);
}

void lab_closing_reopen(lab_ctx_t *c)
{
    lab_conn_t *conn = c->conn;
    lab_annotation_t *end = lab_annotation_of(c->engine, conn->close_end_frame, conn->number);
    if (end)
        end->marks &= (uint8_t)~LAB_MARK_CLOSE_END;
    conn->close = LAB_CLOSE_NONE;
    conn->close_end_frame = 0;
    conn->ended = false;
}

/* What the frames so far amount to on a connection that nothing has ended yet. */
static lab_close_t kind_so_far(const lab_conn_t *conn)
{
    if (conn->replaced)
        return LAB_CLOSE_REPLACED;
    if (conn->first_fin < 0)
        return LAB_CLOSE_OPEN;
    if (conn->open == LAB_OPEN_NONE)
        return LAB_CLOSE_IN_HANDSHAKE;
    const lab_end_t *first = &conn->end[conn->first_fin], *second = &conn->end[!conn->first_fin];
    if (second->fin)
        return orderly_kind(conn); /* the last ACK is not in the capture */
    if (first->fin_acked)
        return LAB_CLOSE_HALF_CLOSED;
    bool both_ways = !(conn->quality & LAB_QUALITY_ONE_DIRECTION);
    return first->fin_count > 1 && both_ways ? LAB_CLOSE_FIN_UNANSWERED : LAB_CLOSE_OPEN;
}

/* RFC 9293 3.6: the side whose FIN came first waits; both, if the FINs crossed. */
static int time_wait_side(const lab_conn_t *conn)
{
    bool orderly = conn->end[0].fin_acked && conn->end[1].fin_acked;
    if (!orderly)
        return -1;
    return conn->fins_crossed ? 2 : conn->first_fin;
}

/* The side of the first RST that was obeyed, -1 without one. */
static int first_resetter(const lab_conn_t *conn)
{
    for (guint i = 0; conn->resets && i < conn->resets->len; i++) {
        const lab_reset_t *reset = g_ptr_array_index(conn->resets, i);
        if (!reset->ignored)
            return reset->by;
    }
    return -1;
}

static int first_closer(const lab_conn_t *conn)
{
    if (conn->open == LAB_OPEN_REFUSED || conn->open == LAB_OPEN_ABANDONED)
        return -1;
    if (conn->close == LAB_CLOSE_RST || conn->first_fin < 0)
        /* a FIN that crossed the RST came too late to be first; a RST outside the window closed nothing */
        return conn->close == LAB_CLOSE_NONE ? -1 : first_resetter(conn);
    return conn->fins_crossed ? 2 : conn->first_fin;
}

lab_closing_t lab_conn_closing(const lab_conn_t *conn)
{
    lab_closing_t out = {.first = first_closer(conn), .time_wait = time_wait_side(conn)};
    out.kind = conn->close != LAB_CLOSE_NONE ? (lab_close_t)conn->close : kind_so_far(conn);
    out.reason = lab_closing_reason(conn, &out);
    out.frame_count = conn->closing_count;
    for (unsigned i = 0; i < conn->closing_count; i++)
        out.frames[i] = conn->closing_frames[i];
    if (conn->close_end_frame && out.frame_count < G_N_ELEMENTS(out.frames) &&
        (!out.frame_count || out.frames[out.frame_count - 1] != conn->close_end_frame))
        out.frames[out.frame_count++] = conn->close_end_frame;
    bool known = out.kind != LAB_CLOSE_OPEN && !(conn->quality & LAB_QUALITY_ONE_DIRECTION && !conn->ended);
    out.lossless = !known ? -1 : lab_all_acknowledged(conn, 0) && lab_all_acknowledged(conn, 1);
    return out;
}

bool lab_conn_closing_decided(const lab_conn_t *conn)
{
    return conn->close != LAB_CLOSE_NONE;
}
