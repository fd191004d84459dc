/* Packets on their way into the capture: an optional filter, pcapng, the writer. */
#ifndef LABDUMP_RECORDER_H
#define LABDUMP_RECORDER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <pcap/pcap.h>

#include "pcapng.h"
#include "writer.h"

typedef struct {
    lab_writer_t *writer;
    struct bpf_program program; /* in use if filtering */
    bool filtering;
    uint64_t packets; /* written */
    uint64_t seen;
} lab_recorder_t;

/* NULL if the filter is good for this link type, else libpcap's words; free them with g_free(). */
char *recorder_check_filter(const char *filter, int link_type);

/* Filters here, for captures that libpcap does not make itself. The filter was checked before. */
void recorder_filter(lab_recorder_t *recorder, const char *filter, int link_type);

void recorder_packet(lab_recorder_t *recorder, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                     unsigned length);

/* Lets go of the filter; the writer stays its owner's. */
void recorder_clear(lab_recorder_t *recorder);

#endif
