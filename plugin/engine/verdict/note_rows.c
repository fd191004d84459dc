/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note_rows.c - the rows of the sentence about a frame. A new sentence or clause is a row; what it depends on
 * beside the roles is a function above the rows.
 */
#include "exchange.h"
#include "note_rows.h"

#define R(role) LAB_ROLE_BIT(LAB_ROLE_##role)

static bool head_of_request(const lab_note_view_t *v)
{
    return v->x && v->x->method && (v->r->marks & LAB_MARK_HTTP_HEAD) &&
           (!v->x->secure || v->x->request_first == v->frame);
}

static bool head_of_response(const lab_note_view_t *v)
{
    return v->x && v->x->status && (v->r->marks & LAB_MARK_HTTP_HEAD) && v->x->response_first == v->frame;
}

static bool is_interim(const lab_note_view_t *v)
{
    return lab_note_interim(v) != NULL;
}

static bool several(const lab_note_view_t *v)
{
    uint32_t number = lab_annotation_exchange_last(v->conn->engine, v->r);
    const lab_exchange_t *last = v->x ? lab_engine_exchange(v->conn->engine, number) : NULL;
    return last && !v->x->http2 && number > v->r->exchange && last->stream == v->x->stream;
}

/* Segments of HTTP/2. */
static bool shared(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->count > 1;
}

static bool h2_head(const lab_note_view_t *v)
{
    return v->x && v->x->http2 && (v->r->marks & LAB_MARK_HTTP_HEAD);
}

static bool h2_resets(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->reset_stream;
}

static bool h2_missing(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->missing;
}

static bool h2_goes_away(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->frames & (1u << LAB_HTTP2_GOAWAY) &&
           lab_note_http2(v)->error;
}

static bool h2_fault(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->faults;
}

static bool h2_held(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->held;
}

static bool h2_was_empty(const lab_note_view_t *v)
{
    return lab_note_http2(v) && lab_note_http2(v)->window_empty;
}

static bool h2_fields_unknown(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_HTTP2_FIELDS_UNKNOWN));
}

static bool tunnels(const lab_note_view_t *v)
{
    return v->x && v->x->tunnel && v->x->response_first == v->frame;
}

static bool waited(const lab_note_view_t *v)
{
    return head_of_response(v) && v->x->request_done;
}

static bool has_related(const lab_note_view_t *v)
{
    return v->r->related != 0;
}

static bool has_exchange(const lab_note_view_t *v)
{
    return v->x != NULL;
}

static bool acks_response(const lab_note_view_t *v)
{
    return v->x && v->x->client == v->r->sender;
}

static bool unanswered_probe(const lab_note_view_t *v)
{
    return v->d && (v->d->keepalive & (1u << LAB_KEEPALIVE_UNANSWERED));
}

static bool reset_probe(const lab_note_view_t *v)
{
    return v->d && (v->d->keepalive & (1u << LAB_KEEPALIVE_ANSWERED_BY_RESET));
}

/* The first probe of a capture: since when it was silent is not known. */
static bool silence_unknown(const lab_note_view_t *v)
{
    return v->d && v->d->probe_interval <= 0;
}

static bool silence_unknown_unanswered(const lab_note_view_t *v)
{
    return silence_unknown(v) && unanswered_probe(v);
}

/* What is repeated had an answer in the capture. */
static bool answered_before(const lab_note_view_t *v)
{
    return v->d && v->d->answered;
}

static bool repeats_fin(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_FIN_RETRANSMITTED));
}

static bool repeats_acked_fin(const lab_note_view_t *v)
{
    return repeats_fin(v) && answered_before(v);
}

/* Where one direction was captured, nobody knows what the other side sent. */
static bool repeats_fin_one_direction(const lab_note_view_t *v)
{
    return repeats_fin(v) && v->d->one_direction;
}

static bool repeats_acked_data(const lab_note_view_t *v)
{
    return v->r->length && answered_before(v) && !repeats_fin(v) && !(v->r->flags & LAB_TH_SYN);
}

static bool crossed(const lab_note_view_t *v)
{
    return v->conn->fins_crossed;
}

static bool ends_opening(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_OPEN_END) && !(v->r->roles & R(RST)) && lab_note_open_time(v) >= 0;
}

static bool ends_connection(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_CLOSE_END) && !(v->r->roles & R(RST));
}

