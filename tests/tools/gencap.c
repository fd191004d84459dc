/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gencap: writes a big capture of many TCP connections for the benchmark; the same arguments give the same
 * bytes.
 *
 * A crowd of connections takes turns. Each is a small machine: open, exchanges of request and response,
 * close. One in a hundred segments is sent twice, one connection in fifty ends with a reset, one exchange in
 * thirty is preceded by a keep-alive probe.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checksum.h"
#include "gencap_tls.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };
enum { CLIENT, SERVER };
enum { CROWD = 64, SEGMENT = 1448, HEADERS = 14 + 20 + 20, OPTIONS_MAX = 20, BODY_SIZE = 4096 };

/* A kind of connections; percent values are of 100. */
typedef struct {
    const char *name, *about;
    uint16_t port;
    unsigned exchanges[2], body[2];
    bool opaque; /* random payload instead of HTTP */
    unsigned refused;
    bool http2; /* frames of HTTP/2, with prior knowledge */
    bool tls;   /* records of TLS 1.3 for which there are no keys */
} Mode;

static const Mode modes[] = {
    {"bulk", "large responses, a few per connection", 80, {1, 5}, {2000, 90000}, false, 0, false, false},
    {"short",
     "one small exchange per connection, 3 % refused",
     80,
     {1, 1},
     {100, 900},
     false,
     3,
     false,
     false},
    {"http", "many small exchanges per connection", 80, {20, 60}, {100, 900}, false, 0, false, false},
    {"class",
     "page, image, audio, video: tens of long exchanges",
     80,
     {2, 8},
     {1000, 150000},
     false,
     0,
     false,
     false},
    {"raw", "as bulk, of bytes that no dissector reads", 9443, {1, 5}, {2000, 90000}, true, 0, false, false},
    {"http2", "as http, of HTTP/2", 80, {20, 60}, {100, 900}, false, 0, true, false},
    {"tls",
     "handshake and application data of TLS 1.3, no keys",
     443,
     {2, 10},
     {2000, 60000},
     true,
     0,
     false,
     true},
};

enum {
    OPEN,
    OPEN_REPLY,
    OPEN_ACK,
    HELLO,
    HELLO_REPLY,
    FINISHED,
    REQUEST,
    RESPONSE,
    MORE,
    MORE_ACK,
    PROBE,
    PROBE_ANSWER,
    CLOSE,
    CLOSE_REPLY,
    CLOSE_ACK,
    DONE
};

typedef struct {
    uint32_t address[2], seq[2];
    uint16_t port[2];
    int state;
    unsigned exchanges, left, unacknowledged;
    uint32_t stream; /* of HTTP/2 */
    unsigned record; /* of TLS: bytes of a record that are still to be sent */
} Flow;

typedef struct {
    FILE *out;
    const Mode *mode;
    uint64_t packets, limit, random, time_us;
    uint32_t flows;
    uint16_t ip_id;
    uint8_t body[BODY_SIZE + SEGMENT];
} Generator;

/* xorshift64: fast, and the same on every machine. */
static uint32_t next_random(Generator *generator)
{
    generator->random ^= generator->random << 13;
    generator->random ^= generator->random >> 7;
    generator->random ^= generator->random << 17;
    return (uint32_t)(generator->random >> 16);
}

static unsigned between(Generator *generator, const unsigned range[2])
{
    return range[0] + next_random(generator) % (range[1] - range[0] + 1);
}

static bool chance(Generator *generator, unsigned percent)
{
    return next_random(generator) % 100 < percent;
}

static void write_record(Generator *generator, const uint8_t *frame, uint32_t length)
{
    uint8_t head[16];
    generator->time_us += 1 + next_random(generator) % 60;
    put32(head, (uint32_t)(generator->time_us / 1000000));
    put32(head + 4, (uint32_t)(generator->time_us % 1000000));
    put32(head + 8, length);
    put32(head + 12, length);
    fwrite(head, sizeof head, 1, generator->out);
    fwrite(frame, length, 1, generator->out);
    generator->packets++;
}

