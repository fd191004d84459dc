/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interface.h"
#include "netlink.h"

static int make_pair(const char *near_name, const char *far_name, int far_ns)
{
    static const struct ifinfomsg any;
    lab_netlink_t m = netlink_link(NLM_F_CREATE | NLM_F_EXCL);

    netlink_attribute(&m, IFLA_IFNAME, near_name, strlen(near_name) + 1);
    struct rtattr *info = netlink_open(&m, IFLA_LINKINFO);
    netlink_attribute(&m, IFLA_INFO_KIND, "veth", 5);
    struct rtattr *data = netlink_open(&m, IFLA_INFO_DATA);
    struct rtattr *peer = netlink_open(&m, VETH_INFO_PEER);
    netlink_put(&m, &any, sizeof any);
    netlink_attribute(&m, IFLA_IFNAME, far_name, strlen(far_name) + 1);
    netlink_attribute(&m, IFLA_NET_NS_FD, &far_ns, sizeof far_ns);
    netlink_close(&m, peer);
    netlink_close(&m, data);
    netlink_close(&m, info);
    return netlink_send(&m);
}

/* A packet socket that receives every frame that arrives on the interface, and none that it sent itself. */
static int packet_socket(const char *name, int *fd)
{
    int one = 1, room = 8 << 20;
    struct sockaddr_ll here = {
        .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
    struct packet_mreq all = {.mr_ifindex = here.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
    int s = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (s < 0)
        return errno;
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
        setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(s, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one) != 0 ||
        setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) != 0 ||
        bind(s, (struct sockaddr *)&here, sizeof here) != 0) {
        int result = errno;
        close(s);
        return result;
    }
    *fd = s;
    return 0;
}

int link_veth(const char *name, int name_ns, int *fd)
{
    char *near_name = g_strconcat("w_", name, NULL);
    int result = make_pair(near_name, name, name_ns);
    if (result == 0)
        result = interface_no_offload(near_name);
    if (result == 0)
        result = interface_up(near_name);
    if (result == 0)
        result = packet_socket(near_name, fd);
    g_free(near_name);
    return result;
}