/* RFC 9293 3.10.7.4: a segment without ACK is dropped. */
static bool is_empty(const lab_note_view_t *v)
{
    return v->r->length == 0 && !(v->r->flags & LAB_TH_ACK);
}

static bool bytes_lost(const lab_note_view_t *v)
{
    return v->d && v->d->reset && v->d->reset->impact == LAB_BYTES_LOST && v->d->reset->bytes_lost;
}

static bool nothing_lost(const lab_note_view_t *v)
{
    return v->d && v->d->reset && v->d->reset->impact == LAB_NOTHING_LOST && !v->d->reset->ignored &&
           !v->d->reset->repeat_of;
}

static bool unsure(const lab_note_view_t *v)
{
    return v->d && v->d->reset &&
           (v->d->reset->confidence == LAB_LIKELY || v->d->reset->confidence == LAB_POSSIBLE);
}

static bool one_sided(const lab_note_view_t *v)
{
    return v->d && (v->d->anomalies & LAB_ANOMALY_BIT(LAB_ANOMALY_OPTION_ONE_SIDED));
}

static bool tls_steps(const lab_note_view_t *v)
{
    return v->d && v->d->tls_steps;
}

static bool tls_data(const lab_note_view_t *v)
{
    return (v->r->marks & LAB_MARK_TLS_DATA) != 0;
}

static bool alerts(const lab_note_view_t *v)
{
    return lab_note_alert(v) && (v->d->tls_steps & (1u << LAB_TLS_ALERT));
}

static bool chooses_tls(const lab_note_view_t *v)
{
    return v->d && (v->d->tls_steps & (1u << LAB_TLS_SERVER_HELLO)) &&
           lab_conn_tls_kind(v->conn) != LAB_TLS_UNKNOWN;
}

static bool has_tls_step(const lab_note_view_t *v, lab_tls_step_t step)
{
    return v->d && (v->d->tls_steps & (1u << step)) && lab_conn_tls_names(v->conn);
}

static bool names_server(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CLIENT_HELLO) && lab_conn_tls_names(v->conn)->server_name;
}

static bool offers_protocols(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CLIENT_HELLO) && lab_conn_tls_names(v->conn)->offered;
}

static bool chooses_protocol(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_SERVER_HELLO) && lab_conn_tls_names(v->conn)->chosen;
}

static bool shows_certificate(const lab_note_view_t *v)
{
    return has_tls_step(v, LAB_TLS_CERTIFICATE) && lab_conn_tls_names(v->conn)->subject;
}

static bool asks_name(const lab_note_view_t *v)
{
    return v->r->phase == LAB_PHASE_RESOLVE && v->conn->lookup && v->conn->lookup->query_frame == v->frame;
}

static bool answers_name(const lab_note_view_t *v)
{
    return v->r->phase == LAB_PHASE_RESOLVE;
}

static bool says(const lab_note_view_t *v, lab_keepalive_t token)
{
    return v->d && (v->d->keepalive & (1u << token));
}

#define SAYS(name, token)                                                                                    \
    static bool name(const lab_note_view_t *v)                                                               \
    {                                                                                                        \
        return says(v, token);                                                                               \
    }
SAYS(timeout_kept, LAB_PERSIST_TIMEOUT_KEPT)
SAYS(timeout_early, LAB_PERSIST_TIMEOUT_EARLY)
SAYS(timeout_late, LAB_PERSIST_TIMEOUT_LATE)
SAYS(max_reached, LAB_PERSIST_MAX_REACHED)
SAYS(close_kept, LAB_PERSIST_CLOSE_KEPT)
SAYS(close_ignored, LAB_PERSIST_CLOSE_IGNORED)
SAYS(without_notice, LAB_PERSIST_WITHOUT_NOTICE)
SAYS(raced, LAB_PERSIST_RACED)
SAYS(unused, LAB_PERSIST_UNUSED)
SAYS(lingering, LAB_PERSIST_LINGERING)
SAYS(truncated, LAB_PERSIST_TRUNCATED)
#undef SAYS

/* clang-format off */
/* A row says what the annotation of the frame says, or what only later frames tell (docs/fields.md). */
#define FRAME LAB_NOTE_FRAME
#define COMES LAB_NOTE_COMES
#define LATER LAB_NOTE_LATER

