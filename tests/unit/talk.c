/* SPDX-License-Identifier: GPL-2.0-or-later */
/* talk.c - see talk.h. */
#include "talk.h"

#include <string.h>

#include "tcpgen.h"
#include "tlsrec.h"

#define SECOND INT64_C(1000000000)

typedef struct {
    talk_t *talk;
    uint64_t random;
    int64_t time;
    uint32_t isn[2], next[2], acked[2]; /* raw numbers: of the SYN, the next byte, and what it acknowledges */
    uint32_t stream, decrypted[2];      /* decrypted: bytes of application data so far */
    bool tls, known;                    /* known: with keys */
    unsigned hello;                     /* records of the TLS handshake so far */
    unsigned requests;
    int last[2]; /* its newest segment with bytes, -1 = none */
} sim_t;

static bool one_in(sim_t *s, uint32_t n)
{
    return gen_random(&s->random, n) == 0;
}

static const char *any(sim_t *s, const char *const *texts, uint32_t n)
{
    return texts[gen_random(&s->random, n)];
}
#define ANY(s, texts) any(s, texts, G_N_ELEMENTS(texts))

static lab_endpoint_t endpoint(unsigned side, uint16_t port)
{
    return (lab_endpoint_t){.address = {10, 0, 0, (uint8_t)(side + 1)}, .length = 4, .port = port};
}

/* Not every segment is captured, and not at once. */
static void capture(sim_t *s, const talk_frame_t *frame)
{
    GArray *frames = s->talk->frames;
    if (one_in(s, 25))
        return;
    if (one_in(s, 20) && frames->len && !frame->dns) {
        talk_frame_t before = g_array_index(frames, talk_frame_t, frames->len - 1);
        g_array_index(frames, talk_frame_t, frames->len - 1) = *frame;
        g_array_append_val(frames, before);
        return;
    }
    g_array_append_val(frames, *frame);
    if (one_in(s, 60))
        g_array_append_val(frames, *frame);
}

static talk_frame_t segment(sim_t *s, unsigned side, uint16_t flags, uint32_t seq, const void *data, gsize n)
{
    talk_frame_t f = {.dns = false};
    uint16_t server = s->tls ? 443 : 80;
    s->time += one_in(s, 30) ? SECOND * (1 + gen_random(&s->random, 20)) : 1000000;
    f.seg.time = s->time;
    f.seg.stream = s->stream;
    f.seg.src = endpoint(side, side ? server : 40000);
    f.seg.dst = endpoint(!side, side ? 40000 : server);
    f.seg.seq = seq;
    f.seg.flags = flags;
    f.seg.ack = flags & LAB_TH_ACK ? s->acked[side] : 0;
    f.seg.window = one_in(s, 40) ? 0 : 60000;
    f.seg.ttl = (uint8_t)(one_in(s, 60) ? 50 : 64);
    f.seg.ip_id = (uint16_t)gen_random(&s->random, 0xffff);
    f.seg.length = f.seg.captured = (uint32_t)n;
    if (n) {
        f.seg.payload = g_memdup2(data, n);
        g_ptr_array_add(s->talk->kept, (gpointer)f.seg.payload);
    }
    return f;
}

/* The other side has what was sent, in most cases. */
static void arrives(sim_t *s, unsigned side)
{
    if (!one_in(s, 12))
        s->acked[!side] = s->next[side];
}

static void flags_only(sim_t *s, unsigned side, uint16_t flags)
{
    talk_frame_t f = segment(s, side, flags, s->next[side], NULL, 0);
    s->next[side] += (flags & (LAB_TH_SYN | LAB_TH_FIN)) != 0;
    capture(s, &f);
    arrives(s, side);
}

