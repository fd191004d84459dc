/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rst_causes.c - why a RST came. The whole list is here: a rule, and its row in the table.
 *
 * To add a cause: write its rule - a function of the view in rst_verdict.h that says yes or no and names
 * the frames that show it - and put a row where it belongs in the order; the first row that holds wins. The
 * field, the report and the statistics read the table. docs/ARCHITECTURE.md has the steps, case and pages
 * included.
 */
#include "options.h"
#include "rst_verdict.h"

#define SECOND INT64_C(1000000000)
/* So many RSTs of the connection are looked through for one that the other side obeyed. */
#define RESETS_LOOKED_AT 16

static bool show(const lab_rst_view_t *v, uint32_t frame)
{
    lab_rst_evidence(v->reset, frame);
    return true;
}

static bool show_two(const lab_rst_view_t *v, uint32_t first, uint32_t second)
{
    lab_rst_evidence(v->reset, first);
    return show(v, second);
}

/* The first frame of a row and its newest ones. */
static bool show_row(const lab_rst_view_t *v, const uint32_t *kept, uint32_t count)
{
    for (uint32_t i = 0; i < MIN(count, LAB_FRAMES_KEPT); i++)
        lab_rst_evidence(v->reset, kept[lab_frames_place(count, i)]);
    return true;
}

/* What the RST answers, behind another frame that shows the cause. */
static bool show_answered(const lab_rst_view_t *v)
{
    return v->answers && show(v, v->answers->frame);
}

static uint32_t newest_of(const lab_end_t *end)
{
    const lab_sent_t *newest = lab_sent_newest(end);
    return newest ? newest->frame : 0;
}

/* A SYN without ACK, or with it. */
static bool is_syn(const lab_sent_t *sent, bool with_ack)
{
    return sent && sent->flags & LAB_TH_SYN && !(sent->flags & LAB_TH_ACK) == !with_ack;
}

/* ---- no connection ---- */

static bool unsolicited(const lab_rst_view_t *v)
{
    return v->conn->frames == 1;
}

static bool never_spoke(const lab_rst_view_t *v)
{
    return v->sender->sent_count == 0;
}

/* RFC 9293 3.10.7.1: a SYN to a port without a listener is answered with <SEQ=0><ACK=SEQ+LEN><CTL=RST,ACK>.
 */
static bool refused(const lab_rst_view_t *v)
{
    return !v->opened && v->form == LAB_RST_REFUSAL && is_syn(v->answers, false) && !v->sender->syn;
}

static bool refused_late(const lab_rst_view_t *v)
{
    if (!refused(v))
        return false;
    bool late = v->answered.newer || v->c->seg->time - v->answers->time >= SECOND;
    if (late)
        show_answered(v);
    return late && (!v->answered.newer || show(v, v->answered.newer->frame));
}

static bool port_closed(const lab_rst_view_t *v)
{
    return refused(v) && v->c->seg->seq == 0 && show_answered(v);
}

/* Not by the rule, whose number is 0. */
static bool refused_by_something(const lab_rst_view_t *v)
{
    return refused(v) && show_answered(v);
}

/* RFC 9293 3.10.7.3: "If SEG.ACK =< ISS or SEG.ACK > SND.NXT, send a reset <SEQ=SEG.ACK><CTL=RST>". */
static bool bad_syn_ack(const lab_rst_view_t *v)
{
    return !v->opened && v->sender->syn && is_syn(v->answers, true) &&
           (v->answers->ack < 1 || v->answers->ack > v->sender->next) && show_answered(v);
}

/* A bare RST is all there is to show it; a program that ends the attempt says so with ACK. */
static bool connect_abandoned(const lab_rst_view_t *v)
{
    return !v->opened && v->sender->syn && !v->sender->syn_ack && is_syn(v->answers, true) &&
           show_answered(v);
}

