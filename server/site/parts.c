/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parts.c - see parts.h. */
#include "parts.h"

#include <string.h>
#include <unistd.h>

/* Room for one read. */
#define BLOCK 65536

/* A stretch of the body: the lines between the parts, or bytes of the file. */
typedef struct {
    char *text;     /* NULL: the file's */
    uint64_t from;  /* in the file */
    uint64_t start; /* in the body */
    uint64_t size;  /* bytes */
} stretch_t;

/* What a body is read from; it outlives the variant. */
typedef struct {
    GBytes *bytes; /* NULL: see file */
    open_file_t *file;
    unsigned count;
    stretch_t stretch[2 * RANGES_MAX + 1];
} parts_t;

static void body_free(void *data)
{
    parts_t *body = data;

    for (unsigned i = 0; i < body->count; i++)
        g_free(body->stretch[i].text);
    g_clear_pointer(&body->bytes, g_bytes_unref);
    g_clear_pointer(&body->file, open_file_unref);
    g_free(body);
}

/* Copies `size` bytes, or fewer if the file has fewer or cannot be read. */
static ssize_t copy(const parts_t *body, const stretch_t *stretch, uint64_t within, char *out, size_t size)
{
    if (stretch->text)
        memcpy(out, stretch->text + within, size);
    else if (body->bytes)
        memcpy(out, (const char *)g_bytes_get_data(body->bytes, NULL) + stretch->from + within, size);
    else
        return pread(body->file->fd, out, size, (off_t)(stretch->from + within));
    return (ssize_t)size;
}

static ssize_t read_body(void *cls, uint64_t position, char *out, size_t room)
{
    const parts_t *body = cls;
    size_t filled = 0;

    for (unsigned i = 0; i < body->count && filled < room; i++) {
        const stretch_t *stretch = &body->stretch[i];
        uint64_t within = position + filled - stretch->start;
        if (within >= stretch->size)
            continue; /* it lies before the position; those behind it are not reached */
        ssize_t n = copy(body, stretch, within, out + filled, MIN(room - filled, stretch->size - within));
        if (n <= 0)
            return filled ? (ssize_t)filled : MHD_CONTENT_READER_END_WITH_ERROR;
        filled += (size_t)n;
        if (within + (uint64_t)n < stretch->size)
            break; /* the disk gave less: the next call goes on there */
    }
    return (ssize_t)filled;
}

/* Takes `text` over. */
static void add_stretch(parts_t *body, char *text, uint64_t from, uint64_t size)
{
    stretch_t *stretch = &body->stretch[body->count];

    *stretch = (stretch_t){text, from, 0, size};
    if (body->count++)
        stretch->start = stretch[-1].start + stretch[-1].size;
}

static void add_text(parts_t *body, char *text)
{
    add_stretch(body, text, 0, strlen(text));
}

static void add_part(parts_t *body, const variant_t *variant, const range_t *range, const char *boundary)
{
    add_text(body, g_strdup_printf("%s--%s\r\nContent-Type: %s\r\nContent-Range: bytes %" G_GUINT64_FORMAT
                                   "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT "\r\n\r\n",
                                   body->count ? "\r\n" : "", boundary, variant->type, range->first,
                                   range->last, variant->size));
    add_stretch(body, NULL, range->first, range->last - range->first + 1);
}

static parts_t *body_new(const variant_t *variant, const ranges_t *ranges, const char *boundary)
{
    parts_t *body = g_new0(parts_t, 1);

    body->file = variant->file ? open_file_ref(variant->file) : NULL;
    body->bytes = variant->bytes ? g_bytes_ref(variant->bytes) : NULL;
    for (unsigned i = 0; i < ranges->count; i++)
        add_part(body, variant, &ranges->range[i], boundary);
    add_text(body, g_strdup_printf("\r\n--%s--\r\n", boundary));
    return body;
}

struct MHD_Response *parts_response(const variant_t *variant, const keepalive_t *rules, persistence_t plan,
                                    const ranges_t *ranges, uint64_t *size)
{
    /* A random number of 128 bits: no file contains it (RFC 2046, 5.1.1). */
    g_autofree char *boundary =
        g_strdup_printf("%08x%08x%08x%08x", g_random_int(), g_random_int(), g_random_int(), g_random_int());
    g_autofree char *type = g_strconcat("multipart/byteranges; boundary=", boundary, NULL);
    parts_t *body = body_new(variant, ranges, boundary);

    const stretch_t *end = &body->stretch[body->count - 1];
    *size = end->start + end->size;
    struct MHD_Response *response =
        MHD_create_response_from_callback(*size, BLOCK, read_body, body, body_free);
    if (!response) {
        body_free(body);
        return NULL;
    }
    variant_add_headers(response, variant, type, rules, plan);
    return response;
}
