#include "livecap.h"

#include <glib-unix.h>

/*
 * Not libpcap's immediate mode: it gives every packet a slot of 128 KB on loopback, where frames can be that
 * long, and a burst of a few hundred packets is more than a ring of any decent size holds. Without it the
 * ring is packed tightly, and what is in it is handed over after these milliseconds at the latest.
 */
enum { SNAP_LENGTH = 262144, RING_BYTES = 64 << 20, HAND_OVER_MILLISECONDS = 10 };

static enum livecap_result judge(int status)
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

static int configure(struct livecap *live, pcap_t *p)
{
    int status = pcap_set_snaplen(p, SNAP_LENGTH);
    if (status == 0)
        status = pcap_set_promisc(p, 0);
    if (status == 0)
        status = pcap_set_timeout(p, HAND_OVER_MILLISECONDS);
    if (status == 0)
        status = pcap_set_buffer_size(p, RING_BYTES);
    live->nanoseconds = pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO) == 0;
    return status;
}

enum livecap_result livecap_open(struct livecap *live, const char *device, char **why)
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

gboolean livecap_filter(struct livecap *live, const char *filter)
{
    struct bpf_program program;
    if (pcap_compile(live->pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return FALSE;
    int result = pcap_setfilter(live->pcap, &program);
    pcap_freecode(&program);
    return result == 0;
}

int livecap_link_type(const struct livecap *live)
{
    return pcap_datalink(live->pcap);
}

static void on_packet(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    struct livecap *live = (struct livecap *)user;
    /* tv_usec holds nanoseconds where they were granted */
    guint64 fraction = (guint64)header->ts.tv_usec * (live->nanoseconds ? 1 : 1000);
    recorder_packet(live->recorder, (guint64)header->ts.tv_sec * 1000000000u + fraction, data, header->caplen,
                    header->len);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    struct livecap *live = data;
    (void)fd, (void)condition;
    if (pcap_dispatch(live->pcap, -1, on_packet, (u_char *)live) < 0) {
        live->watch = 0;
        live->lost(pcap_geterr(live->pcap), live->data);
        return G_SOURCE_REMOVE;
    }
    writer_flush(live->recorder->writer);
    return G_SOURCE_CONTINUE;
}

void livecap_start(struct livecap *live, struct recorder *recorder, void (*lost)(const char *, gpointer),
                   gpointer data)
{
    live->recorder = recorder;
    live->lost = lost;
    live->data = data;
    live->watch = g_unix_fd_add(pcap_get_selectable_fd(live->pcap), G_IO_IN, on_readable, live);
}

gboolean livecap_pump(struct livecap *live)
{
    int count = pcap_dispatch(live->pcap, -1, on_packet, (u_char *)live);
    writer_flush(live->recorder->writer);
    return count > 0;
}

void livecap_wait(void)
{
    g_usleep(2000ul * HAND_OVER_MILLISECONDS);
}

guint64 livecap_dropped(struct livecap *live)
{
    struct pcap_stat st;
    return pcap_stats(live->pcap, &st) == 0 ? st.ps_drop : 0;
}

void livecap_close(struct livecap *live)
{
    if (!live->pcap)
        return;
    if (live->watch)
        g_source_remove(live->watch);
    pcap_close(live->pcap);
    live->pcap = NULL;
}