static void bytes(sim_t *s, unsigned side, const void *data, gsize n, const lab_decrypted_record_t *record)
{
    gsize first = n > 1 && one_in(s, 5) ? 1 + gen_random(&s->random, (uint32_t)n - 1) : n;
    for (gsize at = 0; at < n; at = first, first = n) {
        bool last = first == n;
        uint16_t fin = last && one_in(s, 40) ? LAB_TH_FIN : 0;
        talk_frame_t f = segment(s, side, (uint16_t)(LAB_TH_ACK | LAB_TH_PSH | fin), s->next[side],
                                 (const char *)data + at, first - at);
        if (record && last) {
            f.seg.decrypted = record;
            f.seg.decrypted_count = 1;
        }
        s->next[side] += f.seg.length + (fin != 0);
        capture(s, &f);
        s->last[side] = (int)s->talk->frames->len - 1;
        arrives(s, side);
    }
}

/* ---- what is said ---- */

static void encrypted(sim_t *s, unsigned side, unsigned type, const char *text, gsize n)
{
    GByteArray *record = g_byte_array_new();
    const uint8_t head[] = {23, 3, 3, (uint8_t)((n + 17) >> 8), (uint8_t)(n + 17)};
    g_byte_array_append(record, head, sizeof head);
    g_byte_array_set_size(record, record->len + (guint)n + 17);
    memset(record->data + sizeof head, 0x5a, n + 17);
    lab_decrypted_record_t *d = g_new(lab_decrypted_record_t, 1);
    char *content = g_memdup2(text, n);
    *d = (lab_decrypted_record_t){(uint8_t)type, (uint32_t)n, (const uint8_t *)content,
                                  type == 23 ? s->decrypted[side] : 0};
    g_ptr_array_add(s->talk->kept, d);
    g_ptr_array_add(s->talk->kept, content);
    s->decrypted[side] += type == 23 ? (uint32_t)n : 0;
    bytes(s, side, record->data, record->len, s->known && !one_in(s, 8) ? d : NULL);
    g_byte_array_unref(record);
}

static void say(sim_t *s, unsigned side, const char *text)
{
    if (s->tls)
        encrypted(s, side, 23, text, strlen(text));
    else
        bytes(s, side, text, strlen(text), NULL);
}

static void ask(sim_t *s)
{
    static const char *const methods[] = {"GET", "GET", "POST", "HEAD", "BREW"};
    static const char *const fields[] = {"",
                                         "Connection: close\r\n",
                                         "Accept: text/html\r\n",
                                         "Referer: http://h/1\r\n",
                                         "Content-Length: 3\r\n",
                                         "Transfer-Encoding: chunked\r\n"};
    char *text = g_strdup_printf("%s /%u HTTP/1.%u\r\nHost: %s\r\n%s\r\n%s", ANY(s, methods), ++s->requests,
                                 one_in(s, 8) ? 0 : 1, one_in(s, 5) ? "other" : "h", ANY(s, fields),
                                 one_in(s, 6) ? "abc" : "");
    say(s, 0, text);
    g_free(text);
}

static void answer(sim_t *s)
{
    static const char *const statuses[] = {"200 OK",
                                           "200",
                                           "404 Not Found",
                                           "302 Found",
                                           "408 Request Timeout",
                                           "101 Switching Protocols",
                                           "304 Not Modified"};
    static const char *const fields[] = {"Content-Length: 0\r\n",
                                         "Content-Length: 2\r\n",
                                         "Content-Length: 9\r\n",
                                         "",
                                         "Transfer-Encoding: chunked\r\n",
                                         "Content-Length: 0\r\nKeep-Alive: timeout=5, max=1\r\n",
                                         "Content-Length: 0\r\nKeep-Alive: timeout=1\r\n",
                                         "Content-Length: 0\r\nConnection: close\r\n",
                                         "Content-Type: text/html\r\nContent-Length: 2\r\n",
                                         "Content-Type: application/zip\r\nContent-Length: 2\r\n"};
    static const char *const bodies[] = {"", "", "ab", "1\r\nx\r\n0\r\nA: b\r\n\r\n", "1\r\nx\r\n"};
    static const char *const interims[] = {"HTTP/1.1 100 Continue\r\n\r\n",
                                           "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"};
    GString *text = g_string_new(NULL);
    while (one_in(s, 5))
        g_string_append(text, ANY(s, interims));
    if (!text->len || !one_in(s, 3))
        g_string_append_printf(text, "HTTP/1.1 %s\r\n%s\r\n%s", ANY(s, statuses), ANY(s, fields),
                               ANY(s, bodies));
    say(s, 1, text->str);
    g_string_free(text, TRUE);
}

