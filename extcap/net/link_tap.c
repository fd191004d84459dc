/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "links.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <unistd.h>

int link_tap(const char *name, int *fd)
{
    struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    g_strlcpy(r.ifr_name, name, sizeof r.ifr_name);

    int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tap < 0)
        return errno;
    if (ioctl(tap, TUNSETIFF, &r) != 0) {
        int result = errno;
        close(tap);
        return result;
    }
    *fd = tap;
    return 0;
}
