/* SPDX-License-Identifier: GPL-2.0-or-later */
/* http2_tokens.c - tokens of HTTP/2: frames, error codes, and the rules that a frame can break. */
#include "tokens.h"

/* clang-format off */
const lab_token_t lab_http2_frames[LAB_HTTP2_FRAMES] = {
    [LAB_HTTP2_PREFACE]         = { "preface",         "RFC 9113 3.4",  { { "the client's first bytes: HTTP/2 from here on", "客户端的最初字节：从这里开始是 HTTP/2" } } },
    [LAB_HTTP2_DATA]            = { "data",            "RFC 9113 6.1",  { { "bytes of a body", "正文的字节" } } },
    [LAB_HTTP2_HEADERS]         = { "headers",         "RFC 9113 6.2",  { { "a head or trailer, or its beginning", "首部或尾部，或其开头" } } },
    [LAB_HTTP2_PRIORITY]        = { "priority",        "RFC 9113 6.3",  { { "priority of a stream (deprecated)", "流的优先级（已弃用）" } } },
    [LAB_HTTP2_RST_STREAM]      = { "rst-stream",      "RFC 9113 6.4",  { { "ends one stream at once", "立即结束一个流" } } },
    [LAB_HTTP2_SETTINGS]        = { "settings",        "RFC 9113 6.5",  { { "what its sender allows", "发送方所允许的参数" } } },
    [LAB_HTTP2_SETTINGS_ACK]    = { "settings-ack",    "RFC 9113 6.5.3", { { "the other side's settings are in use", "对方的参数已生效" } } },
    [LAB_HTTP2_PUSH_PROMISE]    = { "push-promise",    "RFC 9113 6.6",  { { "the server will send a response that was not asked for", "服务器将主动推送一个响应" } } },
    [LAB_HTTP2_PING]            = { "ping",            "RFC 9113 6.7",  { { "asks for an answer: is the other side there, and how far away", "要求应答：对方是否还在，往返多久" } } },
    [LAB_HTTP2_PING_ACK]        = { "ping-ack",        "RFC 9113 6.7",  { { "answer to a PING", "对 PING 的应答" } } },
    [LAB_HTTP2_GOAWAY]          = { "goaway",          "RFC 9113 6.8",  { { "no further streams: its sender will close", "不再接受新的流：发送方将关闭" } } },
    [LAB_HTTP2_WINDOW_UPDATE]   = { "window-update",   "RFC 9113 6.9",  { { "allows the other side to send more", "允许对方发送更多" } } },
    [LAB_HTTP2_CONTINUATION]    = { "continuation",    "RFC 9113 6.10", { { "a head goes on", "首部的后续部分" } } },
    [LAB_HTTP2_PRIORITY_UPDATE] = { "priority-update", "RFC 9218 7.1",  { { "urgency of a request", "请求的紧急程度" } } },
    [LAB_HTTP2_ALTSVC]          = { "altsvc",          "RFC 7838 4",    { { "where the same can be had, too", "在何处也能取得相同内容" } } },
    [LAB_HTTP2_ORIGIN]          = { "origin",          "RFC 8336 2",    { { "for which origins the connection may be used", "该连接可用于哪些源" } } },
    [LAB_HTTP2_OTHER]           = { "other",           "RFC 9113 5.5",  { { "a type that RFC 9113 does not define; it is ignored", "RFC 9113 未定义的类型；会被忽略" } } },
};

const lab_token_t lab_http2_errors[LAB_HTTP2_ERRORS] = {
    [LAB_HTTP2_NO_ERROR]            = { "no-error",            "RFC 9113 7", { { "no error", "没有错误" } } },
    [LAB_HTTP2_PROTOCOL_ERROR]      = { "protocol-error",      "RFC 9113 7", { { "the other side broke a rule of HTTP/2", "对方违反了 HTTP/2 的规则" } } },
    [LAB_HTTP2_INTERNAL_ERROR]      = { "internal-error",      "RFC 9113 7", { { "something went wrong inside the program", "程序内部出错" } } },
    [LAB_HTTP2_FLOW_CONTROL_ERROR]  = { "flow-control-error",  "RFC 9113 7", { { "the other side sent more than its window allowed", "对方发送的数据超过了窗口" } } },
    [LAB_HTTP2_SETTINGS_TIMEOUT]    = { "settings-timeout",    "RFC 9113 7", { { "the settings were not acknowledged in time", "SETTINGS 未及时得到确认" } } },
    [LAB_HTTP2_STREAM_CLOSED]       = { "stream-closed",       "RFC 9113 7", { { "a frame came on a stream that was closed", "在已关闭的流上收到帧" } } },
    [LAB_HTTP2_FRAME_SIZE_ERROR]    = { "frame-size-error",    "RFC 9113 7", { { "a frame had a length that it cannot have", "帧的长度不合规定" } } },
    [LAB_HTTP2_REFUSED_STREAM]      = { "refused-stream",      "RFC 9113 7", { { "refused before anything was done: it can be asked for again", "尚未处理就被拒绝：可以重新请求" } } },
    [LAB_HTTP2_CANCEL]              = { "cancel",              "RFC 9113 7", { { "the stream is no longer needed", "不再需要该流" } } },
    [LAB_HTTP2_COMPRESSION_ERROR]   = { "compression-error",   "RFC 9113 7", { { "the header fields could not be decoded", "无法解码首部字段" } } },
    [LAB_HTTP2_CONNECT_ERROR]       = { "connect-error",       "RFC 9113 7", { { "the connection behind CONNECT was reset or closed", "CONNECT 所建立的连接被复位或关闭" } } },
    [LAB_HTTP2_ENHANCE_YOUR_CALM]   = { "enhance-your-calm",   "RFC 9113 7", { { "the other side causes too much load", "对方造成了过大的负载" } } },
    [LAB_HTTP2_INADEQUATE_SECURITY] = { "inadequate-security", "RFC 9113 7", { { "TLS is not good enough for HTTP/2", "TLS 的安全性不满足 HTTP/2 的要求" } } },
    [LAB_HTTP2_HTTP_1_1_REQUIRED]   = { "http-1-1-required",   "RFC 9113 7", { { "to be asked for with HTTP/1.1 instead", "要求改用 HTTP/1.1" } } },
    [LAB_HTTP2_UNKNOWN_ERROR]       = { "unknown",             "RFC 9113 7", { { "an error code that is not registered", "未注册的错误码" } } },
};