static void handshake_of_tls(sim_t *s)
{
    static const char *const handshakes[] = {"C3yaYA", "CsekdKYFyf", "CsyfYF", "CrC3aA",
                                             "EApaA",  "Cx",         "CpaA"};
    const char *records = ANY(s, handshakes);
    for (const char *p = records; *p; p++) {
        GByteArray *record = tls_record_of(*p);
        bytes(s, g_ascii_isupper(*p) ? 0 : *p == '3' ? 1 : 1, record->data, record->len, NULL);
        g_byte_array_unref(record);
        if (one_in(s, 25))
            return;
    }
}

static void alert(sim_t *s)
{
    static const char close_notify[] = {1, 0};
    unsigned side = gen_random(&s->random, 2);
    if (s->known)
        encrypted(s, side, 21, close_notify, sizeof close_notify);
    else
        bytes(s, side, "\x15\x03\x03\0\x02\x02\x28", 7, NULL);
}

/* ---- what happens ---- */

static void exchange(sim_t *s)
{
    unsigned pipelined = one_in(s, 4) ? 2 : 1;
    for (unsigned i = 0; i < pipelined; i++)
        ask(s);
    if (one_in(s, 3))
        flags_only(s, 1, LAB_TH_ACK);
    for (unsigned i = 0; i < pipelined && !one_in(s, 8); i++)
        answer(s);
    if (one_in(s, 2))
        flags_only(s, 0, LAB_TH_ACK);
}

static void reset(sim_t *s)
{
    static const int32_t places[] = {0, 0, 0, 1000, -20, 1000000};
    unsigned side = gen_random(&s->random, 2);
    uint16_t ack = one_in(s, 2) ? LAB_TH_ACK : 0;
    uint32_t seq = one_in(s, 3) ? s->acked[!side] : s->next[side];
    talk_frame_t f = segment(s, side, (uint16_t)(LAB_TH_RST | ack),
                             seq + (uint32_t)places[gen_random(&s->random, G_N_ELEMENTS(places))], NULL, 0);
    capture(s, &f);
}

static void repeat(sim_t *s)
{
    unsigned side = gen_random(&s->random, 2);
    if (s->last[side] < 0 || (guint)s->last[side] >= s->talk->frames->len)
        return;
    talk_frame_t f = g_array_index(s->talk->frames, talk_frame_t, s->last[side]);
    if (f.dns)
        return;
    f.seg.ip_id++;
    f.seg.time = s->time += 1000000;
    capture(s, &f);
}

static void probe(sim_t *s)
{
    unsigned side = gen_random(&s->random, 2);
    s->time += 60 * SECOND;
    talk_frame_t f = segment(s, side, LAB_TH_ACK, s->next[side] - 1, NULL, 0);
    capture(s, &f);
    if (one_in(s, 2))
        flags_only(s, !side, LAB_TH_ACK);
}

static void stray_syn(sim_t *s)
{
    uint32_t kept = s->next[0];
    s->next[0] += 3000000;
    s->stream += one_in(s, 2);
    flags_only(s, 0, LAB_TH_SYN);
    if (one_in(s, 3)) { /* it is a new connection */
        s->isn[0] = s->next[0] - 1;
        s->isn[1] = s->next[1] = s->next[1] + 70000;
        flags_only(s, 1, LAB_TH_SYN | LAB_TH_ACK);
        flags_only(s, 0, LAB_TH_ACK);
        return;
    }
    s->next[0] = s->acked[1] = kept;
    if (one_in(s, 2))
        flags_only(s, 1, LAB_TH_ACK);
}