static void put_ip(Generator *generator, const Flow *flow, int side, uint8_t *ip, unsigned length)
{
    memset(ip, 0, 20);
    ip[0] = 0x45;
    put16(ip + 2, length);
    put16(ip + 4, ++generator->ip_id);
    ip[6] = 0x40;
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, flow->address[side]);
    put32(ip + 16, flow->address[!side]);
    put16(ip + 10, checksum_end(checksum_add(0, ip, 20)));
}

static unsigned put_options(uint8_t *options, unsigned flags)
{
    static const uint8_t opening[12] = {2, 4, 0x05, 0xb4, 1, 3, 3, 7, 1, 1, 4, 2};
    if (!(flags & SYN))
        return 0;
    memcpy(options, opening, sizeof opening);
    return sizeof opening;
}

/* Writes one segment. A negative `offset` gives an earlier sequence number (probe, retransmission) and leaves
 * the connection's numbers as they are. */
static void send_at(Generator *generator, const Flow *flow, int side, unsigned flags, uint32_t seq,
                    const uint8_t *data, unsigned length)
{
    static const uint8_t ethernet[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
    uint8_t frame[HEADERS + OPTIONS_MAX + SEGMENT], *ip = frame + 14, *tcp = ip + 20;
    unsigned options = put_options(tcp + 20, flags), tcp_length = 20 + options + length;
    memcpy(frame, ethernet, sizeof ethernet);
    put_ip(generator, flow, side, ip, 20 + tcp_length);
    put16(tcp, flow->port[side]);
    put16(tcp + 2, flow->port[!side]);
    put32(tcp + 4, seq);
    put32(tcp + 8, flags & ACK ? flow->seq[!side] : 0);
    tcp[12] = (uint8_t)((20 + options) / 4 << 4);
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, flags & SYN ? 64240 : 502);
    put32(tcp + 16, 0);
    if (length)
        memcpy(tcp + 20 + options, data, length);
    uint64_t sum = checksum_add(6 + tcp_length, ip + 12, 8);
    put16(tcp + 16, checksum_end(checksum_add(sum, tcp, tcp_length)));
    write_record(generator, frame, 34 + tcp_length);
}

static void send_next(Generator *generator, Flow *flow, int side, unsigned flags, const uint8_t *data,
                      unsigned length)
{
    send_at(generator, flow, side, flags, flow->seq[side], data, length);
    if (length && chance(generator, 1))
        send_at(generator, flow, side, flags, flow->seq[side], data, length);
    flow->seq[side] += length + (flags & (SYN | FIN) ? 1 : 0);
}

static int step_open(Generator *generator, Flow *flow)
{
    send_next(generator, flow, CLIENT, SYN, NULL, 0);
    return OPEN_REPLY;
}

static int step_open_reply(Generator *generator, Flow *flow)
{
    if (chance(generator, generator->mode->refused)) {
        send_at(generator, flow, SERVER, RST | ACK, 0, NULL, 0);
        return DONE;
    }
    send_next(generator, flow, SERVER, SYN | ACK, NULL, 0);
    return OPEN_ACK;
}

static int step_open_ack(Generator *generator, Flow *flow)
{
    send_next(generator, flow, CLIENT, ACK, NULL, 0);
    return generator->mode->tls ? HELLO : REQUEST;
}

/* ---- TLS 1.3 ---- */

static const uint8_t *noise(Generator *generator)
{
    return generator->body + next_random(generator) % BODY_SIZE;
}

static int step_hello(Generator *generator, Flow *flow)
{
    uint8_t bytes[SEGMENT];
    send_next(generator, flow, CLIENT, PSH | ACK, bytes, tls_client_hello(bytes, noise(generator)));
    return HELLO_REPLY;
}

static int step_hello_reply(Generator *generator, Flow *flow)
{
    uint8_t bytes[SEGMENT];
    send_next(generator, flow, SERVER, PSH | ACK, bytes, tls_server_flight(bytes, noise(generator)));
    return FINISHED;
}

static int step_finished(Generator *generator, Flow *flow)
{
    uint8_t bytes[SEGMENT];
    send_next(generator, flow, CLIENT, PSH | ACK, bytes, tls_client_finished(bytes, noise(generator)));
    return REQUEST;
}

