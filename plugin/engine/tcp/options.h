/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the TCP options that the engine looks at. */
#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    bool mss_present, scale_present, sack_permitted, timestamps, fast_open;
    bool mptcp;       /* any subtype, RFC 8684 3 */
    bool cookie;      /* of fast open; without one it is only asked for, RFC 7413 4.1.1 */
    bool mptcp_reset; /* MP_TCPRST, RFC 8684 3.6 */
    uint16_t mss;
    uint8_t scale; /* limited to 14, RFC 7323 2.3 */
} lab_options_t;

/* Reads what is whole of `length` bytes; a malformed rest is left out (RFC 9293 3.1: options are a list of
 * TLVs). */
lab_options_t lab_options_parse(const uint8_t *data, uint8_t length);

#endif
