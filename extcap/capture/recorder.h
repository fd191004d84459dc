/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes packets to the capture as pcapng, those that match an optional capture filter. */
#ifndef LABDUMP_RECORDER_H
#define LABDUMP_RECORDER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <pcap/pcap.h>

#include "pcapng.h"
#include "secrets.h"
#include "writer.h"

/* Bytes of a packet that are captured at most: as many as Wireshark takes. */
enum { LAB_SNAP_LENGTH = 262144 };

typedef struct {
    lab_writer_t *writer;
    lab_secrets_t *secrets;     /* put in front of the packets that need them; NULL: none */
    struct bpf_program program; /* in use if filtering */
    bool filtering;
    uint64_t packets; /* written */
} lab_recorder_t;

/* NULL if the filter is valid for this link type (LINKTYPE_ number), else libpcap's message, to be freed with
 * g_free(). */
char *recorder_check_filter(const char *filter, int link_type);

/* Filters in recorder_packet(), for frames that do not come from libpcap. The filter was checked before. */
void recorder_filter(lab_recorder_t *recorder, const char *filter, int link_type);

void recorder_packet(lab_recorder_t *recorder, uint64_t nanoseconds, const uint8_t *data, unsigned captured,
                     unsigned length);

/* Frees the filter, not the writer. */
void recorder_clear(lab_recorder_t *recorder);

#endif