/* RFC 9293 3.5.1 figure 9: the SYN met a connection that only the other side still knew; its ACK is reset,
 * the SYN will be tried again. */
static bool port_reuse(const lab_rst_view_t *v)
{
    if (!v->reset->clears_older)
        return false;
    uint32_t ack = newest_of(v->receiver);
    const lab_annotation_t *challenge = lab_annotation_of(v->conn->engine, ack, v->conn->number);
    bool stray = challenge && challenge->roles & LAB_ROLE_BIT(LAB_ROLE_CHALLENGE_ACK) && challenge->related;
    return show_two(v, stray ? challenge->related : v->sender->syn_frame, ack);
}

/* RFC 9293 3.10.7.4, SYN-RECEIVED: an ACK of something that was never sent is answered with
 * <SEQ=SEG.ACK><CTL=RST>. */
static bool segment_unacceptable(const lab_rst_view_t *v)
{
    return !v->opened && v->sender->syn_ack && !v->sender->syn_acked && v->form == LAB_RST_REPLY &&
           show_answered(v);
}

/* Not if a RST had ended it, whatever was acknowledged since. */
static bool closed_in_order(const lab_conn_t *conn)
{
    bool by_reset = conn->ended && (conn->close == LAB_CLOSE_RST || conn->close == LAB_CLOSE_FIN_THEN_RST ||
                                    conn->close == LAB_CLOSE_FIN_UNANSWERED);
    return conn->end[0].fin_acked && conn->end[1].fin_acked && conn->close_end_frame && !by_reset;
}

/* RFC 1337: a segment that comes after both sides had closed in order finds no connection. */
static bool time_wait(const lab_rst_view_t *v)
{
    return closed_in_order(v->conn) && v->form == LAB_RST_REPLY && show(v, v->conn->close_end_frame) &&
           show_answered(v);
}

static bool mptcp(const lab_rst_view_t *v)
{
    const lab_segment_t *seg = v->c->seg;
    return lab_options_parse(seg->options, seg->options_length).mptcp_reset && show(v, seg->frame);
}

/* Its stack obeyed a RST that the other side knows nothing of, or for which it was too late. */
static bool obeyed_a_reset(const lab_rst_view_t *v)
{
    const GPtrArray *resets = v->conn->resets;
    guint oldest = resets->len > RESETS_LOOKED_AT ? resets->len - RESETS_LOOKED_AT : 0;
    for (guint i = resets->len - 1; v->opened && v->form == LAB_RST_REPLY && i-- > oldest;) {
        const lab_reset_t *earlier = g_ptr_array_index(resets, i);
        if (earlier->by != v->reset->by && earlier->exact)
            return show_two(v, v->answers->frame, earlier->frame);
    }
    return false;
}

/* The form of the RST says that there is no socket any more; why, no frame tells. */
static bool no_socket(const lab_rst_view_t *v)
{
    return v->opened && v->form == LAB_RST_REPLY && show_answered(v);
}

static bool ack_without_connection(const lab_rst_view_t *v)
{
    return (never_spoke(v) && show_answered(v)) || obeyed_a_reset(v);
}

/* RFC 9293 3.10.7.4: the form of a refusal, or older stacks' RST in whatever form. */
static bool syn_in_connection(const lab_rst_view_t *v)
{
    const lab_sent_t *newest = lab_sent_newest(v->receiver);
    if (is_syn(v->answers, false))
        return show_answered(v);
    return v->opened && is_syn(newest, false) && newest->frame != v->receiver->syn_frame &&
           v->c->seg->time - newest->time < lab_sent_answer_limit(v->conn) && show(v, newest->frame);
}

/* The accept queue was full (or the listener closed): the last ACK of the handshake found no socket. */
static bool queue_overflow(const lab_rst_view_t *v)
{
    return v->opened && v->by_server && v->form == LAB_RST_REPLY && v->sender->syn_ack &&
           v->sender->next == 1 && v->sender->ack <= 1 &&
           lab_sent_silence(v->c, v->answers) < LAB_LONG_IDLE && show_answered(v);
}

