/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "livecap.h"

#include <glib-unix.h>

/* libpcap's immediate mode is not used. On loopback, where frames can be 64 KB long, it gives every packet a
 * slot of 128 KB in the ring buffer, and a burst of a few hundred packets overruns it. Without immediate mode
 * the packets are packed tightly, and are handed over after HAND_OVER_MILLISECONDS at the latest. */
enum { RING_BYTES = 64 << 20, HAND_OVER_MILLISECONDS = 10 };

static lab_livecap_result_t judge(int status)
{
    switch (status) {
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return LIVECAP_NO_RIGHTS;
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return LIVECAP_NO_DEVICE;
    default:
        return status < 0 ? LIVECAP_FAILED : LIVECAP_OK;
    }
}

static int configure(lab_livecap_t *live, pcap_t *p)
{
    int status = pcap_set_snaplen(p, LAB_SNAP_LENGTH);
    if (status == 0)
        status = pcap_set_promisc(p, 0);
    if (status == 0)
        status = pcap_set_timeout(p, HAND_OVER_MILLISECONDS);
    if (status == 0)
        status = pcap_set_buffer_size(p, RING_BYTES);
    live->nanoseconds = pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO) == 0;
    return status;
}

lab_livecap_result_t livecap_open(lab_livecap_t *live, const char *device, char **why)
{
    char words[PCAP_ERRBUF_SIZE] = "";
    pcap_t *p = pcap_create(device, words);
    if (!p) {
        *why = g_strdup(words);
        return LIVECAP_FAILED;
    }
    int status = configure(live, p);
    if (status >= 0)
        status = pcap_activate(p);
    if (status >= 0 && pcap_setnonblock(p, 1, words) < 0)
        status = PCAP_ERROR;
    if (status < 0) {
        const char *more = pcap_geterr(p);
        *why = g_strdup(*more ? more : pcap_statustostr(status));
        pcap_close(p);
        return judge(status);
    }
    live->pcap = p;
    return LIVECAP_OK;
}

bool livecap_filter(lab_livecap_t *live, const char *filter)
{
    struct bpf_program program;
    if (pcap_compile(live->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return false;
    int result = pcap_setfilter(live->pcap, &program);
    pcap_freecode(&program);
    return result == 0;
}

int livecap_link_type(const lab_livecap_t *live)
{
    return pcap_datalink(live->pcap);
}

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    lab_livecap_t *live = (lab_livecap_t *)user;
    /* In nanosecond precision, tv_usec holds nanoseconds. */
    uint64_t fraction = (uint64_t)header->ts.tv_usec * (live->nanoseconds ? 1 : 1000);
    recorder_packet(live->recorder, (uint64_t)header->ts.tv_sec * 1000000000u + fraction, data,
                    header->caplen, header->len);
}

static gboolean on_readable(int fd, GIOCondition condition, void *data)
{
    lab_livecap_t *live = data;
    (void)fd, (void)condition;
    if (pcap_dispatch(live->pcap, -1, on_packet, (u_char *)live) < 0) {
        live->watch = 0;
        live->lost(pcap_geterr(live->pcap), live->data);
        return G_SOURCE_REMOVE;
    }
    writer_flush(live->recorder->writer);
    return G_SOURCE_CONTINUE;
}

void livecap_start(lab_livecap_t *live, lab_recorder_t *recorder, void (*lost)(const char *, void *),
                   void *data)
{
    live->recorder = recorder;
    live->lost = lost;
    live->data = data;
    livecap_pause(live, false);
}

void livecap_pause(lab_livecap_t *live, bool pause)
{
    if (live->watch)
        g_source_remove(live->watch);
    live->watch = pause ? 0 : g_unix_fd_add(pcap_get_selectable_fd(live->pcap), G_IO_IN, on_readable, live);
}

bool livecap_pump(lab_livecap_t *live)
{
    int count = pcap_dispatch(live->pcap, -1, on_packet, (u_char *)live);
    writer_flush(live->recorder->writer);
    return count > 0;
}

void livecap_wait(void)
{
    g_usleep(2000ul * HAND_OVER_MILLISECONDS);
}

uint64_t livecap_dropped(lab_livecap_t *live)
{
    struct pcap_stat st;
    return pcap_stats(live->pcap, &st) == 0 ? st.ps_drop : 0;
}

void livecap_close(lab_livecap_t *live)
{
    if (!live->pcap)
        return;
    if (live->watch)
        g_source_remove(live->watch);
    pcap_close(live->pcap);
    live->pcap = NULL;
}
