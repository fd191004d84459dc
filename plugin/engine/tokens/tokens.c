/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tokens.c - the token tables: spelling, RFC section, explanations in English and Chinese.
 *
 * To add a token, add a value in tokens.h and a row here. RST causes have a table of their own beside their
 * rules: rst_causes.c.
 */
#include "tokens.h"

/* clang-format off */
const lab_token_t lab_phases[LAB_PHASES] = {
    [LAB_PHASE_RESOLVE]  = { "resolve",  "RFC 1035",         { { "name lookup", "域名解析" } } },
    [LAB_PHASE_OPEN]     = { "open",     "RFC 9293 3.5",     { { "opening the connection", "建立连接" } } },
    [LAB_PHASE_TLS]      = { "tls",      "RFC 8446",         { { "TLS handshake", "TLS 握手" } } },
    [LAB_PHASE_REQUEST]  = { "request",  "RFC 9112 2.1",     { { "HTTP request", "HTTP 请求" } } },
    [LAB_PHASE_RESPONSE] = { "response", "RFC 9112 2.1",     { { "HTTP response", "HTTP 响应" } } },
    [LAB_PHASE_DATA]     = { "data",     "RFC 9293 3.8",     { { "application data", "应用数据" } } },
    [LAB_PHASE_IDLE]     = { "idle",     "RFC 9293 3.8.4",   { { "idle", "空闲" } } },
    [LAB_PHASE_CLOSE]    = { "close",    "RFC 9293 3.6",     { { "closing the connection", "关闭连接" } } },
    [LAB_PHASE_ABORT]    = { "abort",    "RFC 9293 3.5.2",   { { "ended by a RST", "以 RST 中止" } } },
    [LAB_PHASE_LATE]     = { "late",     "RFC 9293 3.10.7",  { { "after the end", "连接结束之后" } } },
};

const lab_token_t lab_roles[LAB_ROLES] = {
    [LAB_ROLE_SYN]               = { "syn",               "RFC 9293 3.5",   { { "SYN", "SYN" } } },
    [LAB_ROLE_SYN_ACK]           = { "syn-ack",           "RFC 9293 3.5",   { { "SYN-ACK", "SYN-ACK" } } },
    [LAB_ROLE_HANDSHAKE_ACK]     = { "handshake-ack",     "RFC 9293 3.5",   { { "final ACK of the handshake", "握手的最后一个 ACK" } } },
    [LAB_ROLE_REQUEST]           = { "request",           "RFC 9112 3",     { { "HTTP request", "HTTP 请求" } } },
    [LAB_ROLE_RESPONSE]          = { "response",          "RFC 9112 4",     { { "HTTP response", "HTTP 响应" } } },
    [LAB_ROLE_DATA]              = { "data",              "RFC 9293 3.8",   { { "data", "数据" } } },
    [LAB_ROLE_HTTP2_CONTROL]     = { "http2-control",     "RFC 9113 6",     { { "frames of HTTP/2 that carry no message", "不携带消息的 HTTP/2 帧" } } },
    [LAB_ROLE_ACK]               = { "ack",               "RFC 9293 3.4",   { { "acknowledgment", "确认" } } },
    [LAB_ROLE_DUP_ACK]           = { "dup-ack",           "RFC 5681 2",     { { "duplicate ACK", "重复确认" } } },
    [LAB_ROLE_WINDOW_UPDATE]     = { "window-update",     "RFC 9293 3.8.6", { { "window update", "窗口更新" } } },
    [LAB_ROLE_ZERO_WINDOW]       = { "zero-window",       "RFC 9293 3.8.6", { { "window closed", "接收窗口为零" } } },
    [LAB_ROLE_WINDOW_PROBE]      = { "window-probe",      "RFC 9293 3.8.6.1", { { "zero-window probe", "零窗口探测" } } },
    [LAB_ROLE_KEEPALIVE_PROBE]   = { "keepalive-probe",   "RFC 9293 3.8.4", { { "keep-alive probe", "保活探测" } } },
    [LAB_ROLE_KEEPALIVE_ANSWER]  = { "keepalive-answer",  "RFC 9293 3.8.4", { { "answer to a keep-alive probe", "保活应答" } } },
    [LAB_ROLE_FIN1]              = { "fin1",              "RFC 9293 3.6",   { { "first FIN", "第一个 FIN" } } },
    [LAB_ROLE_FIN1_ACK]          = { "fin1-ack",          "RFC 9293 3.6",   { { "ACK of the first FIN", "对第一个 FIN 的确认" } } },
    [LAB_ROLE_FIN2]              = { "fin2",              "RFC 9293 3.6",   { { "second FIN", "第二个 FIN" } } },
    [LAB_ROLE_FIN2_ACK]          = { "fin2-ack",          "RFC 9293 3.6",   { { "ACK of the second FIN", "对第二个 FIN 的确认" } } },
    [LAB_ROLE_CHALLENGE_ACK]     = { "challenge-ack",     "RFC 5961 3, 4",  { { "challenge ACK", "质询 ACK" } } },
    [LAB_ROLE_RST]               = { "rst",               "RFC 9293 3.5.2", { { "reset", "复位" } } },
    [LAB_ROLE_RETRANSMISSION]    = { "retransmission",    "RFC 6298",       { { "retransmission", "重传" } } },
    [LAB_ROLE_OUT_OF_ORDER]      = { "out-of-order",      "RFC 9293 3.4",   { { "out of order", "乱序" } } },
    [LAB_ROLE_CAPTURE_DUPLICATE] = { "capture-duplicate", "",               { { "the same packet captured twice", "同一个包被抓到两次" } } },
    [LAB_ROLE_LATE]              = { "late",              "RFC 9293 3.10.7", { { "after the end", "连接结束之后" } } },
};

