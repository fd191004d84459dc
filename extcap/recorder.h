/* Packets on their way into the capture: an optional filter, pcapng, the writer. */
#ifndef LABDUMP_RECORDER_H
#define LABDUMP_RECORDER_H

#include <glib.h>
#include <pcap/pcap.h>

#include "pcapng.h"
#include "writer.h"

struct recorder {
    struct writer *writer;
    struct bpf_program program; /* in use if filtering */
    gboolean filtering;
    guint64 packets; /* written */
    guint64 seen;
};

/* NULL if the filter is good for this link type, else libpcap's words; free them with g_free(). */
char *recorder_check_filter(const char *filter, int link_type);

/* Filters here, for captures that libpcap does not make itself. The filter was checked before. */
void recorder_filter(struct recorder *recorder, const char *filter, int link_type);

void recorder_packet(struct recorder *recorder, guint64 nanoseconds, const guint8 *data, guint captured,
                     guint length);

/* Lets go of the filter; the writer stays its owner's. */
void recorder_clear(struct recorder *recorder);

#endif
