/* Network byte order and the Internet checksum (RFC 1071), for the programs that make captures.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LAB_TESTS_CHECKSUM_H
#define LAB_TESTS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

static inline void put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static inline void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

/* Adds bytes to a running sum; only the last part of a packet may have an odd length. */
static inline uint64_t checksum_add(uint64_t sum, const uint8_t *bytes, size_t length)
{
    for (; length > 1; bytes += 2, length -= 2)
        sum += (uint32_t)bytes[0] << 8 | bytes[1];
    return length ? sum + ((uint32_t)bytes[0] << 8) : sum;
}

static inline uint16_t checksum_end(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

#endif
