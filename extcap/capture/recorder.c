/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recorder.h"

static int compile(struct bpf_program *program, const char *filter, int link_type, char **words)
{
    pcap_t *dead = pcap_open_dead(link_type, LAB_SNAP_LENGTH);
    int result = pcap_compile(dead, program, filter, 1, PCAP_NETMASK_UNKNOWN);
    if (result != 0 && words)
        *words = g_strdup(pcap_geterr(dead));
    pcap_close(dead);
    return result;
}

char *recorder_check_filter(const char *filter, int link_type)
{
    struct bpf_program program;
    char *words = NULL;
    if (compile(&program, filter, link_type, &words) == 0)
        pcap_freecode(&program);
    return words;
}

void recorder_filter(lab_recorder_t *r, const char *filter, int link_type)
{
    r->filtering = compile(&r->program, filter, link_type, NULL) == 0;
}

static bool wanted(const lab_recorder_t *r, const uint8_t *data, unsigned captured, unsigned length)
{
    struct pcap_pkthdr header = {.caplen = captured, .len = length};
    return !r->filtering || pcap_offline_filter(&r->program, &header, data) != 0;
}

void recorder_packet(lab_recorder_t *r, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                     unsigned length)
{
    if (!wanted(r, data, captured, length))
        return;
    r->packets++;
    GByteArray *out = r->secrets ? secrets_before(r->secrets, data, captured) : writer_queue(r->writer);
    pcapng_put_packet(out, nanoseconds, data, captured, length);
}

void recorder_clear(lab_recorder_t *r)
{
    if (r->filtering)
        pcap_freecode(&r->program);
    r->filtering = false;
}
