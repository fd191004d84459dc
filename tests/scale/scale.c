/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scale.c - what a capture costs the engine, the report and what is shown of each frame: counted steps, time
 * and memory.
 *
 * usage: scale CAPTURE
 * Reads a pcap file of raw IP packets (link type 101, nanoseconds) and prints one line: segments, steps
 * counted by work.h, milliseconds of CPU time, kilobytes of memory at most; then what the engine keeps when
 * all was read, in bytes (0 where the C library does not count it), bytes of payload, connections.
 */
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "hash.h"
#include "lab.h"
#include "report.h"
#include "shown.h"
#include "work.h"

#define PCAP_NANOSECONDS 0xa1b23c4du
#define RAW_IP           101u
#define SECOND           INT64_C(1000000000)

typedef struct {
    lab_engine_t *engine;
    lab_map_t *newest; /* endpoints -> stream_t */
    uint32_t frame, streams, segments;
    uint64_t payload;
    int64_t time;
} scale_t;

/* Wireshark begins a new stream at a SYN with another number. */
typedef struct {
    uint32_t number, isn;
    bool syn;
} stream_t;

/* Bytes that are allocated. */
static size_t allocated(void)
{
#if defined __GLIBC__ && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

static uint16_t number16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t number32(const uint8_t *p)
{
    return (uint32_t)number16(p) << 16 | number16(p + 2);
}

static lab_endpoint_t endpoint(const uint8_t *address, uint8_t length, uint16_t port)
{
    lab_endpoint_t e = {.length = length, .port = port};
    memcpy(e.address, address, length);
    return e;
}

static uint32_t stream_of(scale_t *s, const lab_segment_t *seg)
{
    lab_endpoint_t ends[2];
    memset(ends, 0, sizeof ends);
    bool turned = memcmp(&seg->src, &seg->dst, sizeof seg->src) > 0;
    memcpy(&ends[turned], &seg->src, sizeof seg->src);
    memcpy(&ends[!turned], &seg->dst, sizeof seg->dst);
    stream_t *stream = lab_map_get(s->newest, ends, sizeof ends);
    bool syn = (seg->flags & (LAB_TH_SYN | LAB_TH_ACK)) == LAB_TH_SYN;
    if (!stream || (syn && stream->syn && stream->isn != seg->seq)) {
        stream = g_new(stream_t, 1);
        *stream = (stream_t){s->streams++, seg->seq, syn};
        lab_map_set(s->newest, ends, sizeof ends, stream);
    }
    return stream->number;
}

static void take_tcp(scale_t *s, const uint8_t *p, uint32_t length, lab_endpoint_t src, lab_endpoint_t dst)
{
    uint32_t header = (p[12] >> 4) * 4u;
    lab_segment_t seg = {.frame = s->frame,
                         .time = s->time,
                         .src = src,
                         .dst = dst,
                         .seq = number32(p + 4),
                         .ack = number32(p + 8),
                         .flags = p[13],
                         .window = number16(p + 14),
                         .ttl = 64,
                         .length = length - header,
                         .captured = length - header,
                         .payload = p + header};
    s->payload += seg.length;
    seg.ip_id = (uint16_t)s->frame;
    seg.stream = stream_of(s, &seg);
    s->segments++;
    lab_engine_segment(s->engine, &seg);
}

static void take_packet(scale_t *s, const uint8_t *p, uint32_t length)
{
    bool six = p[0] >> 4 == 6;
    const uint8_t *addresses = p + (six ? 8 : 12), *content = p + (six ? 40 : 20);
    uint8_t bytes = six ? 16 : 4, protocol = six ? p[6] : p[9];
    uint32_t left = length - (uint32_t)(content - p);
    lab_endpoint_t src = endpoint(addresses, bytes, number16(content));
    lab_endpoint_t dst = endpoint(addresses + bytes, bytes, number16(content + 2));
    if (protocol == 6) {
        take_tcp(s, content, left, src, dst);
        return;
    }
    const lab_datagram_t datagram = {s->frame, s->time, src, dst, content + 8, left - 8};
    lab_engine_dns(s->engine, &datagram);
    s->segments++;
    s->payload += datagram.captured;
}

/* Everything that the plugin shows of a frame: when it was read, and once all were. */
static void show(const scale_t *s, uint32_t frame, bool whole)
{
    shown_free(shown_frame(s->engine, frame, whole));
}

static bool feed(scale_t *s, FILE *file)
{
    static uint8_t packet[1 << 18];
    uint32_t head[6], record[4];
    if (fread(head, sizeof head, 1, file) != 1 || head[0] != PCAP_NANOSECONDS || head[5] != RAW_IP)
        return false;
    while (fread(record, sizeof record, 1, file) == 1) {
        if (record[2] < 40 || record[2] > sizeof packet || fread(packet, record[2], 1, file) != 1)
            return false;
        s->frame++;
        s->time = record[0] * SECOND + record[1];
        take_packet(s, packet, record[2]);
        show(s, s->frame, false);
    }
    return true;
}

static void write_one(const lab_report_t *report, lab_report_write_t write)
{
    GString *out = g_string_new(NULL);
    write(report, out);
    g_string_free(out, TRUE);
}

static void write_reports(const scale_t *s)
{
    static const lab_report_write_t tables[] = {lab_report_connections, lab_report_exchanges,
                                                lab_report_anomalies, lab_report_pages, lab_report_resets};
    const lab_report_format_t *const lists[] = {lab_report_formats, lab_homework_formats,
                                                lab_solution_formats};
    const lab_report_t report = {.engine = s->engine, .frames = s->frame, .lang = LAB_LANG_EN};
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        write_one(&report, tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        for (const lab_report_format_t *format = lists[i]; format->name; format++)
            write_one(&report, format->write);
    for (uint32_t frame = 1; frame <= s->frame; frame++)
        show(s, frame, true);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fprintf(stderr, "scale: cannot read '%s': name a capture\n", argc == 2 ? argv[1] : "");
        return 2;
    }
    size_t before = allocated();
    scale_t s = {.engine = lab_engine_new(), .newest = lab_map_new(g_free)};
    if (!feed(&s, file)) {
        fprintf(stderr, "scale: '%s' is no pcap file of raw IP packets: make it with generate.py\n", argv[1]);
        return 2;
    }
    lab_map_free(s.newest);
    size_t kept = allocated() - before;
    write_reports(&s);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%u %" G_GUINT64_FORMAT " %ld %ld %zu %" G_GUINT64_FORMAT " %u\n", s.segments, lab_work_steps,
           clock() / (CLOCKS_PER_SEC / 1000), usage.ru_maxrss, kept, s.payload, s.streams);
    fclose(file);
    lab_engine_free(s.engine);
    return 0;
}
