#include "links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "interface.h"

/* A netlink message under construction: attributes nest, each with its length in front. */
typedef struct {
    union {
        struct nlmsghdr header;
        char bytes[512];
    } u;
} lab_netlink_message_t;

static void *put(lab_netlink_message_t *m, const void *data, size_t length)
{
    char *at = m->u.bytes + m->u.header.nlmsg_len;
    memcpy(at, data, length);
    m->u.header.nlmsg_len += (__u32)NLMSG_ALIGN(length);
    return at;
}

static struct rtattr *open_attribute(lab_netlink_message_t *m, unsigned short type)
{
    struct rtattr head = {RTA_LENGTH(0), type};
    return put(m, &head, sizeof head);
}

static void close_attribute(lab_netlink_message_t *m, struct rtattr *a)
{
    a->rta_len = (unsigned short)(m->u.bytes + m->u.header.nlmsg_len - (char *)a);
}

static void attribute(lab_netlink_message_t *m, unsigned short type, const void *data, size_t length)
{
    struct rtattr *a = open_attribute(m, type);
    put(m, data, length);
    a->rta_len = (unsigned short)RTA_LENGTH(length);
}

static int transact(lab_netlink_message_t *m)
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

static int make_pair(const char *near_name, const char *far_name, int far_ns)
{
    static const struct ifinfomsg any;
    lab_netlink_message_t m = {
        .u.header = {.nlmsg_len = NLMSG_LENGTH(0),
                     .nlmsg_type = RTM_NEWLINK,
                     .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK}};

    put(&m, &any, sizeof any);
    attribute(&m, IFLA_IFNAME, near_name, strlen(near_name) + 1);
    struct rtattr *info = open_attribute(&m, IFLA_LINKINFO);
    attribute(&m, IFLA_INFO_KIND, "veth", 5);
    struct rtattr *data = open_attribute(&m, IFLA_INFO_DATA);
    struct rtattr *peer = open_attribute(&m, VETH_INFO_PEER);
    put(&m, &any, sizeof any);
    attribute(&m, IFLA_IFNAME, far_name, strlen(far_name) + 1);
    attribute(&m, IFLA_NET_NS_FD, &far_ns, sizeof far_ns);
    close_attribute(&m, peer);
    close_attribute(&m, data);
    close_attribute(&m, info);
    return transact(&m);
}

/* Sees every frame that arrives on the interface, none that we send there ourselves. */
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
