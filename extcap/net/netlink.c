/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char *end_of(lab_netlink_t *m)
{
    return m->u.bytes + m->u.header.nlmsg_len;
}

void netlink_put(lab_netlink_t *m, const void *data, size_t length)
{
    memcpy(end_of(m), data, length);
    m->u.header.nlmsg_len += (__u32)NLMSG_ALIGN(length);
}

lab_netlink_t netlink_link(unsigned short flags)
{
    static const struct ifinfomsg any;
    lab_netlink_t m = {.u.header = {.nlmsg_len = NLMSG_LENGTH(0),
                                    .nlmsg_type = RTM_NEWLINK,
                                    .nlmsg_flags = (__u16)(NLM_F_REQUEST | NLM_F_ACK | flags)}};
    netlink_put(&m, &any, sizeof any);
    return m;
}

struct rtattr *netlink_open(lab_netlink_t *m, unsigned short type)
{
    struct rtattr head = {RTA_LENGTH(0), type}, *at = (struct rtattr *)(void *)end_of(m);
    netlink_put(m, &head, sizeof head);
    return at;
}

void netlink_close(lab_netlink_t *m, struct rtattr *attribute)
{
    attribute->rta_len = (unsigned short)(end_of(m) - (char *)attribute);
}

void netlink_attribute(lab_netlink_t *m, unsigned short type, const void *data, size_t length)
{
    struct rtattr *attribute = netlink_open(m, type);
    netlink_put(m, data, length);
    attribute->rta_len = (unsigned short)RTA_LENGTH(length);
}

int netlink_send(const lab_netlink_t *m)
{
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } answer = {0};
    int result = 0, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return errno;
    if (send(fd, m, m->u.header.nlmsg_len, 0) < 0 || recv(fd, &answer, sizeof answer, 0) < 0)
        result = errno;
    else if (answer.header.nlmsg_type == NLMSG_ERROR)
        result = -answer.error.error;
    close(fd);
    return result;
}
