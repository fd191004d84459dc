/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.h - several pieces of one file in one response: multipart/byteranges (RFC 9110, 14.6). */
#ifndef LABSERVER_PARTS_H
#define LABSERVER_PARTS_H

#include <stdint.h>

#include "range.h"
#include "variant.h"

/* `ranges` of `variant` with the headers of `plan`, for 206. `*size`: bytes of the body. The caller destroys
 * it. NULL if there is no memory left. */
struct MHD_Response *parts_response(const variant_t *variant, const keepalive_t *rules, persistence_t plan,
                                    const ranges_t *ranges, uint64_t *size);

#endif