static void open_connection(sim_t *s)
{
    while (one_in(s, 4)) {
        s->next[0] = s->isn[0];
        flags_only(s, 0, LAB_TH_SYN);
        s->acked[1] = s->isn[0] + 1;
        talk_frame_t f = segment(s, 1, LAB_TH_RST | LAB_TH_ACK, 0, NULL, 0);
        capture(s, &f);
    }
    s->next[0] = s->isn[0];
    flags_only(s, 0, LAB_TH_SYN);
    s->acked[1] = s->next[0];
    flags_only(s, 1, LAB_TH_SYN | LAB_TH_ACK);
    s->acked[0] = s->next[1];
    flags_only(s, 0, LAB_TH_ACK);
}

static void close_connection(sim_t *s)
{
    unsigned first = gen_random(&s->random, 2);
    if (one_in(s, 2))
        s->time += SECOND * (1 + gen_random(&s->random, 6));
    flags_only(s, first, LAB_TH_FIN | LAB_TH_ACK);
    if (one_in(s, 3))
        exchange(s);
    if (one_in(s, 3)) /* the FINs cross */
        s->acked[!first] -= 1;
    flags_only(s, !first, LAB_TH_FIN | LAB_TH_ACK);
    flags_only(s, first, LAB_TH_ACK);
}

static void fin_again(sim_t *s)
{
    unsigned side = gen_random(&s->random, 2);
    s->next[side]--;
    flags_only(s, side, LAB_TH_FIN | LAB_TH_ACK);
}

static void look_up(sim_t *s)
{
    static const uint8_t query[] = "\0\1\1\0\0\1\0\0\0\0\0\0\1h\0\0\1\0\1";
    static const uint8_t answered[] =
        "\0\1\x81\x80\0\1\0\1\0\0\0\0\1h\0\0\1\0\1\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x0a\0\0\2";
    for (unsigned side = 0; side < 2; side++) {
        talk_frame_t f = {.dns = true};
        f.seg.time = s->time += 1000000;
        f.seg.src = endpoint(side ? 8 : 0, side ? 53 : 5353);
        f.seg.dst = endpoint(side ? 0 : 8, side ? 5353 : 53);
        f.seg.payload = side ? answered : query;
        f.seg.captured = (side ? sizeof answered : sizeof query) - 1;
        capture(s, &f);
    }
}

static void step(sim_t *s)
{
    static void (*const steps[])(sim_t * s) = {exchange,  exchange,         exchange, exchange,
                                               exchange,  repeat,           reset,    probe,
                                               stray_syn, close_connection, fin_again};
    void (*does)(sim_t * s) = steps[gen_random(&s->random, G_N_ELEMENTS(steps))];
    does(s);
    if (s->tls && one_in(s, 12))
        alert(s);
}

talk_t *talk_new(uint64_t seed)
{
    sim_t s = {
        .talk = g_new(talk_t, 1), .random = seed, .time = INT64_C(1700000000000000000), .last = {-1, -1}};
    s.talk->frames = g_array_new(FALSE, FALSE, sizeof(talk_frame_t));
    s.talk->kept = g_ptr_array_new_with_free_func(g_free);
    s.isn[0] = s.next[0] = 1000;
    s.isn[1] = s.next[1] = 90000;
    s.tls = one_in(&s, 3);
    s.known = one_in(&s, 2);
    if (one_in(&s, 4))
        look_up(&s);
    if (!one_in(&s, 8))
        open_connection(&s);
    else
        s.acked[0] = s.next[1] = 90001, s.acked[1] = s.next[0] = 1001;
    if (s.tls)
        handshake_of_tls(&s);
    for (unsigned n = 2 + gen_random(&s.random, 6); n; n--)
        step(&s);
    if (!one_in(&s, 4))
        close_connection(&s);
    if (one_in(&s, 3))
        reset(&s);
    return s.talk;
}

void talk_free(talk_t *talk)
{
    g_array_unref(talk->frames);
    g_ptr_array_unref(talk->kept);
    g_free(talk);
}
