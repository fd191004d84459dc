/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capturing on an existing device with libpcap. */
#ifndef LABDUMP_LIVECAP_H
#define LABDUMP_LIVECAP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <pcap/pcap.h>

#include "recorder.h"

typedef struct {
    pcap_t *pcap;
    unsigned watch;
    bool nanoseconds;
    lab_recorder_t *recorder;
    void (*lost)(const char *why, void *data);
    void *data;
} lab_livecap_t;

typedef enum { LIVECAP_OK, LIVECAP_NO_RIGHTS, LIVECAP_NO_DEVICE, LIVECAP_FAILED } lab_livecap_result_t;

/* Opens the device; its packets are buffered from now on. On failure *why is libpcap's message, to be freed
 * with g_free(). */
lab_livecap_result_t livecap_open(lab_livecap_t *live, const char *device, char **why);

/* Captures only what matches the filter. False if libpcap refuses it; pcap_geterr() says why. */
bool livecap_filter(lab_livecap_t *live, const char *filter);

int livecap_link_type(const lab_livecap_t *live);

/* Records from the main loop; lost(why, data) is called once if the device goes away. */
void livecap_start(lab_livecap_t *live, lab_recorder_t *recorder, void (*lost)(const char *, void *),
                   void *data);

/* Leaves the packets in the kernel's buffer, which drops and counts them when it is full, or goes on
 * recording. */
void livecap_pause(lab_livecap_t *live, bool pause);

/* Records the packets that are waiting now. True if there was one. */
bool livecap_pump(lab_livecap_t *live);

/* Waits until every packet that was captured by now can be recorded with livecap_pump(). */
void livecap_wait(void);

/* The number of packets that the kernel dropped because the buffer was full. */
uint64_t livecap_dropped(lab_livecap_t *live);

void livecap_close(lab_livecap_t *live);

#endif
