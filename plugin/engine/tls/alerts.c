/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alerts.c - the alerts of TLS: RFC 8446 6, RFC 5246 7.2, RFC 6066, RFC 7301, IANA's TLS Alerts. */
#include "decrypted.h"
#include "tls.h"

/* clang-format off */
static const struct {
    uint8_t description;
    lab_token_t row;
} alerts[] = {
    { 0,   { "close-notify",                    "RFC 8446 6.1", { { "nothing more will be sent", "不再发送任何数据" } } } },
    { 10,  { "unexpected-message",              "RFC 8446 6.2", { { "a message that does not belong here", "收到不合时宜的消息" } } } },
    { 20,  { "bad-record-mac",                  "RFC 8446 6.2", { { "a record that cannot be authenticated", "记录无法通过验证" } } } },
    { 21,  { "decryption-failed",               "RFC 5246 7.2.2", { { "a record that cannot be decrypted", "记录无法解密" } } } },
    { 22,  { "record-overflow",                 "RFC 8446 6.2", { { "a record that is too long", "记录过长" } } } },
    { 30,  { "decompression-failure",           "RFC 5246 7.2.2", { { "a record that cannot be unpacked", "记录无法解压" } } } },
    { 40,  { "handshake-failure",               "RFC 8446 6.2", { { "no set of parameters suits both sides", "找不到双方都接受的参数" } } } },
    { 41,  { "no-certificate",                  "RFC 5246 7.2.2", { { "there is no certificate to show", "没有可出示的证书" } } } },
    { 42,  { "bad-certificate",                 "RFC 8446 6.2", { { "the certificate is damaged or its signature wrong", "证书损坏或签名不正确" } } } },
    { 43,  { "unsupported-certificate",         "RFC 8446 6.2", { { "a certificate of a kind that is not supported", "不支持的证书类型" } } } },
    { 44,  { "certificate-revoked",             "RFC 8446 6.2", { { "the certificate was revoked", "证书已被吊销" } } } },
    { 45,  { "certificate-expired",             "RFC 8446 6.2", { { "the certificate has expired or is not valid yet", "证书已过期或尚未生效" } } } },
    { 46,  { "certificate-unknown",             "RFC 8446 6.2", { { "the certificate is not accepted, for some other reason", "因其他原因不接受该证书" } } } },
    { 47,  { "illegal-parameter",               "RFC 8446 6.2", { { "a field of the handshake is out of range", "握手中的某个字段不合法" } } } },
    { 48,  { "unknown-ca",                      "RFC 8446 6.2", { { "who signed the certificate is not known or not trusted", "证书的签发者未知或不受信任" } } } },
    { 49,  { "access-denied",                   "RFC 8446 6.2", { { "the certificate is valid, but access is refused", "证书有效，但拒绝访问" } } } },
    { 50,  { "decode-error",                    "RFC 8446 6.2", { { "a message that cannot be read", "消息无法解析" } } } },
    { 51,  { "decrypt-error",                   "RFC 8446 6.2", { { "a signature or Finished of the handshake is wrong", "握手中的签名或 Finished 校验失败" } } } },
    { 60,  { "export-restriction",              "RFC 5246 7.2.2", { { "export rules of old forbid it", "旧的出口限制不允许" } } } },
    { 70,  { "protocol-version",                "RFC 8446 6.2", { { "the version of TLS is not supported", "不支持该 TLS 版本" } } } },
    { 71,  { "insufficient-security",           "RFC 8446 6.2", { { "what is offered is not secure enough", "对方提出的参数不够安全" } } } },
    { 80,  { "internal-error",                  "RFC 8446 6.2", { { "a fault of its own, not of the other side", "自身内部错误，与对方无关" } } } },
    { 86,  { "inappropriate-fallback",          "RFC 7507 3",   { { "the client tries an older version without need", "客户端不必要地退回旧版本" } } } },
    { 90,  { "user-canceled",                   "RFC 8446 6.1", { { "the user called the handshake off", "用户取消了握手" } } } },
    { 100, { "no-renegotiation",                "RFC 5246 7.2.2", { { "it does not want to negotiate again", "不愿重新协商" } } } },
    { 109, { "missing-extension",               "RFC 8446 6.2", { { "an extension that must be there is missing", "缺少必需的扩展" } } } },
    { 110, { "unsupported-extension",           "RFC 8446 6.2", { { "an extension that was not asked for", "收到未请求过的扩展" } } } },
    { 111, { "certificate-unobtainable",        "RFC 6066 9",   { { "the certificate cannot be fetched", "无法取得证书" } } } },
    { 112, { "unrecognized-name",               "RFC 6066 3",   { { "no server of that name is here", "没有该名称的服务器" } } } },
    { 113, { "bad-certificate-status-response", "RFC 6066 8",   { { "the certificate's status is not acceptable", "证书状态响应不可接受" } } } },
    { 114, { "bad-certificate-hash-value",      "RFC 6066 9",   { { "the certificate does not match its hash", "证书与其散列值不符" } } } },
    { 115, { "unknown-psk-identity",            "RFC 8446 6.2", { { "the pre-shared key is not known", "预共享密钥未知" } } } },
    { 116, { "certificate-required",            "RFC 8446 6.2", { { "the client has to show a certificate", "客户端必须出示证书" } } } },
    { 120, { "no-application-protocol",         "RFC 7301 3.2", { { "no protocol that the client offers is spoken here", "客户端提出的应用协议都不支持" } } } },
    { 121, { "ech-required",                    "RFC 9849 5",   { { "the client insists on an encrypted hello", "客户端要求加密的 ClientHello" } } } },
};
/* clang-format on */

const lab_token_t *lab_tls_alert_token(uint8_t description)
{
    for (size_t i = 0; i < G_N_ELEMENTS(alerts); i++)
        if (alerts[i].description == description)
            return &alerts[i].row;
    return NULL;
}

/* True if the decrypted records hold an alert and no application data. RFC 8446 5.2: from outside, an
 * encrypted alert of TLS 1.3 looks like application data. Handshake messages may come with it. */
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

bool lab_tls_only_alert(const lab_segment_t *seg)
{
    if (decrypted_alert(seg))
        return true;
    return seg->captured >= LAB_TLS_HEADER && seg->payload[0] == LAB_TLS_ALERT_RECORD &&
           seg->payload[1] == 3 &&
           (uint32_t)LAB_TLS_HEADER + (seg->payload[3] << 8 | seg->payload[4]) == seg->length;
}