const lab_token_t lab_states[LAB_STATES] = {
    [LAB_STATE_UNKNOWN]      = { "UNKNOWN",      "",               { { "no evidence yet", "尚无依据" } } },
    [LAB_STATE_LISTEN]       = { "LISTEN",       "RFC 9293 3.3.2", { { "waiting for a connection request", "等待连接请求" } } },
    [LAB_STATE_SYN_SENT]     = { "SYN-SENT",     "RFC 9293 3.3.2", { { "SYN sent, waiting for the other's", "已发 SYN，等待对方的 SYN" } } },
    [LAB_STATE_SYN_RECEIVED] = { "SYN-RECEIVED", "RFC 9293 3.3.2", { { "both SYNs exchanged, waiting for the ACK", "双方 SYN 已交换，等待确认" } } },
    [LAB_STATE_ESTABLISHED]  = { "ESTABLISHED",  "RFC 9293 3.3.2", { { "open, data can flow", "连接已建立，可传数据" } } },
    [LAB_STATE_FIN_WAIT_1]   = { "FIN-WAIT-1",   "RFC 9293 3.3.2", { { "FIN sent, not yet acknowledged", "已发 FIN，未被确认" } } },
    [LAB_STATE_FIN_WAIT_2]   = { "FIN-WAIT-2",   "RFC 9293 3.3.2", { { "FIN acknowledged, waiting for the other's", "FIN 已被确认，等待对方的 FIN" } } },
    [LAB_STATE_CLOSE_WAIT]   = { "CLOSE-WAIT",   "RFC 9293 3.3.2", { { "the other side has finished, ours has not", "对方已关闭，本方尚未关闭" } } },
    [LAB_STATE_CLOSING]      = { "CLOSING",      "RFC 9293 3.3.2", { { "both FINs crossed, waiting for the ACK", "双方 FIN 交叉，等待确认" } } },
    [LAB_STATE_LAST_ACK]     = { "LAST-ACK",     "RFC 9293 3.3.2", { { "own FIN sent last, waiting for its ACK", "后发 FIN，等待最后的确认" } } },
    [LAB_STATE_TIME_WAIT]    = { "TIME-WAIT",    "RFC 9293 3.3.2", { { "waiting out old segments (2 MSL)", "等待旧报文段消失（2MSL）" } } },
    [LAB_STATE_CLOSED]       = { "CLOSED",       "RFC 9293 3.3.2", { { "no connection", "无连接" } } },
};

