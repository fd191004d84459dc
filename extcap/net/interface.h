/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting up network interfaces of the current network namespace. All return 0 or an errno. */
#ifndef LABDUMP_INTERFACE_H
#define LABDUMP_INTERFACE_H

#include <glib.h>

int interface_up(const char *name);

/* Sets the IPv4 address (dotted form, prefix /24) and the MAC address (02:00 and the four bytes of the IPv4
 * address). */
int interface_address(const char *name, const char *address);

/* Sets the length of the transmit queue. A full send window must fit, or frames are dropped before they are
 * captured. */
int interface_queue(const char *name, unsigned packets);

/* Turns off segmentation and checksum offload: frames have at most the MTU's size and correct checksums. */
int interface_no_offload(const char *name);

#endif
