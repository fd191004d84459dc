/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to the kernel about network devices of the current namespace: rtnetlink(7). */
#ifndef LABDUMP_NETLINK_H
#define LABDUMP_NETLINK_H

#include <linux/rtnetlink.h>
#include <stddef.h>

/* A request under construction, 512 bytes at most. Attributes nest, each with its length in front. */
typedef struct {
    union {
        struct nlmsghdr header;
        char bytes[512];
    } u;
} lab_netlink_t;

/* RTM_NEWLINK about no device yet: name it with IFLA_IFNAME. `flags`: NLM_F_CREATE and the like. */
lab_netlink_t netlink_link(unsigned short flags);

/* Appends bytes as they are. */
void netlink_put(lab_netlink_t *message, const void *data, size_t length);

/* Appends an attribute. */
void netlink_attribute(lab_netlink_t *message, unsigned short type, const void *data, size_t length);

/* An attribute that holds what is appended until it is closed. */
struct rtattr *netlink_open(lab_netlink_t *message, unsigned short type);
void netlink_close(lab_netlink_t *message, struct rtattr *attribute);

/* Sends it and waits for the answer. 0 or an errno. */
int netlink_send(const lab_netlink_t *message);

#endif