const lab_token_t lab_opens[LAB_OPENS] = {
    [LAB_OPEN_THREE_WAY]    = { "three-way",    "RFC 9293 3.5 fig. 6", { { "three-way handshake", "三次握手" } } },
    [LAB_OPEN_SIMULTANEOUS] = { "simultaneous", "RFC 9293 3.5 fig. 7", { { "both sides sent a SYN at once", "双方同时发起（同时打开）" } } },
    [LAB_OPEN_SPLIT]        = { "split",        "RFC 9293 3.5",        { { "SYN and ACK came apart (split handshake)", "SYN 与 ACK 分开发送（拆分握手）" } } },
    [LAB_OPEN_FAST_OPEN]    = { "fast-open",    "RFC 7413",            { { "TCP Fast Open, data in the SYN accepted", "TCP 快速打开，SYN 携带的数据被接受" } } },
    [LAB_OPEN_REFUSED]      = { "refused",      "RFC 9293 3.10.7.1",   { { "refused with a RST", "被 RST 拒绝" } } },
    [LAB_OPEN_ABANDONED]    = { "abandoned",    "RFC 9293 3.5.3",      { { "the client gave up: it answered the SYN-ACK with a RST", "客户端放弃：用 RST 回应 SYN-ACK" } } },
    [LAB_OPEN_UNANSWERED]   = { "unanswered",   "RFC 9293 3.8.3",      { { "the SYN was never answered", "SYN 一直无人应答" } } },
    [LAB_OPEN_INCOMPLETE]   = { "incomplete",   "RFC 9293 3.5",        { { "the handshake was not completed", "握手未完成" } } },
    [LAB_OPEN_NOT_CAPTURED] = { "not-captured", "",                    { { "the capture began after the handshake", "抓包开始时握手已过" } } },
};

const lab_token_t lab_closes[LAB_CLOSES] = {
    [LAB_CLOSE_FOUR_SEGMENT]   = { "four-segment",        "RFC 9293 3.6 fig. 12", { { "four segments: FIN, ACK, FIN, ACK", "四次挥手：FIN、ACK、FIN、ACK" } } },
    [LAB_CLOSE_THREE_SEGMENT]  = { "three-segment",       "RFC 9293 3.6",         { { "three segments: the second FIN carried the ACK of the first", "三次挥手：第二个 FIN 同时确认了第一个" } } },
    [LAB_CLOSE_SIMULTANEOUS]   = { "simultaneous",        "RFC 9293 3.6 fig. 13", { { "simultaneous close: both FINs crossed on the way", "同时关闭：双方的 FIN 在途中交叉" } } },
    [LAB_CLOSE_HALF_CLOSE]     = { "half-close",          "RFC 9293 3.6",         { { "half-close: data still came after the first FIN", "半关闭：第一个 FIN 之后另一方仍发送了数据" } } },
    [LAB_CLOSE_FIN_THEN_RST]   = { "fin-then-rst",        "RFC 9293 3.6, 3.5.2",  { { "begun with FIN, ended by a RST", "以 FIN 开始，被 RST 结束" } } },
    [LAB_CLOSE_RST]            = { "rst",                 "RFC 9293 3.5.2",       { { "ended by a RST, no FIN before", "被 RST 直接中止，之前没有 FIN" } } },
    [LAB_CLOSE_FIN_UNANSWERED] = { "fin-unanswered",      "RFC 9293 3.6",         { { "the FIN was repeated and never acknowledged", "FIN 多次重传，始终未被确认" } } },
    [LAB_CLOSE_HALF_CLOSED]    = { "half-closed",         "RFC 9293 3.6",         { { "one side closed; the other side's FIN is not in the capture", "一方已关闭；另一方的 FIN 不在抓包中" } } },
    [LAB_CLOSE_REFUSED]        = { "refused",             "RFC 9293 3.10.7.1",    { { "never opened: refused", "未建立：被拒绝" } } },
    [LAB_CLOSE_ABANDONED]      = { "abandoned",           "RFC 9293 3.5.3",       { { "never opened: the client gave up", "未建立：客户端放弃" } } },
    [LAB_CLOSE_IN_HANDSHAKE]   = { "closed-in-handshake", "RFC 9293 3.6",         { { "closed before the handshake was complete", "握手完成之前就关闭" } } },
    [LAB_CLOSE_REPLACED]       = { "replaced",            "RFC 9293 3.10.7.4",    { { "a new SYN took over the same addresses and ports", "同一对地址和端口上出现了新的 SYN" } } },
    [LAB_CLOSE_OPEN]           = { "open",                "",                     { { "still open when the capture ended", "抓包结束时仍未关闭" } } },
};

