/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

static int control(const char *name, unsigned long request, struct ifreq *r)
{
    int result = 0, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    g_strlcpy(r->ifr_name, name, sizeof r->ifr_name);
    if (ioctl(fd, request, r) != 0)
        result = errno;
    close(fd);
    return result;
}

int interface_up(const char *name)
{
    struct ifreq r = {.ifr_flags = IFF_UP | IFF_RUNNING};
    return control(name, SIOCSIFFLAGS, &r);
}

static struct ifreq with_address(const char *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct ifreq r = {0};
    inet_pton(AF_INET, address, &in.sin_addr);
    memcpy(&r.ifr_addr, &in, sizeof in);
    return r;
}

static int set_hardware_address(const char *name, const char *address)
{
    struct ifreq r = {0};
    struct in_addr in;
    inet_pton(AF_INET, address, &in);
    r.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    r.ifr_hwaddr.sa_data[0] = 2; /* locally administered */
    memcpy(r.ifr_hwaddr.sa_data + 2, &in, sizeof in);
    return control(name, SIOCSIFHWADDR, &r);
}

int interface_address(const char *name, const char *address)
{
    struct ifreq r = with_address(address);
    struct ifreq mask = with_address("255.255.255.0");
    int result = set_hardware_address(name, address);
    if (result == 0)
        result = control(name, SIOCSIFADDR, &r);
    if (result == 0)
        result = control(name, SIOCSIFNETMASK, &mask);
    return result;
}

/* Not the ioctl SIOCSIFTXQLEN, which the kernel refuses inside a user namespace. */
int interface_queue(const char *name, unsigned packets)
{
    lab_netlink_t m = netlink_link(0);
    netlink_attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
    netlink_attribute(&m, IFLA_TXQLEN, &packets, sizeof packets);
    return netlink_send(&m);
}

int interface_no_offload(const char *name)
{
    static const __u32 commands[] = {ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SGRO, ETHTOOL_SSG, ETHTOOL_STXCSUM};
    int result = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        struct ethtool_value value = {commands[i], 0};
        struct ifreq r = {0};
        r.ifr_data = (void *)&value;
        result = control(name, SIOCETHTOOL, &r);
    }
    return result; /* of the last command, checksum offload */
}
