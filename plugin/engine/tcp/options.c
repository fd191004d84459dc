/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - TCP options, RFC 9293 3.1, RFC 7323, RFC 2018, RFC 7413, RFC 8684. */
#include "options.h"

enum { END = 0, NOP = 1, MSS = 2, SCALE = 3, SACK_PERMITTED = 4, TIMESTAMPS = 8, MPTCP = 30, FAST_OPEN = 34 };

#define MPTCP_SUBTYPE_RESET 8

static void take(lab_options_t *o, uint8_t kind, const uint8_t *value, uint8_t length)
{
    switch (kind) {
    case MSS:
        o->mss_present = length == 2;
        o->mss = length == 2 ? (uint16_t)(value[0] << 8 | value[1]) : 0;
        break;
    case SCALE:
        o->scale_present = length == 1;
        o->scale = length == 1 && value[0] <= 14 ? value[0] : 14;
        break;
    case SACK_PERMITTED:
        o->sack_permitted = true;
        break;
    case TIMESTAMPS:
        o->timestamps = length == 8;
        break;
    case MPTCP:
        o->mptcp = true;
        o->mptcp_reset = length >= 1 && value[0] >> 4 == MPTCP_SUBTYPE_RESET;
        break;
    case FAST_OPEN:
        o->fast_open = true;
        o->cookie = length > 0;
        break;
    default:
        break;
    }
}

lab_options_t lab_options_parse(const uint8_t *data, uint8_t length)
{
    lab_options_t o = {0};
    unsigned i = 0;
    while (i < length && data[i] != END) {
        if (data[i] == NOP) {
            i++;
            continue;
        }
        if (i + 1 >= length || data[i + 1] < 2 || i + data[i + 1] > length)
            break;
        take(&o, data[i], data + i + 2, (uint8_t)(data[i + 1] - 2));
        i += data[i + 1];
    }
    return o;
}