const lab_token_t lab_reasons[LAB_REASONS] = {
    [LAB_REASON_CONNECTION_CLOSE] = { "connection-close", "RFC 9112 9.6", { { "announced by Connection: close", "由 Connection: close 预告" } } },
    [LAB_REASON_GOAWAY]           = { "goaway", "RFC 9113 6.8", { { "announced by GOAWAY: no further streams", "由 GOAWAY 预告：不再接受新的流" } } },
    [LAB_REASON_GOAWAY_ERROR]     = { "goaway-error", "RFC 9113 5.4.1", { { "a connection error of HTTP/2, told by GOAWAY", "HTTP/2 连接错误，由 GOAWAY 告知" } } },
    [LAB_REASON_IDLE_TIMEOUT]     = { "idle-timeout",     "RFC 9112 9.5", { { "the server's keep-alive time ran out", "服务器的持久连接空闲时间用尽" } } },
    [LAB_REASON_MAX_REQUESTS]     = { "max-requests",     "RFC 9112 9.6", { { "the promised number of requests was used up", "达到允许的最大请求数" } } },
    [LAB_REASON_HTTP_1_0]         = { "http-1.0",         "RFC 9112 9.3", { { "HTTP/1.0 closes after each response", "HTTP/1.0 每次响应后关闭" } } },
    [LAB_REASON_AFTER_ERROR]      = { "after-error",      "RFC 9112 9.6", { { "closed after an error response", "返回错误之后关闭" } } },
    [LAB_REASON_CLIENT_LEAVES]    = { "client-leaves",    "RFC 9112 9.6", { { "the client had no further use for it", "客户端不再需要该连接" } } },
    [LAB_REASON_UNKNOWN]          = { "unknown",          "",             { { "the packets do not show why", "从抓包看不出原因" } } },
};

const lab_token_t lab_confidences[LAB_CONFIDENCES] = {
    [LAB_CERTAIN]  = { "certain",  "", { { "certain", "确定" } } },
    [LAB_LIKELY]   = { "likely",   "", { { "likely", "很可能" } } },
    [LAB_POSSIBLE] = { "possible", "", { { "possible", "可能" } } },
    [LAB_UNKNOWN]  = { "unknown",  "", { { "unknown", "未知" } } },
};

const lab_token_t lab_impacts[LAB_IMPACTS] = {
    [LAB_NOTHING_LOST]   = { "nothing-lost", "", { { "nothing was lost", "没有丢失任何数据" } } },
    [LAB_BYTES_LOST]     = { "bytes-lost",   "", { { "bytes were lost", "有数据丢失" } } },
    [LAB_IMPACT_UNKNOWN] = { "unknown",      "", { { "the packets do not tell whether anything was lost", "从抓包看不出是否有数据丢失" } } },
};