/* RFC 9293 3.5.3, RFC 1122 4.2.2.12: a RST may carry text that explains it. */
static bool reason_in_payload(const lab_rst_view_t *v)
{
    const lab_segment_t *seg = v->c->seg;
    unsigned printable = 0;
    for (uint32_t i = 0; i < seg->captured; i++)
        printable += g_ascii_isprint(seg->payload[i]) || g_ascii_isspace(seg->payload[i]);
    return seg->captured >= 4 && printable == seg->captured && show(v, seg->frame);
}

/* ---- silence: of a side whose packets the capture has ---- */

static bool both_captured(const lab_rst_view_t *v)
{
    return v->receiver->sent_count != 0;
}

static bool keepalive_timeout(const lab_rst_view_t *v)
{
    return v->sender->probes_unanswered >= 2 && v->c->has_ack && both_captured(v) &&
           show_row(v, v->sender->probe_frames, v->sender->probes_unanswered);
}

/* Data, a FIN or a SYN-ACK; the first of what was repeated may have left the ring of the newest. */
static bool repeated_in_vain(const lab_rst_view_t *v)
{
    const lab_end_t *sender = v->sender;
    if (sender->unanswered < 2 || !(v->opened || sender->syn_ack) || v->form != LAB_RST_ACTIVE)
        return false;
    if (!v->opened)
        show(v, sender->syn_frame);
    if (sender->fin && !sender->fin_acked)
        show(v, sender->fin_frame);
    return show_row(v, sender->unanswered_frames, sender->unanswered);
}

static bool retransmission_timeout(const lab_rst_view_t *v)
{
    return both_captured(v) && repeated_in_vain(v);
}

/* Linux gives up without a RST; the next segment of the other side shows that the socket is gone. */
static bool gave_up_silently(const lab_rst_view_t *v)
{
    uint32_t count = v->sender->unanswered_before;
    return v->opened && v->form == LAB_RST_REPLY && count >= 2 &&
           show_row(v, v->sender->unanswered_frames, count) && show_answered(v);
}

static bool connection_forgotten(const lab_rst_view_t *v)
{
    if (v->form != LAB_RST_REPLY || v->sender->fin)
        return false;
    bool idle = v->answers->length && lab_sent_silence(v->c, v->answers) >= LAB_LONG_IDLE;
    return (v->answers->probe || idle) && show_answered(v);
}

/* ---- after an orderly close had begun ---- */

/* Data that its sender's FIN, and all that side said after it, leave unacknowledged, whether the capture has
 * it before the FIN or after: it met a socket that nobody reads any more. */
static bool data_came_after_fin(const lab_rst_view_t *v)
{
    return v->late && (v->form == LAB_RST_REPLY || v->form == LAB_RST_ACTIVE);
}

static bool tls_alert_after_close(const lab_rst_view_t *v)
{
    return data_came_after_fin(v) && v->late_alerts && show_two(v, v->sender->fin_frame, v->late->frame);
}

/* RFC 9112 9.5: the head of a request whose sender did not know of the FIN, since it does not acknowledge it.
 */
static bool request_raced_close(const lab_rst_view_t *v)
{
    if (!data_came_after_fin(v) || !v->by_server || v->late->ack > v->sender->fin_offset)
        return false;
    const lab_annotation_t *late = lab_annotation_of(v->c->engine, v->late->frame, v->conn->number);
    return late && late->roles & LAB_ROLE_BIT(LAB_ROLE_REQUEST) && late->marks & LAB_MARK_HTTP_HEAD &&
           show_two(v, v->sender->fin_frame, v->late->frame);
}

static bool data_after_close(const lab_rst_view_t *v)
{
    return data_came_after_fin(v) && show_two(v, v->sender->fin_frame, v->late->frame);
}