static int tls_request(Generator *generator, Flow *flow)
{
    uint8_t bytes[SEGMENT];
    unsigned content = 200 + next_random(generator) % 400;
    send_next(generator, flow, CLIENT, PSH | ACK, bytes, tls_data(bytes, content, noise(generator)));
    flow->exchanges--;
    flow->left = between(generator, generator->mode->body);
    return RESPONSE;
}

/* A segment of the response. Its records are as long as may be, and cross segments. */
static int tls_response(Generator *generator, Flow *flow)
{
    uint8_t bytes[SEGMENT];
    unsigned at = 0;
    while (at < SEGMENT && (flow->record || flow->left)) {
        if (!flow->record) {
            unsigned content = flow->left < TLS_RECORD_CONTENT_MAX ? flow->left : TLS_RECORD_CONTENT_MAX;
            if (SEGMENT - at < TLS_RECORD_HEAD)
                break;
            at += tls_data_head(bytes + at, content);
            flow->record = content + TLS_RECORD_TAIL;
            flow->left -= content;
        }
        unsigned piece = flow->record < SEGMENT - at ? flow->record : SEGMENT - at;
        memcpy(bytes + at, noise(generator), piece);
        at += piece;
        flow->record -= piece;
    }
    bool more = flow->record || flow->left;
    flow->unacknowledged++;
    send_next(generator, flow, SERVER, more ? ACK : PSH | ACK, bytes, at);
    return more && flow->unacknowledged < 2 ? MORE : MORE_ACK;
}

/* ---- HTTP/2, RFC 9113: each request is one HEADERS, each response HEADERS and DATA in a segment ---- */

static unsigned put_frame(uint8_t *out, unsigned type, unsigned flags, uint32_t stream, unsigned length)
{
    put32(out, length << 8 | type);
    out[4] = (uint8_t)flags;
    put32(out + 5, stream);
    return 9;
}

/* RFC 7541: the first request of a connection puts its fields into the table, later ones refer to them. */
static unsigned put_request_fields(uint8_t *out, const Flow *flow)
{
    static const char first[] = "\x41\x08lab.test\x7a\x0cgencap/1.0.0\x53\x03*/*";
    static const char later[] = "\xc0\xbf\xbe";
    bool begins = flow->stream == 1;
    unsigned length = begins ? sizeof first - 1 : sizeof later - 1;
    unsigned at = (unsigned)sprintf((char *)out, "\x82\x86\x04%c/page/%06u", 12, flow->stream % 1000000);
    memcpy(out + at, begins ? first : later, length);
    return at + length;
}

static int http2_request(Generator *generator, Flow *flow)
{
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    uint8_t bytes[256], fields[128];
    unsigned at = 0;
    flow->stream = flow->stream ? flow->stream + 2 : 1;
    if (flow->stream == 1) {
        memcpy(bytes, preface, at = sizeof preface - 1);
        at += put_frame(bytes + at, 4, 0, 0, 0);
    }
    unsigned length = put_request_fields(fields, flow);
    at += put_frame(bytes + at, 1, 5, flow->stream, length);
    memcpy(bytes + at, fields, length);
    send_next(generator, flow, CLIENT, PSH | ACK, bytes, at + length);
    flow->exchanges--;
    flow->left = between(generator, generator->mode->body);
    return RESPONSE;
}

static int http2_response(Generator *generator, Flow *flow)
{
    static const char fields[] = "\x88\x0f\x10\x09text/html\x0f\x0d";
    uint8_t segment[SEGMENT];
    unsigned at = flow->stream == 1 ? put_frame(segment, 4, 0, 0, 0) : 0, head = at;
    at += 9;
    memcpy(segment + at, fields, sizeof fields - 1);
    at += sizeof fields - 1;
    at += (unsigned)sprintf((char *)segment + at, "%c%03u", 3, flow->left);
    put_frame(segment + head, 1, 4, flow->stream, at - head - 9);
    at += put_frame(segment + at, 0, 1, flow->stream, flow->left);
    memcpy(segment + at, generator->body, flow->left);
    send_next(generator, flow, SERVER, PSH | ACK, segment, at + flow->left);
    flow->left = 0;
    return MORE_ACK;
}