const lab_token_t lab_keepalives[LAB_KEEPALIVES] = {
    [LAB_KEEPALIVE_PROBE]             = { "probe",             "RFC 9293 3.8.4",  { { "keep-alive probe", "保活探测" } } },
    [LAB_KEEPALIVE_ANSWER]            = { "answer",            "RFC 9293 3.8.4",  { { "the probe is answered: the other side is alive", "探测得到应答：对方仍在" } } },
    [LAB_KEEPALIVE_UNANSWERED]        = { "unanswered",        "RFC 1122 4.2.3.6", { { "the probe got no answer", "探测没有得到应答" } } },
    [LAB_KEEPALIVE_ANSWERED_BY_RESET] = { "answered-by-reset", "RFC 9293 3.8.4",  { { "the probe is answered with a RST: the connection is gone", "探测得到 RST：对方已无此连接" } } },
    [LAB_KEEPALIVE_AFTER_FIN]         = { "after-fin",         "RFC 9293 3.8.4",  { { "a probe after the prober's own FIN", "探测方发出 FIN 之后的探测" } } },
    [LAB_KEEPALIVE_EARLY]             = { "early",             "RFC 1122 4.2.3.6", { { "far below the two-hour default: the application set it", "远低于默认的两小时：由应用程序设置" } } },
    [LAB_PERSIST_TIMEOUT_KEPT] = { "timeout-kept", "RFC 2068 19.7.1.1", { { "the server closed when the promised keep-alive time had run out", "服务器在承诺的保持时间用尽时关闭" } } },
    [LAB_PERSIST_TIMEOUT_EARLY] = { "timeout-early", "RFC 2068 19.7.1.1", { { "the server closed before the promised keep-alive time had run out", "服务器早于承诺的保持时间关闭" } } },
    [LAB_PERSIST_TIMEOUT_LATE] = { "timeout-late", "RFC 2068 19.7.1.1", { { "the server kept the connection longer than it had promised", "服务器保持连接的时间超过承诺" } } },
    [LAB_PERSIST_MAX_REACHED] = { "max-reached", "RFC 2068 19.7.1.1", { { "the promised number of requests was used up", "承诺的请求次数已用完" } } },
    [LAB_PERSIST_CLOSE_KEPT] = { "close-kept", "RFC 9112 9.6", { { "closed as announced by Connection: close", "按 Connection: close 的预告关闭" } } },
    [LAB_PERSIST_CLOSE_IGNORED] = { "close-ignored", "RFC 9112 9.6", { { "Connection: close was announced, but the connection was not closed", "已预告 Connection: close，但连接没有关闭" } } },
    [LAB_PERSIST_WITHOUT_NOTICE] = { "closed-without-notice", "RFC 9112 9.5", { { "the server closed a persistent connection without having announced it", "服务器未作任何预告就关闭了持久连接" } } },
    [LAB_PERSIST_RACED] = { "raced", "RFC 9112 9.5", { { "a request crossed the server's close on the way", "请求与服务器的关闭在途中交叉" } } },
    [LAB_PERSIST_UNUSED] = { "unused", "RFC 9112 9.4", { { "opened and closed without a request: a spare connection", "建立后没有发出任何请求就关闭：备用连接" } } },
    [LAB_PERSIST_SINGLE_USE] = { "single-use", "RFC 9112 9.3", { { "a persistent connection used for one exchange only", "持久连接只用于一次交换" } } },
    [LAB_PERSIST_LINGERING] = { "lingering-close-wait", "RFC 9293 3.6", { { "long between the other side's FIN and its own: it stayed in CLOSE-WAIT", "对方 FIN 之后很久才发出自己的 FIN：停留在 CLOSE-WAIT" } } },
    [LAB_PERSIST_TRUNCATED] = { "truncated-body", "RFC 9112 8", { { "closed before the promised body was complete", "承诺的正文尚未发完就关闭" } } },
    [LAB_KEEPALIVE_IRREGULAR]         = { "irregular",         "RFC 1122 4.2.3.6", { { "the spacing of the probes changes", "探测间隔不规律" } } },
    [LAB_KEEPALIVE_HTTP2_PING]        = { "http2-ping",        "RFC 9113 6.7", { { "PING of HTTP/2: is the other side's program still there?", "HTTP/2 的 PING：对方的程序还在吗？" } } },
    [LAB_KEEPALIVE_HTTP2_ANSWER]      = { "http2-answer",      "RFC 9113 6.7", { { "the PING is answered: the other side's program is alive", "PING 得到应答：对方的程序仍在" } } },
    [LAB_KEEPALIVE_HTTP2_UNANSWERED]  = { "http2-unanswered",  "RFC 9113 6.7", { { "the PING got no answer before the connection closed", "直到连接关闭，PING 都没有得到应答" } } },
};

const lab_token_t lab_tls_steps[LAB_TLS_STEPS] = {
    [LAB_TLS_CLIENT_HELLO]        = { "client-hello",        "RFC 8446 4.1.2", { { "the client offers versions and ciphers", "客户端给出可用的版本和密码套件" } } },
    [LAB_TLS_HELLO_RETRY]         = { "hello-retry-request", "RFC 8446 4.1.4", { { "the server asks for another hello", "服务器要求重新发送 hello" } } },
    [LAB_TLS_SERVER_HELLO]        = { "server-hello",        "RFC 8446 4.1.3", { { "the server chooses version and cipher", "服务器选定版本和密码套件" } } },
    [LAB_TLS_CERTIFICATE]         = { "certificate",         "RFC 5246 7.4.2", { { "certificate", "证书" } } },
    [LAB_TLS_KEY_EXCHANGE]        = { "key-exchange",        "RFC 5246 7.4.3, 7.4.7", { { "key exchange", "密钥交换" } } },
    [LAB_TLS_CHANGE_CIPHER_SPEC]  = { "change-cipher-spec",  "RFC 5246 7.1",   { { "from here on it encrypts", "此后开始加密" } } },
    [LAB_TLS_FINISHED]            = { "finished",            "RFC 5246 7.4.9", { { "Finished: the handshake is confirmed", "Finished：确认握手" } } },
    [LAB_TLS_SESSION_TICKET]      = { "session-ticket",      "RFC 5077",       { { "a ticket for resuming later", "用于以后恢复会话的票据" } } },
    [LAB_TLS_ENCRYPTED_HANDSHAKE] = { "encrypted-handshake", "RFC 8446 5.1",   { { "handshake messages that are encrypted", "已加密的握手消息" } } },
    [LAB_TLS_EARLY_DATA]          = { "early-data",          "RFC 8446 2.3",   { { "data before the handshake is complete", "握手完成之前的数据" } } },
    [LAB_TLS_APPLICATION_DATA]    = { "application-data",    "RFC 8446 5.2",   { { "encrypted data", "加密的应用数据" } } },
    [LAB_TLS_ALERT]               = { "alert",               "RFC 8446 6",     { { "alert", "警报" } } },
    [LAB_TLS_CLOSE_NOTIFY]        = { "close-notify",        "RFC 8446 6.1",   { { "TLS says good-bye", "TLS 告知即将关闭" } } },
};