const lab_token_t lab_http2_faults[LAB_H2_FAULTS] = {
    [LAB_H2_FAULT_LENGTH]           = { "length",             "RFC 9113 4.2",  { { "a frame has a length that its type cannot have", "帧的长度与其类型不符" } } },
    [LAB_H2_FAULT_TOO_LONG]         = { "too-long",           "RFC 9113 4.2",  { { "a frame is longer than the other side allows", "帧的长度超过对方的允许值" } } },
    [LAB_H2_FAULT_NO_STREAM]        = { "no-stream",          "RFC 9113 6",    { { "a frame that needs a stream is on stream 0", "需要流的帧出现在流 0 上" } } },
    [LAB_H2_FAULT_ON_STREAM]        = { "on-stream",          "RFC 9113 6",    { { "a frame of the connection is on a stream", "连接级的帧出现在某个流上" } } },
    [LAB_H2_FAULT_PADDING]          = { "padding",            "RFC 9113 6.1",  { { "the padding is longer than its frame", "填充比帧还长" } } },
    [LAB_H2_FAULT_CONTINUATION]     = { "continuation",       "RFC 9113 6.10", { { "a head and its CONTINUATION frames do not follow each other", "首部与其 CONTINUATION 帧没有连续出现" } } },
    [LAB_H2_FAULT_STREAM_ID]        = { "stream-id",          "RFC 9113 5.1",  { { "a message on a stream that is closed, or that its sender cannot open", "消息出现在已关闭的流或发送方不能打开的流上" } } },
    [LAB_H2_FAULT_PUSH]             = { "push",               "RFC 9113 6.6",  { { "a PUSH_PROMISE that its sender cannot make", "发送方不能发出的 PUSH_PROMISE" } } },
    [LAB_H2_FAULT_SETTING]          = { "setting",            "RFC 9113 6.5.2", { { "a setting has a value that it cannot have", "参数的取值不合规定" } } },
    [LAB_H2_FAULT_ZERO_INCREMENT]   = { "zero-increment",     "RFC 9113 6.9",  { { "a WINDOW_UPDATE that allows nothing", "增量为 0 的 WINDOW_UPDATE" } } },
    [LAB_H2_FAULT_WINDOW_OVERFLOW]  = { "window-overflow",    "RFC 9113 6.9.1", { { "a window grows over 2147483647 bytes", "窗口超过 2147483647 字节" } } },
    [LAB_H2_FAULT_WINDOW_EXCEEDED]  = { "window-exceeded",    "RFC 9113 6.9.1", { { "more was sent than the window allowed", "发送的数据超过了窗口" } } },
    [LAB_H2_FAULT_SELF_DEPENDENCY]  = { "self-dependency",    "RFC 7540 5.3.1", { { "a stream depends on itself", "流依赖于自身" } } },
    [LAB_H2_FAULT_COMPRESSION]      = { "compression",        "RFC 9113 4.3",  { { "the header fields are not HPACK", "首部字段不是有效的 HPACK" } } },
    [LAB_H2_FAULT_MALFORMED]        = { "malformed",          "RFC 9113 8.1.1", { { "a head that is malformed", "首部格式错误" } } },
    [LAB_H2_FAULT_CONTENT_LENGTH]   = { "content-length",     "RFC 9113 8.1.1", { { "the body has another length than Content-Length says", "正文长度与 Content-Length 不符" } } },
    [LAB_H2_FAULT_CONTINUATION_FLOOD] = { "continuation-flood", "RFC 9113 10.5.1", { { "a head in very many CONTINUATION frames: an attack looks like this", "首部分成极多的 CONTINUATION 帧：攻击就是这样" } } },
    [LAB_H2_FAULT_RAPID_RESET]      = { "rapid-reset",        "RFC 9113 10.5", { { "very many streams were opened and reset at once: an attack looks like this", "大量的流刚打开就被复位：攻击就是这样" } } },
    [LAB_H2_FAULT_STREAMS]          = { "streams",            "RFC 9113 5.1.2", { { "more streams are open than Lab keeps: further ones are not told", "打开的流超过 Lab 保存的数量：其余的不再说明" } } },
};
/* clang-format on */