static int step_request(Generator *generator, Flow *flow)
{
    if (generator->mode->tls)
        return tls_request(generator, flow);
    if (generator->mode->http2)
        return http2_request(generator, flow);
    static const char *const targets[] = {"/",          "/index.html",   "/css/site.css",
                                          "/js/app.js", "/img/logo.png", "/news?page=2"};
    char text[512];
    int length = snprintf(
        text, sizeof text,
        "GET %s HTTP/1.1\r\nHost: www%u.lab.test\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:115.0) "
        "Gecko/20100101 Firefox/115.0\r\nAccept: text/html,*/*;q=0.8\r\nConnection: keep-alive\r\n\r\n",
        targets[next_random(generator) % 6], flow->address[SERVER] & 0xff);
    const uint8_t *bytes = generator->mode->opaque ? generator->body : (const uint8_t *)text;
    send_next(generator, flow, CLIENT, PSH | ACK, bytes, (unsigned)length);
    flow->exchanges--;
    flow->left = between(generator, generator->mode->body);
    return RESPONSE;
}

static int step_response(Generator *generator, Flow *flow)
{
    if (generator->mode->tls)
        return tls_response(generator, flow);
    if (generator->mode->http2)
        return http2_response(generator, flow);
    uint8_t segment[SEGMENT];
    int head = snprintf((char *)segment, sizeof segment,
                        "HTTP/1.1 200 OK\r\nDate: Thu, 18 Apr 2024 10:00:00 GMT\r\nServer: "
                        "nginx/1.22.1\r\nContent-Type: text/html\r\n"
                        "Content-Length: %u\r\nETag: \"%08x\"\r\nConnection: keep-alive\r\n\r\n",
                        flow->left, next_random(generator));
    unsigned body = SEGMENT - (unsigned)head < flow->left ? SEGMENT - (unsigned)head : flow->left;
    if (generator->mode->opaque)
        memcpy(segment, generator->body + 100, (unsigned)head);
    memcpy(segment + head, generator->body, body);
    flow->left -= body;
    flow->unacknowledged = 1;
    send_next(generator, flow, SERVER, flow->left ? ACK : PSH | ACK, segment, (unsigned)head + body);
    return flow->left ? MORE : MORE_ACK;
}

static int step_more(Generator *generator, Flow *flow)
{
    if (generator->mode->tls)
        return tls_response(generator, flow);
    unsigned body = flow->left < SEGMENT ? flow->left : SEGMENT;
    flow->left -= body;
    flow->unacknowledged++;
    send_next(generator, flow, SERVER, flow->left ? ACK : PSH | ACK,
              generator->body + next_random(generator) % BODY_SIZE, body);
    return flow->left && flow->unacknowledged < 2 ? MORE : MORE_ACK;
}

static int step_more_ack(Generator *generator, Flow *flow)
{
    flow->unacknowledged = 0;
    send_next(generator, flow, CLIENT, ACK, NULL, 0);
    if (flow->left || flow->record)
        return MORE;
    if (flow->exchanges == 0)
        return CLOSE;
    return chance(generator, 3) ? PROBE : REQUEST;
}

static int step_probe(Generator *generator, Flow *flow)
{
    send_at(generator, flow, CLIENT, ACK, flow->seq[CLIENT] - 1, NULL, 0);
    return PROBE_ANSWER;
}

static int step_probe_answer(Generator *generator, Flow *flow)
{
    send_next(generator, flow, SERVER, ACK, NULL, 0);
    return REQUEST;
}

static int step_close(Generator *generator, Flow *flow)
{
    uint8_t alert[TLS_RECORD_HEAD + 2 + TLS_RECORD_TAIL];
    if (chance(generator, 2)) {
        send_next(generator, flow, CLIENT, RST | ACK, NULL, 0);
        return DONE;
    }
    if (generator->mode->tls) /* close_notify, RFC 8446 6.1 */
        send_next(generator, flow, SERVER, PSH | ACK, alert, tls_data(alert, 2, noise(generator)));
    send_next(generator, flow, SERVER, FIN | ACK, NULL, 0);
    return CLOSE_REPLY;
}