const lab_token_t lab_alpns[LAB_ALPNS] = {
    [LAB_ALPN_OFFERED] = { "offered", "RFC 7301 3.1", { { "offered by the client; the server's choice is encrypted (TLS 1.3) or not in the capture", "客户端提出；服务器的选择已加密（TLS 1.3）或不在抓包中" } } },
    [LAB_ALPN_CHOSEN]  = { "chosen",  "RFC 7301 3.2", { { "chosen by the server", "服务器选定" } } },
    [LAB_ALPN_IGNORED] = { "ignored", "RFC 7301 3.2", { { "offered by the client; the server chose none", "客户端提出；服务器没有选定任何一个" } } },
};

const lab_token_t lab_decrypted_kinds[LAB_DECRYPTED_KINDS] = {
    [LAB_DECRYPTED_HTTP_1] = { "http/1", "RFC 9110 4.2.2", { { "HTTP/1.x, decrypted", "HTTP/1.x，已解密" } } },
    [LAB_DECRYPTED_HTTP_2] = { "http/2", "RFC 9113 3.4",   { { "HTTP/2, decrypted", "HTTP/2，已解密" } } },
    [LAB_DECRYPTED_OTHER]  = { "other",  "",               { { "no HTTP that can be read, decrypted", "不是可读取的 HTTP，已解密" } } },
};

const lab_token_t lab_tls_kinds[LAB_TLS_KINDS] = {
    [LAB_TLS_12_FULL]    = { "tls12-full",    "RFC 5246 7.3 fig. 1", { { "TLS 1.2, full handshake with a certificate", "TLS 1.2 完整握手，带证书" } } },
    [LAB_TLS_12_RESUMED] = { "tls12-resumed", "RFC 5246 7.3 fig. 2", { { "TLS 1.2, an earlier session is resumed: no certificate is sent", "TLS 1.2 恢复先前的会话：不发送证书" } } },
    [LAB_TLS_13_FULL]    = { "tls13-full",    "RFC 8446 2",          { { "TLS 1.3, full handshake", "TLS 1.3 完整握手" } } },
    [LAB_TLS_13_RESUMED] = { "tls13-resumed", "RFC 8446 2.2",        { { "TLS 1.3, resumed with a pre-shared key: no certificate is sent", "TLS 1.3 用预共享密钥恢复会话：不发送证书" } } },
    [LAB_TLS_13_RETRY]   = { "tls13-retry",   "RFC 8446 2.1",        { { "TLS 1.3 after a hello retry request", "TLS 1.3，经过 HelloRetryRequest" } } },
    [LAB_TLS_EARLY]      = { "early-data",    "RFC 8446 2.3",        { { "TLS 1.3 with data sent before the server answered (0-RTT)", "TLS 1.3，在服务器应答之前就发送数据（0-RTT）" } } },
    [LAB_TLS_FAILED]     = { "failed",        "RFC 8446 6.2",        { { "the handshake failed with a fatal alert", "握手因致命警报而失败" } } },
    [LAB_TLS_UNKNOWN]    = { "unknown",       "",                    { { "the handshake is not in the capture", "抓包中没有握手过程" } } },
};

