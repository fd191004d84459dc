/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passing.c - see passing.h. */
#include "passing.h"

GArray *lab_passing_new(void)
{
    return g_array_new(FALSE, TRUE, sizeof(uint8_t));
}

void lab_passing_reset(void *user)
{
    g_array_set_size(user, 0);
}

tap_packet_status lab_passing_see(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                  const void *data _U_, tap_flags_t flags _U_)
{
    GArray *passing = user;
    if (pinfo->num >= passing->len)
        g_array_set_size(passing, pinfo->num + 1);
    g_array_index(passing, uint8_t, pinfo->num) = 1;
    return TAP_PACKET_REDRAW;
}