/* Its own FIN was acknowledged, and the other side's gets a RST: the last ACK is all that is missing. */
static bool fin_answered_by_reset(const lab_rst_view_t *v)
{
    return v->sender->fin_acked && v->form == LAB_RST_REPLY && v->answers->flags & LAB_TH_FIN &&
           show_two(v, v->answers->frame, v->sender->fin_ack_frame);
}

static bool reset_after_peer_fin(const lab_rst_view_t *v)
{
    return v->receiver->fin && !v->sender->fin && v->form == LAB_RST_ACTIVE &&
           show(v, v->receiver->fin_frame);
}

/* ---- the owner of the socket decided ---- */

static bool response_cut(const lab_rst_view_t *v)
{
    return v->form == LAB_RST_ACTIVE && v->x && !v->x->response_complete;
}

static bool server_aborted_response(const lab_rst_view_t *v)
{
    return response_cut(v) && v->by_server && v->x->response_first &&
           show_two(v, v->x->response_first, v->x->response_last);
}

static bool client_cancelled_response(const lab_rst_view_t *v)
{
    return response_cut(v) && !v->by_server && v->x->request_first &&
           show_two(v, v->x->request_first, v->x->response_last);
}

static bool active_abort(const lab_rst_view_t *v)
{
    uint32_t own = closed_in_order(v->conn) ? v->conn->close_end_frame : newest_of(v->sender);
    return v->form == LAB_RST_ACTIVE && show(v, own ? own : newest_of(v->receiver));
}

/* One sign alone that somebody else sent it. The owner of a socket resets with ACK flag almost always. */
static bool other_ttl(const lab_rst_view_t *v)
{
    bool owner = v->form == LAB_RST_ACTIVE && v->c->has_ack;
    return v->reset->other_ttl && !owner && show(v, newest_of(v->sender));
}

static bool always(const lab_rst_view_t *v)
{
    return show(v, newest_of(v->receiver));
}

