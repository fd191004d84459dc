/* Setting up network interfaces of the current network namespace by ioctl. All return 0 or an errno. */
#ifndef LABDUMP_INTERFACE_H
#define LABDUMP_INTERFACE_H

#include <glib.h>

int interface_up(const char *name);

/* Address in dotted form, prefix /24; the hardware address is made from it (02:00 and the four bytes). */
int interface_address(const char *name, const char *address);

/* A longer queue, so that a burst of the sender's window is not lost before it is captured. */
int interface_queue(const char *name, unsigned packets);

/* Segmentation and checksums in software: frames of a real size with right checksums. */
int interface_no_offload(const char *name);

#endif
