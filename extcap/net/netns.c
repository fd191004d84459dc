/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netns.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interface.h"
#include "links.h"

#define SERVER_LINK "srv0"
#define CLIENT_LINK "cli0"

enum { QUEUE_PACKETS = 10000 };

static int write_file(const char *path, const char *words)
{
    int result = 0, fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    if (write(fd, words, strlen(words)) < 0)
        result = errno;
    close(fd);
    return result;
}

static int map_id(const char *path, unsigned id)
{
    char line[40];
    snprintf(line, sizeof line, "%u %u 1", id, id);
    return write_file(path, line);
}

/* Maps the user's own uid and gid to themselves, so that files keep their owner inside. */
static int enter_user_namespace(void)
{
    unsigned uid = getuid(), gid = getgid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return errno;
    int result = write_file("/proc/self/setgroups", "deny");
    if (result == 0 || result == ENOENT)
        result = map_id("/proc/self/uid_map", uid);
    if (result == 0)
        result = map_id("/proc/self/gid_map", gid);
    return result;
}

static int current_namespace(int *fd)
{
    *fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    return *fd < 0 ? errno : interface_up("lo");
}

static int enter(int fd)
{
    return setns(fd, CLONE_NEWNET) == 0 ? 0 : errno;
}

static int make_namespaces(lab_netns_t *net)
{
    int result = unshare(CLONE_NEWNET) == 0 ? 0 : enter_user_namespace();
    if (result == 0)
        result = current_namespace(&net->server_ns);
    /* Inside, everybody may use port 80. Written only if the namespace was made: outside, the setting must
     * not change. */
    if (result == 0)
        write_file("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
    if (result == 0 && unshare(CLONE_NEWNET) != 0)
        result = errno;
    if (result == 0)
        result = current_namespace(&net->client_ns);
    return result;
}

static int join_by_tap(lab_netns_t *net)
{
    int result = link_tap(CLIENT_LINK, &net->wire[0]);
    if (result == 0)
        result = enter(net->server_ns);
    if (result == 0)
        result = link_tap(SERVER_LINK, &net->wire[1]);
    return result;
}

/* Done in a third namespace, which has no address, so that nothing there answers the frames. The packet
 * sockets keep this namespace alive. */
static int join_by_veth(lab_netns_t *net)
{
    int result = unshare(CLONE_NEWNET) == 0 ? 0 : errno;
    if (result == 0)
        result = link_veth(CLIENT_LINK, net->client_ns, &net->wire[0]);
    if (result == 0)
        result = link_veth(SERVER_LINK, net->server_ns, &net->wire[1]);
    return result;
}

static int bring_up(int ns, const char *link, const char *address)
{
    int result = enter(ns);
    interface_no_offload(link); /* fails on a TAP device, which has no offload */
    interface_queue(link, QUEUE_PACKETS);
    if (result == 0)
        result = interface_address(link, address);
    if (result == 0)
        result = interface_up(link);
    return result;
}

static void drop_taps(lab_netns_t *net)
{
    for (int i = 0; i < 2; i++) {
        if (net->wire[i] >= 0)
            close(net->wire[i]);
        net->wire[i] = -1;
    }
}

lab_netns_step_t netns_build(lab_netns_t *net)
{
    *net = (lab_netns_t){.server_ns = -1, .client_ns = -1, .wire = {-1, -1}};
    net->error = make_namespaces(net);
    if (net->error != 0)
        return net->step = NETNS_NAMESPACE;
    net->error = join_by_tap(net);
    if (net->error != 0) {
        drop_taps(net);
        net->veth_error = join_by_veth(net);
        if (net->veth_error != 0)
            return net->step = NETNS_LINK;
    }
    net->veth_error = bring_up(net->server_ns, SERVER_LINK, NETNS_SERVER);
    if (net->veth_error == 0) /* last, because the caller stays in this namespace */
        net->veth_error = bring_up(net->client_ns, CLIENT_LINK, NETNS_CLIENT);
    return net->step = net->veth_error == 0 ? NETNS_OK : NETNS_LINK;
}