static int step_close_reply(Generator *generator, Flow *flow)
{
    send_next(generator, flow, CLIENT, FIN | ACK, NULL, 0);
    return CLOSE_ACK;
}

static int step_close_ack(Generator *generator, Flow *flow)
{
    send_next(generator, flow, SERVER, ACK, NULL, 0);
    return DONE;
}

static int (*const steps[DONE])(Generator *, Flow *) = {
    [OPEN] = step_open,
    [OPEN_REPLY] = step_open_reply,
    [OPEN_ACK] = step_open_ack,
    [HELLO] = step_hello,
    [HELLO_REPLY] = step_hello_reply,
    [FINISHED] = step_finished,
    [REQUEST] = step_request,
    [RESPONSE] = step_response,
    [MORE] = step_more,
    [MORE_ACK] = step_more_ack,
    [PROBE] = step_probe,
    [PROBE_ANSWER] = step_probe_answer,
    [CLOSE] = step_close,
    [CLOSE_REPLY] = step_close_reply,
    [CLOSE_ACK] = step_close_ack,
};

/* No two connections of a capture share a four-tuple: the client's address changes every 60,000. */
static void start_flow(Generator *generator, Flow *flow)
{
    uint32_t number = generator->flows++;
    *flow = (Flow){.address = {0x0a010002 + number / 60000, 0x0a020001 + number % 200},
                   .port = {(uint16_t)(2000 + number % 60000), generator->mode->port},
                   .seq = {next_random(generator), next_random(generator)},
                   .state = OPEN,
                   .exchanges = between(generator, generator->mode->exchanges)};
}

static void generate(Generator *generator)
{
    static Flow crowd[CROWD];
    for (int i = 0; i < CROWD; i++)
        start_flow(generator, &crowd[i]);
    while (generator->packets < generator->limit) {
        Flow *flow = &crowd[next_random(generator) % CROWD];
        flow->state = steps[flow->state](generator, flow);
        if (flow->state == DONE)
            start_flow(generator, flow);
    }
}

static void write_file_head(Generator *generator)
{
    /* pcap with microseconds, big-endian as put32() writes: version 2.4, snap length 262144, Ethernet. */
    static const uint8_t head[24] = {0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, [17] = 4, [23] = 1};
    fwrite(head, sizeof head, 1, generator->out);
}

static void fill_body(Generator *generator)
{
    static const char text[] = "<p>The quick brown fox jumps over the lazy dog.</p>\n";
    for (size_t i = 0; i < sizeof generator->body; i++)
        generator->body[i] =
            generator->mode->opaque ? (uint8_t)next_random(generator) : (uint8_t)text[i % (sizeof text - 1)];
}

static const Mode *find_mode(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    return NULL;
}

static int usage(void)
{
    fputs("usage: gencap FILE MODE PACKETS SEED\nModes:\n", stderr);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        fprintf(stderr, "  %-6s %s\n", modes[i].name, modes[i].about);
    return 2;
}

int main(int argc, char **argv)
{
    static Generator generator = {.time_us = UINT64_C(1713434400000000)};
    char *end = NULL;
    if (argc != 5 || (generator.mode = find_mode(argv[2])) == NULL)
        return usage();
    generator.limit = strtoull(argv[3], &end, 10);
    if (*end != '\0' || generator.limit == 0) {
        fprintf(stderr, "gencap: '%s' is no number of packets\n", argv[3]);
        return 2;
    }
    generator.random = strtoull(argv[4], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
    generator.out = fopen(argv[1], "wb");
    if (generator.out == NULL) {
        perror(argv[1]);
        return 1;
    }
    fill_body(&generator);
    write_file_head(&generator);
    generate(&generator);
    if (ferror(generator.out) || fclose(generator.out) != 0) {
        perror(argv[1]);
        return 1;
    }
    fprintf(stderr, "%s: %" PRIu64 " packets, %" PRIu32 " connections\n", argv[1], generator.packets,
            generator.flows);
    return 0;
}