const lab_token_t lab_namings[LAB_NAMINGS] = {
    [LAB_NAMING_LOOKED_UP]    = { "looked-up",        "RFC 1035 4.1", { { "the name look-up, from the query to the answer", "域名解析，从请求到应答" } } },
    [LAB_NAMING_ANSWER_ONLY]  = { "answer-only",      "RFC 1035 7.3", { { "the answer to the name look-up is in the capture, its query is not", "抓包中有域名解析的应答，没有请求" } } },
    [LAB_NAMING_KNOWN]        = { "known",            "RFC 1035 7.1", { { "the name had been looked up for an earlier connection", "域名已为更早的连接解析过" } } },
    [LAB_NAMING_NOT_CAPTURED] = { "look-up-not-captured", "RFC 1035 7.1", { { "no look-up of it is in the capture (cached, or asked in a way that Lab does not read)", "抓包中没有对它的解析（此前已缓存，或以 Lab 不读取的方式查询）" } } },
    [LAB_NAMING_ADDRESS]      = { "address",          "RFC 9110 7.2", { { "the request names an address, or localhost: there was nothing to look up", "请求直接使用地址或 localhost，无需域名解析" } } },
};

const lab_token_t lab_queues[LAB_QUEUES] = {
    [LAB_QUEUE_CONNECTION_READY]     = { "connection-ready",     "HAR 1.2 timings", { { "the connection was being prepared or lay ready, and the request was not sent yet", "连接正在准备或已经就绪，而请求尚未发出" } } },
    [LAB_QUEUE_EARLIER_RESPONSE]     = { "earlier-response",     "RFC 9112 9.3.2",  { { "the response before it on the connection had to end first", "须等同一连接上的前一个响应结束" } } },
    [LAB_QUEUE_OPENED_AHEAD]         = { "opened-ahead",         "HAR 1.2 timings", { { "the connection was opened before this could be wanted", "连接在需要它之前就已打开" } } },
    [LAB_QUEUE_NOT_VISIBLE]          = { "not-visible",          "HAR 1.2 timings", { { "when the client wanted to ask shows in no packet", "客户端何时想发出请求，在抓包中看不到" } } },
    [LAB_QUEUE_OPENING_NOT_CAPTURED] = { "opening-not-captured", "",                { { "how the connection opened is not in the capture", "抓包中没有连接建立的过程" } } },
    [LAB_QUEUE_NOT_CAPTURED]         = { "not-captured",         "",                { { "the request, or the response before it, is not in the capture", "该请求或其前一个响应不在抓包中" } } },
    [LAB_QUEUE_CLOCK]                = { "clock",                "",                { { "the capture's clock went back", "抓包的时钟发生倒退" } } },
};

