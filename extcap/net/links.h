/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two kinds of link that give labdump the frames of one end, the client's or the server's. Reading the
 * descriptor yields a frame that this end sent; writing to it delivers a frame to this end. Both return 0 or
 * an errno.
 *
 * A TAP device is preferred: its queue can be made as long as a full send window (interface_queue), so that
 * no frame is lost. It needs /dev/net/tun to be open to the user (0666 with udev, as on Debian), which
 * containers often lack. A veth pair works wherever network namespaces do, but its packet socket drops frames
 * when the receive buffer is full: with Debian's net.core.rmem_max of 212992 an ordinary user lost 548 of
 * 57941 frames in four downloads of 20 MB at once, with the TAP device none. */
#ifndef LABDUMP_LINKS_H
#define LABDUMP_LINKS_H

/* A TAP device in the current namespace; *fd is its descriptor. Needs /dev/net/tun. */
int link_tap(const char *name, int *fd);

/* A veth pair. One end, `name`, is in the namespace name_ns; the other is in the current one, where *fd
 * becomes a packet socket on it. */
int link_veth(const char *name, int name_ns, int *fd);

#endif
