/* Capturing on an existing device with libpcap. */
#ifndef LABDUMP_LIVECAP_H
#define LABDUMP_LIVECAP_H

#include <glib.h>
#include <pcap/pcap.h>

#include "recorder.h"

struct livecap {
    pcap_t *pcap;
    guint watch;
    gboolean nanoseconds;
    struct recorder *recorder;
    void (*lost)(const char *why, gpointer data);
    gpointer data;
};

enum livecap_result { LIVECAP_OK, LIVECAP_NO_RIGHTS, LIVECAP_NO_DEVICE, LIVECAP_FAILED };

/* Opens the device; from now on its packets are kept. *why, libpcap's words, is to be freed where it failed.
 */
enum livecap_result livecap_open(struct livecap *live, const char *device, char **why);

/* Lets only packets of the filter through, which was checked for livecap_link_type(). */
gboolean livecap_filter(struct livecap *live, const char *filter);

int livecap_link_type(const struct livecap *live);

/* Records from the main loop; lost(why, data) is called once if the device goes away. */
void livecap_start(struct livecap *live, struct recorder *recorder, void (*lost)(const char *, gpointer),
                   gpointer data);

/* Records what is waiting now. TRUE if there was anything. */
gboolean livecap_pump(struct livecap *live);

/* Waits until what was captured by now is there to be pumped. */
void livecap_wait(void);

/* Packets that the kernel had no room for. */
guint64 livecap_dropped(struct livecap *live);

void livecap_close(struct livecap *live);

#endif