const lab_token_t lab_anomalies[LAB_ANOMALIES] = {
    [LAB_ANOMALY_SYN_RETRANSMITTED]     = { "syn-retransmitted",     "RFC 6298 5.7",      { { "the SYN was sent again: no answer came in time", "SYN 重传：没有及时得到应答" } } },
    [LAB_ANOMALY_SYN_ACK_RETRANSMITTED] = { "syn-ack-retransmitted", "RFC 6298",          { { "the SYN-ACK was sent again: its ACK did not arrive", "SYN-ACK 重传：没有收到对它的确认" } } },
    [LAB_ANOMALY_FINAL_ACK_MISSING]     = { "final-ack-missing",     "RFC 9293 3.5",      { { "the handshake's last ACK is not in the capture", "抓包中没有握手的最后一个 ACK" } } },
    [LAB_ANOMALY_BAD_SYN_ACK]           = { "bad-syn-ack",           "RFC 9293 3.10.7.3", { { "the SYN-ACK acknowledges something else than the SYN", "SYN-ACK 的确认号不是 SYN 的序号加一" } } },
    [LAB_ANOMALY_SYN_IN_CONNECTION]     = { "syn-in-connection",     "RFC 9293 3.10.7.4", { { "a SYN inside a live connection", "已建立的连接中出现 SYN" } } },
    [LAB_ANOMALY_CHALLENGE_ACK]         = { "challenge-ack",         "RFC 5961 3, 4",     { { "a challenge ACK: the stack doubts the segment before", "质询 ACK：协议栈怀疑前一个报文段" } } },
    [LAB_ANOMALY_PORT_REUSE]            = { "port-reuse",            "RFC 9293 3.6.1",    { { "the same addresses and ports as an earlier, ended connection", "重用了已结束连接的地址和端口" } } },
    [LAB_ANOMALY_PORT_REUSE_PREMATURE]  = { "port-reuse-premature",  "RFC 9293 3.6.1",    { { "the same addresses and ports as a connection that had not ended", "前一个连接尚未结束就重用了相同的地址和端口" } } },
    [LAB_ANOMALY_SYN_FIN]               = { "syn-fin",               "RFC 9293 3.10.7",   { { "SYN and FIN in one segment", "同一报文段中同时有 SYN 和 FIN" } } },
    [LAB_ANOMALY_SYN_RST]               = { "syn-rst",               "RFC 9293 3.10.7",   { { "SYN and RST in one segment", "同一报文段中同时有 SYN 和 RST" } } },
    [LAB_ANOMALY_FAST_OPEN_REFUSED]     = { "fast-open-refused",     "RFC 7413 3",        { { "the data in the SYN was not accepted", "SYN 携带的数据未被接受" } } },
    [LAB_ANOMALY_OPTION_ONE_SIDED]      = { "option-one-sided",      "RFC 7323 1.3",      { { "an option only one side offered, so it is not in use", "只有一方提出的选项，因此不生效" } } },
    [LAB_ANOMALY_RETRANSMISSION]        = { "retransmission",        "RFC 6298",          { { "bytes that were sent before are sent again", "重复发送已发送过的数据" } } },
    [LAB_ANOMALY_OUT_OF_ORDER]          = { "out-of-order",          "RFC 9293 3.4",      { { "overtaken on the way: it was sent before what was captured ahead of it", "在途中被超过：发出得比先抓到的报文段更早" } } },
    [LAB_ANOMALY_CAPTURE_DUPLICATE]     = { "capture-duplicate",     "",                  { { "the same packet captured twice, not sent twice", "同一个包被抓到两次，并非发送两次" } } },
    [LAB_ANOMALY_FIN_RETRANSMITTED]     = { "fin-retransmitted",     "RFC 6298",          { { "the FIN was sent again: no ACK came in time", "FIN 重传：没有及时得到确认" } } },
    [LAB_ANOMALY_FIN_UNANSWERED]        = { "fin-unanswered",        "RFC 9293 3.6",      { { "the FIN was never acknowledged", "FIN 始终未被确认" } } },
    [LAB_ANOMALY_SIMULTANEOUS_CLOSE]    = { "simultaneous-close",    "RFC 9293 3.6 fig. 13", { { "both sides sent their FIN before they saw the other's", "双方在看到对方 FIN 之前都发出了 FIN" } } },
    [LAB_ANOMALY_RESET]                 = { "reset",                 "RFC 9293 3.5.2",    { { "a RST: its sender ends the connection, or knows of none", "RST：发送方中止连接，或表示没有这个连接" } } },
    [LAB_ANOMALY_ACKED_UNSEEN]          = { "acked-unseen",          "",                  { { "acknowledges bytes that are not in the capture", "确认了抓包中没有的数据" } } },
    [LAB_ANOMALY_ZERO_WINDOW]           = { "zero-window",           "RFC 9293 3.8.6",    { { "the receiver's buffer is full", "接收方缓冲区已满" } } },
    [LAB_ANOMALY_KEEPALIVE_UNANSWERED]  = { "keepalive-unanswered",  "RFC 1122 4.2.3.6",  { { "a keep-alive probe got no answer", "保活探测没有得到应答" } } },
    [LAB_ANOMALY_TRUNCATED_BODY]        = { "truncated-body",        "RFC 9112 8",        { { "the response is shorter than it promised", "响应比承诺的长度短" } } },
    [LAB_ANOMALY_LATE]                  = { "late-segment",          "RFC 9293 3.10.7",   { { "a segment after the connection had ended", "连接结束之后的报文段" } } },
    [LAB_ANOMALY_HTTP2_RULE]            = { "http2-rule",            "RFC 9113 5.4",      { { "a frame breaks a rule of HTTP/2", "帧违反了 HTTP/2 的规则" } } },
    [LAB_ANOMALY_HTTP2_FIELDS_UNKNOWN]  = { "http2-fields-unknown",  "RFC 7541 2.3.2",    { { "header fields cannot be known: they refer to fields that the capture lacks", "首部字段无法得知：它们引用了抓包中没有的字段" } } },
    [LAB_ANOMALY_HEAD_OF_LINE]          = { "head-of-line",          "RFC 9113 1",        { { "one lost segment held up several streams", "一个丢失的报文段使多个流同时等待（队头阻塞）" } } },
};
/* clang-format on */
