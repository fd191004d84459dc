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

/* Opens the device; from now on its packets are kept. *why, libpcap's words, is to be freed where it failed.
 */
lab_livecap_result_t livecap_open(lab_livecap_t *live, const char *device, char **why);

/* Lets only packets of the filter through, which was checked for livecap_link_type(). */
bool livecap_filter(lab_livecap_t *live, const char *filter);

int livecap_link_type(const lab_livecap_t *live);

/* Records from the main loop; lost(why, data) is called once if the device goes away. */
void livecap_start(lab_livecap_t *live, lab_recorder_t *recorder, void (*lost)(const char *, void *),
                   void *data);

/* Records what is waiting now. True if there was anything. */
bool livecap_pump(lab_livecap_t *live);

/* Waits until what was captured by now is there to be pumped. */
void livecap_wait(void);

/* Packets that the kernel had no room for. */
uint64_t livecap_dropped(lab_livecap_t *live);

void livecap_close(lab_livecap_t *live);

#endif
