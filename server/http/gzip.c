/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip.c - see gzip.h. */
#include "gzip.h"

#include <stdint.h>
#include <zlib.h>

/* zlib's largest window; 16 more stand for a gzip header (RFC 1952). */
#define GZIP_WINDOW (MAX_WBITS + 16)

GBytes *gzip_bytes(GBytes *bytes)
{
    size_t size;
    const void *data = g_bytes_get_data(bytes, &size);
    z_stream stream = {.next_in = (Bytef *)data, .avail_in = (uInt)size};

    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t room = deflateBound(&stream, size);
    uint8_t *out = g_malloc(room);
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    int result = deflate(&stream, Z_FINISH);
    size_t length = stream.total_out;
    deflateEnd(&stream);
    if (result != Z_STREAM_END) {
        g_free(out);
        return NULL;
    }
    return g_bytes_new_take(g_realloc(out, length), length);
}
