/*
 * The two kinds of wire between the client's and the server's namespace. Either gives two descriptors:
 * reading one yields a frame that its end sent, writing to it hands a frame to that end. Both return 0 or an
 * errno.
 */
#ifndef LABDUMP_LINKS_H
#define LABDUMP_LINKS_H

/* A TAP device in the current namespace; *fd is its descriptor. Needs /dev/net/tun. */
int link_tap(const char *name, int *fd);

/*
 * A veth pair with one end, name, in the namespace name_ns and the other in the current one, where *fd
 * becomes a packet socket on it. For systems without /dev/net/tun.
 */
int link_veth(const char *name, int name_ns, int *fd);

#endif