/* The first row that applies. */
static const lab_note_row_t sentences[] = {
    { 0, asks_name, LATER, { { "Name lookup: which address has {name}? For the connection that opens in frame {related} (stream {stream})", "域名解析：{name} 的地址是什么？供第 {related} 帧开始的连接（连接 {stream}）使用" } } },
    { 0, answers_name, LATER, { { "Name lookup answered: the address of {name}, used by the connection that opens in frame {related} (stream {stream})", "域名解析应答：{name} 的地址，由第 {related} 帧开始的连接（连接 {stream}）使用" } } },
    { R(CAPTURE_DUPLICATE), has_related, FRAME, { { "Captured twice: the same packet as frame {related}", "重复抓取：与第 {related} 帧是同一个包" } } },
    { R(KEEPALIVE_PROBE), silence_unknown_unanswered, FRAME, { { "Keep-alive probe {number} of the {sender}: no answer", "{sender}的第 {number} 个保活探测：没有应答" } } },
    { R(KEEPALIVE_PROBE), silence_unknown, FRAME, { { "Keep-alive probe {number} of the {sender}: is the {peer} still there?", "{sender}的第 {number} 个保活探测：{peer}还在吗？" } } },
    { R(KEEPALIVE_PROBE), reset_probe, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: answered with a RST", "{sender}的第 {number} 个保活探测（间隔 {interval}）：对方以 RST 回应" } } },
    { R(KEEPALIVE_PROBE), unanswered_probe, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: no answer", "{sender}的第 {number} 个保活探测（间隔 {interval}）：没有应答" } } },
    { R(KEEPALIVE_PROBE), NULL, FRAME, { { "Keep-alive probe {number} of the {sender} after {interval}: is the {peer} still there?", "{sender}的第 {number} 个保活探测（间隔 {interval}）：{peer}还在吗？" } } },
    { R(KEEPALIVE_ANSWER), has_related, FRAME, { { "{Sender} answers the keep-alive probe of frame {related}: alive", "{sender}应答第 {related} 帧的保活探测：仍然在线" } } },
    { R(SYN_ACK) | R(RETRANSMISSION), has_related, FRAME, { { "Handshake step 2 again: the {sender} repeats its SYN-ACK of frame {related}", "握手第 2 步重复：{sender}重传第 {related} 帧的 SYN-ACK" } } },
    { R(SYN) | R(RETRANSMISSION), answered_before, FRAME, { { "Handshake step 1 again: the {sender} repeats its SYN of frame {related}, which had been answered", "握手第 1 步重复：{sender}重传第 {related} 帧的 SYN，尽管此前已有应答" } } },
    { R(SYN) | R(RETRANSMISSION), has_related, FRAME, { { "Handshake step 1 again: the {sender} repeats its SYN of frame {related}, no answer so far", "握手第 1 步重复：{sender}重传第 {related} 帧的 SYN，至今无应答" } } },
    { R(SYN) | R(REQUEST), head_of_request, COMES, { { "Handshake step 1, and request {exchange} with it (fast open): {method} {target}", "握手第 1 步，同时发出第 {exchange} 个请求（TCP 快速打开）：{method} {target}" } } },
    { R(SYN) | R(OUT_OF_ORDER), has_related, FRAME, { { "Handshake step 1: the {sender} had asked to open the connection too, before its SYN-ACK of frame {related}", "握手第 1 步：{sender}在发出第 {related} 帧的 SYN-ACK 之前，也曾请求建立连接" } } },
    { R(SYN), NULL, FRAME, { { "Handshake step 1: the {sender} asks to open the connection", "握手第 1 步：{sender}请求建立连接" } } },
    { R(SYN_ACK), NULL, FRAME, { { "Handshake step 2: the {sender} agrees and acknowledges the SYN", "握手第 2 步：{sender}同意并确认对方的 SYN" } } },
    { R(RETRANSMISSION), repeats_acked_fin, FRAME, { { "{Sender} repeats its FIN of frame {related}, which had been acknowledged", "{sender}重传第 {related} 帧的 FIN，尽管该 FIN 此前已被确认" } } },
    { R(RETRANSMISSION), repeats_fin_one_direction, FRAME, { { "{Sender} repeats its FIN of frame {related}", "{sender}重传第 {related} 帧的 FIN" } } },
    { R(RETRANSMISSION), repeats_fin, FRAME, { { "{Sender} repeats its FIN of frame {related}: no ACK came", "{sender}重传第 {related} 帧的 FIN：没有收到确认" } } },
    { R(FIN2) | R(FIN1_ACK), NULL, FRAME, { { "Close: the {sender} acknowledges the FIN and sends its own in one segment", "关闭：{sender}在同一报文段中确认对方的 FIN 并发出自己的 FIN" } } },
    { R(FIN2), crossed, LATER, { { "Simultaneous close: the {sender} sends its FIN before it has seen the {peer}'s", "同时关闭：{sender}在看到{peer}的 FIN 之前发出了自己的 FIN" } } },
    { R(FIN2), NULL, FRAME, { { "Close: the {sender} has finished too and sends its FIN", "关闭：{sender}也已发完，发出自己的 FIN" } } },
    { R(FIN1) | R(RESPONSE), NULL, FRAME, { { "Last bytes of response {exchange}, and the {sender}'s FIN", "第 {exchange} 个响应的最后部分，并带有{sender}的 FIN" } } },
    { R(FIN1), crossed, LATER, { { "Simultaneous close: the {sender} sends its FIN; the {peer}'s is already on its way", "同时关闭：{sender}发出 FIN；{peer}的 FIN 也已在途中" } } },
    { R(FIN1), NULL, FRAME, { { "Close: the {sender} has finished sending and sends the first FIN", "关闭：{sender}已发完数据，发出第一个 FIN" } } },
    { R(FIN1_ACK), has_related, FRAME, { { "Close: the {sender} acknowledges the FIN of frame {related}", "关闭：{sender}确认第 {related} 帧的 FIN" } } },
    { R(FIN2_ACK), has_related, FRAME, { { "Close: the {sender} acknowledges the FIN of frame {related}", "关闭：{sender}确认第 {related} 帧的 FIN" } } },
    { R(HANDSHAKE_ACK) | R(REQUEST), head_of_request, COMES, { { "Handshake step 3, and request {exchange}: {method} {target}", "握手第 3 步，同时发出第 {exchange} 个请求：{method} {target}" } } },
    { R(HANDSHAKE_ACK), NULL, FRAME, { { "Handshake step 3: the {sender} acknowledges the SYN-ACK", "握手第 3 步：{sender}确认 SYN-ACK" } } },
    { R(REQUEST) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes} of request {exchange}", "重传：第 {exchange} 个请求的 {bytes} 字节" } } },
    { R(RESPONSE) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes} of response {exchange}", "重传：第 {exchange} 个响应的 {bytes} 字节" } } },
    { R(REQUEST), head_of_request, COMES, { { "Request {exchange}: {method} {target}", "第 {exchange} 个请求：{method} {target}" } } },
    { R(RESPONSE), waited, COMES, { { "Response to request {exchange}: {status}, {wait} after the request", "对第 {exchange} 个请求的响应：{status}，请求发出后 {wait}" } } },
    { R(RESPONSE), head_of_response, COMES, { { "Response {exchange}: {status}", "第 {exchange} 个响应：{status}" } } },
    { R(RESPONSE), is_interim, LATER, { { "Interim response {interim} to request {exchange}; the final one is still to come", "对第 {exchange} 个请求的临时响应 {interim}；最终响应尚未到来" } } },
    { R(REQUEST), has_exchange, FRAME, { { "{bytes} more {bytes|byte|bytes} of request {exchange}", "第 {exchange} 个请求的后续 {bytes} 字节" } } },
    { R(RESPONSE), has_exchange, FRAME, { { "{bytes} more {bytes|byte|bytes} of response {exchange}", "第 {exchange} 个响应的后续 {bytes} 字节" } } },
    { R(HTTP2_CONTROL), NULL, COMES, { { "HTTP/2 from the {sender}: {h2_frames}", "{sender}的 HTTP/2 帧：{h2_frames}" } } },
    { R(WINDOW_PROBE), NULL, FRAME, { { "{Sender} asks whether the {peer}'s window has opened", "{sender}询问{peer}的接收窗口是否已打开" } } },
    { R(DATA) | R(RETRANSMISSION), NULL, FRAME, { { "Sent again: {bytes} {bytes|byte|bytes}", "重传：{bytes} 字节" } } },
    { R(DATA), tls_steps, FRAME, { { "TLS from the {sender}: {steps}", "{sender}的 TLS 消息：{steps}" } } },
    { R(DATA), tls_data, FRAME, { { "{Sender} sends {bytes} {bytes|byte|bytes} of encrypted data (TLS)", "{sender}发送 {bytes} 字节加密数据（TLS）" } } },
    { R(DATA), is_empty, FRAME, { { "{Sender} sends a segment without ACK flag and without data, which is dropped", "{sender}发送不带 ACK 标志、也没有数据的报文段，会被丢弃" } } },
    { R(DATA), NULL, FRAME, { { "{Sender} sends {bytes} {bytes|byte|bytes}", "{sender}发送 {bytes} 字节" } } },
    { R(CHALLENGE_ACK), has_related, FRAME, { { "{Sender} doubts frame {related} and says what it expects (challenge ACK)", "{sender}怀疑第 {related} 帧，并说明期望的序号（质询 ACK）" } } },
    { R(DUP_ACK), NULL, FRAME, { { "{Sender} repeats its last acknowledgment: something is missing, overtaken, or came twice", "{sender}重复上次的确认：有数据缺失、乱序或重复到达" } } },
    { R(WINDOW_UPDATE), NULL, FRAME, { { "{Sender} tells that it has room for more", "{sender}通知接收窗口增大" } } },
    { R(ACK) | R(ZERO_WINDOW), has_related, FRAME, { { "{Sender} answers the window probe of frame {related}", "{sender}应答第 {related} 帧的窗口探测" } } },
    { R(ACK), acks_response, FRAME, { { "{Sender} acknowledges bytes of response {exchange}", "{sender}确认第 {exchange} 个响应的数据" } } },
    { R(ACK), has_exchange, FRAME, { { "{Sender} acknowledges bytes of request {exchange}", "{sender}确认第 {exchange} 个请求的数据" } } },
    { R(ACK), NULL, FRAME, { { "{Sender} acknowledges", "{sender}确认" } } },
};

/* What is added to the sentence: each row that applies. */
static const lab_note_row_t clauses[] = {
    { 0, ends_opening, FRAME, { { "; open after {open_time}", "；建立用时 {open_time}" } } },
    { R(SYN_ACK), one_sided, FRAME, { { "; not all options of the SYN are taken up", "；未采纳对方 SYN 中的全部选项" } } },
    { 0, ends_connection, FRAME, { { "; the connection is closed", "；连接已关闭" } } },
    { R(DATA), alerts, FRAME, { { "; {alert}", "；{alert}" } } },
    { R(REQUEST), several, FRAME, { { "; others up to request {last} are in the same segment", "；同一报文段中还有直到第 {last} 个的其他请求" } } },
    { R(RESPONSE), several, FRAME, { { "; others up to response {last} are in the same segment", "；同一报文段中还有直到第 {last} 个的其他响应" } } },
    { 0, h2_head, COMES, { { "; HTTP/2 stream {h2_stream}", "；HTTP/2 流 {h2_stream}" } } },
    { 0, shared, COMES, { { "; {h2_shared} exchanges have bytes in this segment", "；该报文段中有 {h2_shared} 次交换的数据" } } },
    { 0, h2_resets, COMES, { { "; stream {h2_reset} ends at once: {h2_error}", "；流 {h2_reset} 立即结束：{h2_error}" } } },
    { 0, h2_missing, COMES, { { "; {h2_missing} bytes of the response do not come", "；响应还有 {h2_missing} 字节不会到来" } } },
    { 0, h2_goes_away, COMES, { { "; the connection will close, streams above {h2_last} are not processed: {h2_error}", "；连接将关闭，编号大于 {h2_last} 的流不会被处理：{h2_error}" } } },
    { 0, h2_was_empty, COMES, { { "; the {peer}'s window had been used up for {h2_empty}", "；{peer}的发送窗口此前已用尽 {h2_empty}" } } },
    { 0, h2_held, COMES, { { "; it had been lost: {h2_held} streams waited for it", "；它曾丢失：{h2_held} 个流为它等待" } } },
    { 0, h2_fields_unknown, COMES, { { "; header fields cannot be known: the capture lacks what they refer to", "；首部字段无法得知：抓包中没有它们所引用的内容" } } },
    { 0, h2_fault, COMES, { { "; breaks a rule of HTTP/2: {h2_fault}", "；违反 HTTP/2 的规则：{h2_fault}" } } },
    { R(RESPONSE), tunnels, COMES, { { "; what comes after it is no HTTP of this connection any more", "；此后的数据不再是该连接上的 HTTP" } } },
    { R(REQUEST), tls_steps, FRAME, { { "; also TLS: {steps}", "；另有 TLS 消息：{steps}" } } },
    { R(RESPONSE), tls_steps, FRAME, { { "; also TLS: {steps}", "；另有 TLS 消息：{steps}" } } },
    { R(DATA), names_server, LATER, { { "; it asks for {server_name}", "；请求的服务器名是 {server_name}" } } },
    { R(DATA), offers_protocols, LATER, { { "; it offers {offered}", "；提出的应用协议有 {offered}" } } },
    { R(DATA), chooses_tls, LATER, { { "; {tls_kind}", "；{tls_kind}" } } },
    { R(DATA), chooses_protocol, LATER, { { "; it chooses {chosen}", "；选定应用协议 {chosen}" } } },
    { R(DATA), shows_certificate, LATER, { { "; its certificate is for {subject}", "；证书主体为 {subject}" } } },
    { 0, timeout_kept, FRAME, { { "; {interval} idle, as promised (timeout={promised})", "；空闲 {interval}，与承诺相符（timeout={promised}）" } } },
    { 0, timeout_early, FRAME, { { "; already after {interval} idle, {promised} were promised", "；仅空闲 {interval} 就关闭，承诺为 {promised}" } } },
    { 0, timeout_late, FRAME, { { "; only after {interval} idle, {promised} were promised", "；空闲 {interval} 之后才关闭，承诺为 {promised}" } } },
    { 0, max_reached, FRAME, { { "; the promised number of requests is used up", "；承诺的请求次数已用完" } } },
    { 0, close_kept, FRAME, { { "; as announced by Connection: close", "；如 Connection: close 所预告" } } },
    { 0, close_ignored, FRAME, { { "; although Connection: close had been announced", "；尽管此前已预告 Connection: close" } } },
    { 0, without_notice, FRAME, { { "; nothing had announced it", "；此前没有任何预告" } } },
    { R(REQUEST), raced, FRAME, { { "; too late: the {peer} had already sent its FIN", "；太迟：{peer}已经发出 FIN" } } },
    { 0, unused, FRAME, { { "; it was never used", "；该连接从未使用" } } },
    { 0, lingering, FRAME, { { "; {interval} after the {peer}'s FIN", "；距{peer}的 FIN 已 {interval}" } } },
    { 0, truncated, FRAME, { { "; the body is not complete", "；正文不完整" } } },
    { R(RST), unsure, FRAME, { { " ({confidence})", "（{confidence}）" } } },
    { R(RST), bytes_lost, FRAME, { { "; {lost} {lost|byte|bytes} lost", "；丢失 {lost} 字节" } } },
    { R(RST), nothing_lost, FRAME, { { "; nothing was lost", "；没有丢失数据" } } },
    { R(RETRANSMISSION), repeats_acked_data, FRAME, { { "; the {peer} had already acknowledged these bytes", "；{peer}此前已确认这些字节" } } },
    { R(OUT_OF_ORDER), NULL, FRAME, { { "; it was overtaken on the way", "；途中被超过（乱序）" } } },
    { R(ZERO_WINDOW), NULL, FRAME, { { "; its receive buffer is full (window 0)", "；其接收缓冲区已满（窗口为 0）" } } },
    { R(LATE), NULL, FRAME, { { "; the connection had already ended", "；此时连接已经结束" } } },
};
/* clang-format on */

static bool applies(const lab_note_view_t *v, const lab_note_row_t *row)
{
    return (v->r->roles & row->roles) == row->roles && (!row->when || row->when(v));
}

const lab_note_row_t *lab_note_sentence(const lab_note_view_t *v)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sentences); i++)
        if (applies(v, &sentences[i]))
            return &sentences[i];
    return NULL;
}

const lab_note_row_t *lab_note_clause(const lab_note_view_t *v, size_t *place)
{
    while (*place < G_N_ELEMENTS(clauses)) {
        const lab_note_row_t *row = &clauses[(*place)++];
        if (applies(v, row))
            return row;
    }
    return NULL;
}