#define N LAB_NOTHING_LOST
#define W LAB_IMPACT_NONE
/* clang-format off */
const lab_rst_cause_t lab_rst_causes[] = {
    { NULL, NULL, LAB_CONFIDENCE_NONE, W, "", { { "", "" } }, LAB_RST_BY_RULE },
    { "repeat", NULL, LAB_CERTAIN, W, "RFC 9293 3.5.2", { {
        "one more RST by the {by} for a further late segment: the same cause as frame {evidence}",
        "{by}再次发送 RST，因为又收到了迟到的报文段：原因与第 {evidence} 帧相同" } }, LAB_RST_REPEAT },
    { "not-accepted", NULL, LAB_CERTAIN, W, "RFC 5961 3.2", { {
        "the {peer} did not accept this RST: its sequence number is not the one expected, and the connection goes on",
        "{peer}没有接受这个 RST：序号不是期望的值，连接仍在继续" } }, LAB_RST_NOT_ACCEPTED },
    { "unsolicited", unsolicited, LAB_CERTAIN, LAB_IMPACT_UNKNOWN, "RFC 9293 3.5.2", { {
        "a RST without any connection in the capture",
        "抓包中没有与此 RST 对应的连接" } }, LAB_RST_BY_RULE },
    { "forged", NULL, LAB_LIKELY, LAB_IMPACT_UNKNOWN, "Weaver, Sommer, Paxson 2009", { {
        "probably not sent by the {by}: its data goes on in frame {evidence} as if there had been no RST",
        "很可能不是{by}发送的：其数据在第 {evidence} 帧照常继续，好像没有 RST 一样" } }, LAB_RST_SENDER_GOES_ON },
    { "refused-late", refused_late, LAB_LIKELY, N, "RFC 9293 3.10.7.1", { {
        "the {by} refuses only after a SYN was repeated or a second had passed: more likely a NAT, proxy or firewall that gave up",
        "{by}在 SYN 重传或一秒之后才拒绝：更像是 NAT、代理或防火墙放弃了" } }, LAB_RST_BY_RULE },
    { "port-closed", port_closed, LAB_CERTAIN, N, "RFC 9293 3.10.7.1", { {
        "nothing listens on this port: the {by}'s stack refuses the SYN of frame {evidence}",
        "该端口没有程序在监听：{by}的协议栈拒绝了第 {evidence} 帧的 SYN" } }, LAB_RST_BY_RULE },
    { "port-closed", refused_by_something, LAB_LIKELY, N, "RFC 9293 3.10.7.1", { {
        "the SYN of frame {evidence} is refused, with a number that a stack without a listener does not use: the port is closed, or a firewall or virtual network refuses in the {by}'s place",
        "第 {evidence} 帧的 SYN 被拒绝，但所用序号不是无监听端口的协议栈会用的：端口已关闭，或由防火墙、虚拟网络代替{by}拒绝" } }, LAB_RST_BY_RULE },
    { "bad-syn-ack", bad_syn_ack, LAB_CERTAIN, N, "RFC 9293 3.10.7.3", { {
        "the SYN-ACK of frame {evidence} acknowledges something the {by} never sent, so it is reset",
        "第 {evidence} 帧的 SYN-ACK 确认了{by}从未发送的序号，因此被复位" } }, LAB_RST_BY_RULE },
    { "port-reuse", port_reuse, LAB_CERTAIN, N, "RFC 9293 3.5.1 figure 9", { {
        "the {peer} still held an older connection on these ports and answered the SYN of frame {evidence} with its numbers; this RST clears it",
        "{peer}仍保留着这对端口上的旧连接，用旧的序号回应第 {evidence} 帧的 SYN；此 RST 清除了它" } }, LAB_RST_BY_RULE },
    { "segment-unacceptable", segment_unacceptable, LAB_CERTAIN, N, "RFC 9293 3.10.7.4", { {
        "frame {evidence} acknowledges something the {by} never sent, so it is reset",
        "第 {evidence} 帧确认了{by}从未发送的数据，因此被复位" } }, LAB_RST_BY_RULE },
    { "mptcp", mptcp, LAB_CERTAIN, W, "RFC 8684 3.6", { {
        "Multipath TCP closes this one path; the RST carries its reason (MP_TCPRST), other paths may go on",
        "多路径 TCP 关闭了这一条路径；RST 中带有原因（MP_TCPRST），其他路径可能仍在使用" } }, LAB_RST_BY_RULE },
    { "time-wait", time_wait, LAB_CERTAIN, N, "RFC 1337", { {
        "both sides had closed in order (frame {evidence}); a late segment came and the {by} no longer knows the connection: harmless",
        "双方此前已正常关闭（第 {evidence} 帧）；之后到来的迟到报文段找不到连接，{by}以 RST 回应：无害" } }, LAB_RST_BY_RULE },
    { "connect-abandoned", connect_abandoned, LAB_LIKELY, N, "RFC 9293 3.5.3", { {
        "the {by} had already given up this connection when the SYN-ACK of frame {evidence} came",
        "第 {evidence} 帧的 SYN-ACK 到达时，{by}已放弃这个连接" } }, LAB_RST_BY_RULE },
    { "reason-in-payload", reason_in_payload, LAB_CERTAIN, W, "RFC 1122 4.2.2.12", { {
        "the RST carries a text that says why; see its payload",
        "RST 的载荷中带有说明原因的文字" } }, LAB_RST_BY_RULE },
    { "keepalive-timeout", keepalive_timeout, LAB_CERTAIN, W, "RFC 1122 4.2.3.6", { {
        "the {by}'s keep-alive probes (from frame {evidence}) got no answer: it gives the connection up",
        "{by}的保活探测（自第 {evidence} 帧起）没有应答，于是放弃连接" } }, LAB_RST_BY_RULE },
    { "retransmission-timeout", retransmission_timeout, LAB_CERTAIN, W, "RFC 9293 3.8.3", { {
        "the {by} sent the same again and again (frame {evidence} and after) without any answer and gives up",
        "{by}多次重传（第 {evidence} 帧起）都没有任何应答，于是放弃" } }, LAB_RST_BY_RULE },
    { "retransmission-timeout", repeated_in_vain, LAB_POSSIBLE, W, "RFC 9293 3.8.3", { {
        "the {by} sent the same again and again (frame {evidence} and after) and then reset; whether it got answers is not known, for the {peer}'s packets were not captured",
        "{by}多次发送相同内容（第 {evidence} 帧起），随后复位；是否得到过应答无法得知，因为没有抓到{peer}的报文段" } }, LAB_RST_BY_RULE },
    { "queue-overflow", queue_overflow, LAB_POSSIBLE, W, "RFC 9293 3.5.2", { {
        "reset right after the handshake, nothing was ever acknowledged: perhaps the {by}'s accept queue was full",
        "握手刚完成就被复位，从未确认任何数据：可能{by}的连接队列已满" } }, LAB_RST_BY_RULE },
    { "syn-in-connection", syn_in_connection, LAB_CERTAIN, W, "RFC 9293 3.10.7.4", { {
        "the {by} resets because of the SYN of frame {evidence} inside the connection",
        "因为第 {evidence} 帧在连接中出现了 SYN，{by}发出复位" } }, LAB_RST_BY_RULE },
    { "ack-without-connection", ack_without_connection, LAB_CERTAIN, W, "RFC 9293 3.5.2", { {
        "the {by} knows of no such connection and answers frame {evidence} with a RST",
        "{by}没有这样的连接，用 RST 回应第 {evidence} 帧" } }, LAB_RST_BY_RULE },
    { "tls-alert-after-close", tls_alert_after_close, LAB_CERTAIN, N, "RFC 8446 6.1", { {
        "harmless: the {by} had closed (frame {evidence}) and the {peer} still sent its TLS close_notify",
        "无害：{by}已关闭（第 {evidence} 帧），{peer}随后才发来 TLS 的 close_notify" } }, LAB_RST_BY_RULE },
    { "request-raced-close", request_raced_close, LAB_CERTAIN, W, "RFC 9112 9.5", { {
        "a request crossed the {by}'s FIN (frame {evidence}) on a kept-alive connection: it was not served and must be sent again",
        "持久连接上的请求与{by}的 FIN（第 {evidence} 帧）在途中交叉：请求未被处理，需要重发" } }, LAB_RST_BY_RULE },
    { "data-after-close", data_after_close, LAB_CERTAIN, W, "RFC 9293 3.6, RFC 1122 4.2.2.13", { {
        "the {by} had closed (frame {evidence}) and nobody reads there any more: the {peer}'s later data is thrown away",
        "{by}已关闭（第 {evidence} 帧），无人再读取：{peer}之后发来的数据被丢弃" } }, LAB_RST_BY_RULE },
    { "fin-answered-by-reset", fin_answered_by_reset, LAB_CERTAIN, W, "RFC 9293 3.5.2", { {
        "the {by}'s socket was gone when the FIN of frame {evidence} came; both sides had finished, so this replaces the last ACK (why it was gone: possibly SO_LINGER or a load balancer)",
        "第 {evidence} 帧的 FIN 到达时{by}的套接字已不存在；双方都已发完，这个 RST 只是代替了最后的 ACK（套接字为何消失：可能是 SO_LINGER 或负载均衡）" } }, LAB_RST_BY_RULE },
    { "reset-after-peer-fin", reset_after_peer_fin, LAB_LIKELY, W, "RFC 9293 3.5.3", { {
        "the {peer} had closed (frame {evidence}); the {by} ends its side with a RST instead of a FIN",
        "{peer}已关闭（第 {evidence} 帧）；{by}没有发 FIN，而是用 RST 结束" } }, LAB_RST_BY_RULE },
    { "retransmission-timeout", gave_up_silently, LAB_LIKELY, W, "RFC 9293 3.8.3", { {
        "the {by} had sent the same again and again (frame {evidence} and after) without any answer and had given up without a word; it answers what comes now with a RST",
        "{by}多次重传（第 {evidence} 帧起）都没有任何应答，已悄然放弃；对此后到来的报文段以 RST 回应" } }, LAB_RST_BY_RULE },
    { "connection-forgotten", connection_forgotten, LAB_LIKELY, W, "RFC 9293 3.5.1", { {
        "after a long silence the {by} no longer knows this connection and answers frame {evidence} with a RST: restarted, or a NAT dropped it",
        "长时间空闲后{by}已不认识这个连接，用 RST 回应第 {evidence} 帧：可能重启过，或被 NAT 丢弃" } }, LAB_RST_BY_RULE },
    { "forged", other_ttl, LAB_POSSIBLE, LAB_IMPACT_UNKNOWN, "Weaver, Sommer, Paxson 2009", { {
        "this RST's TTL is unlike that of the {by}'s other packets (frame {evidence}): perhaps sent by something in between",
        "此 RST 的 TTL 与{by}其他报文段（第 {evidence} 帧）不同：可能由中间设备发出" } }, LAB_RST_BY_RULE },
    { "server-aborted-response", server_aborted_response, LAB_CERTAIN, W, "RFC 9112 8, RFC 9293 3.5.3", { {
        "the {by} broke off its response (begun in frame {evidence}) before it was complete",
        "{by}在响应（始于第 {evidence} 帧）发完之前就中断了" } }, LAB_RST_BY_RULE },
    { "client-cancelled-response", client_cancelled_response, LAB_CERTAIN, W, "RFC 9112 9.5, RFC 9293 3.5.3", { {
        "the {by} does not want the rest of the response to its request (frame {evidence}): stopped, or the page was left",
        "{by}不再需要对其请求（第 {evidence} 帧）的剩余响应：停止加载或离开了页面" } }, LAB_RST_BY_RULE },
    { "abort", active_abort, LAB_CERTAIN, W, "RFC 9293 3.5.3, 3.10.5", { {
        "the {by}'s program ended the connection at once; unread data, SO_LINGER 0 or a killed process look the same on the wire",
        "{by}的程序立即中止了连接；未读数据、SO_LINGER 0 或进程被杀在抓包中看不出区别" } }, LAB_RST_BY_RULE },
    { "ack-without-connection", no_socket, LAB_LIKELY, W, "RFC 9293 3.5.2", { {
        "the {by} has no such connection any more and answers frame {evidence} with a RST; why it is gone, no frame tells",
        "{by}已没有这个连接，用 RST 回应第 {evidence} 帧；连接为何消失，抓包中看不出" } }, LAB_RST_BY_RULE },
    { "unknown", always, LAB_UNKNOWN, LAB_IMPACT_UNKNOWN, "", { {
        "cause unknown: looked for a close before it, repeated or late data, probes, a long silence and an active abort, and found none",
        "原因未知：已检查此前的关闭、重传或迟到的数据、探测、长时间空闲和主动中止，均不符合" } }, LAB_RST_BY_RULE },
};
/* clang-format on */

uint8_t lab_rst_cause_of(lab_rst_row_t row)
{
    uint8_t i = 0;
    while (lab_rst_causes[i].row != row)
        i++;
    return i;
}

size_t lab_rst_cause_count(void)
{
    return G_N_ELEMENTS(lab_rst_causes);
}

lab_rst_cause_text_t lab_rst_cause_text(uint8_t cause)
{
    const lab_rst_cause_t *row = &lab_rst_causes[cause < G_N_ELEMENTS(lab_rst_causes) ? cause : 0];
    return (lab_rst_cause_text_t){row->token, row->rfc, row->text};
}
