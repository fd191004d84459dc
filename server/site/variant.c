/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variant.c - see variant.h. */
#include "variant.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "gzip.h"
#include "response.h"

static const media_type_t types[] = {
    {".html", "text/html", true, true},
    {".htm", "text/html", true, true},
    {".css", "text/css", true, true},
    {".js", "text/javascript", true, true},
    {".mjs", "text/javascript", true, true},
    {".txt", "text/plain", true, true},
    {".md", "text/markdown", true, true},
    {".csv", "text/csv", true, true},
    {".xml", "application/xml", false, true},
    {".json", "application/json", false, true},
    {".pdf", "application/pdf", false, false},
    {".zip", "application/zip", false, false},
    {".gz", "application/gzip", false, false},
    {".wasm", "application/wasm", false, true},
    {".svg", "image/svg+xml", false, true},
    {".png", "image/png", false, false},
    {".jpg", "image/jpeg", false, false},
    {".jpeg", "image/jpeg", false, false},
    {".gif", "image/gif", false, false},
    {".webp", "image/webp", false, false},
    {".avif", "image/avif", false, false},
    {".bmp", "image/bmp", false, false},
    {".ico", "image/vnd.microsoft.icon", false, false},
    {".mp3", "audio/mpeg", false, false},
    {".ogg", "audio/ogg", false, false},
    {".oga", "audio/ogg", false, false},
    {".opus", "audio/ogg", false, false},
    {".wav", "audio/wav", false, false},
    {".m4a", "audio/mp4", false, false},
    {".flac", "audio/flac", false, false},
    {".mp4", "video/mp4", false, false},
    {".webm", "video/webm", false, false},
    {".ogv", "video/ogg", false, false},
    {".mov", "video/quicktime", false, false},
    {".woff", "font/woff", false, false},
    {".woff2", "font/woff2", false, false},
    {".ttf", "font/ttf", false, false},
    {".otf", "font/otf", false, false},
};

const media_type_t *type_of(const char *name)
{
    static const media_type_t unknown = {"", "application/octet-stream", false, false};
    const char *extension = strrchr(name, '.');

    for (size_t i = 0; extension && i < G_N_ELEMENTS(types); i++) {
        if (!g_ascii_strcasecmp(types[i].extension, extension))
            return &types[i];
    }
    return &unknown;
}

open_file_t *open_file_ref(open_file_t *file)
{
    return g_atomic_rc_box_acquire(file);
}

static void close_file(void *data)
{
    const open_file_t *file = data;

    close(file->fd);
}

void open_file_unref(void *file)
{
    g_atomic_rc_box_release_full(file, close_file);
}

/* Responses that are kept, of all variants. */
static atomic_uint kept_responses;

void variant_free(variant_t *variant)
{
    for (unsigned i = 0; i < VARIANT_KEPT; i++) {
        if (!variant->kept[i])
            continue;
        MHD_destroy_response((struct MHD_Response *)variant->kept[i]);
        atomic_fetch_sub(&kept_responses, 1);
    }
    if (variant->packed)
        variant_free(variant->packed);
    g_clear_pointer(&variant->bytes, g_bytes_unref);
    g_clear_pointer(&variant->file, open_file_unref);
    g_free(variant->type);
    g_free(variant->etag);
    g_free(variant);
}

static char *content_etag(GBytes *bytes)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

    return g_strdup_printf("\"%.16s\"", sum);
}

static variant_t *variant_new(const media_type_t *type, int64_t modified)
{
    variant_t *variant = g_new0(variant_t, 1);

    variant->type = g_strdup(type->type);
    variant->packs = type->packed;
    variant->policy = RESPONSE_FILE_POLICY;
    /* Last-Modified is never later than the clock (RFC 9110, 8.8.2.1). */
    variant->modified = MIN(modified, g_get_real_time() / G_USEC_PER_SEC);
    http_date_format(variant->modified, variant->last_modified);
    return variant;
}

variant_t *variant_in_memory(const media_type_t *type, int64_t modified, GBytes *bytes)
{
    variant_t *variant = variant_new(type, modified);
    size_t size;
    const char *data = g_bytes_get_data(bytes, &size);

    if (type->text && g_utf8_validate(data, (ssize_t)size, NULL)) {
        g_free(variant->type);
        variant->type = g_strconcat(type->type, "; charset=utf-8", NULL);
    }
    variant->bytes = bytes;
    variant->size = size;
    variant->etag = content_etag(bytes);
    return variant;
}

/* Bytes. A smaller file fits one segment anyway. */
#define PACK_MIN 1024

void variant_pack(variant_t *variant)
{
    if (!variant->bytes || variant->size < PACK_MIN || !variant->packs)
        return;
    GBytes *bytes = gzip_bytes(variant->bytes);
    if (!bytes || g_bytes_get_size(bytes) > variant->size / 10 * 9) {
        g_clear_pointer(&bytes, g_bytes_unref);
        return;
    }
    variant_t *packed = g_new0(variant_t, 1);
    *packed = *variant;
    packed->bytes = bytes;
    packed->size = g_bytes_get_size(bytes);
    packed->type = g_strdup(variant->type);
    packed->etag = g_strdup_printf("%.*s-gz\"", (int)strlen(variant->etag) - 1, variant->etag);
    packed->coding = "gzip";
    variant->packed = packed;
}

variant_t *variant_on_disk(const media_type_t *type, const struct stat *status, int fd)
{
    variant_t *variant = variant_new(type, status->st_mtime);

    variant->file = g_atomic_rc_box_new0(open_file_t);
    variant->file->fd = fd;
    variant->size = (uint64_t)status->st_size;
    variant->etag = g_strdup_printf("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"", variant->size,
                                    (uint64_t)status->st_mtime);
    return variant;
}

uint64_t variant_memory(const variant_t *variant)
{
    uint64_t own = variant->bytes ? variant->size : 0;

    return own + (variant->packed ? variant_memory(variant->packed) : 0);
}

/* A stretch of a file on the disk, as the body of a response. */
typedef struct {
    open_file_t *file;
    uint64_t first;
} disk_body_t;

static ssize_t read_disk(void *cls, uint64_t position, char *out, size_t room)
{
    const disk_body_t *body = cls;
    ssize_t n = pread(body->file->fd, out, room, (off_t)(body->first + position));

    return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR; /* it has become shorter */
}

static void release_disk(void *data)
{
    disk_body_t *body = data;

    open_file_unref(body->file);
    g_free(body);
}

/* Bytes of memory for each response that comes from the disk. */
#define DISK_BLOCK 16384

static struct MHD_Response *disk_response(const variant_t *variant, uint64_t first, uint64_t length)
{
    disk_body_t *body = g_new0(disk_body_t, 1);

    *body = (disk_body_t){open_file_ref(variant->file), first};
    struct MHD_Response *response =
        MHD_create_response_from_callback(length, DISK_BLOCK, read_disk, body, release_disk);
    if (!response)
        release_disk(body);
    return response;
}

static void release_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

/* A response without header fields. It keeps the bytes by a reference: it may be sent when the site is
 * freed already. */
static struct MHD_Response *body_response(const variant_t *variant, uint64_t first, uint64_t length)
{
    if (variant->file)
        return disk_response(variant, first, length);
    const char *data = g_bytes_get_data(variant->bytes, NULL);
    return MHD_create_response_from_buffer_with_free_callback_cls(
        (size_t)length, length ? (void *)(data + first) : NULL, release_bytes, g_bytes_ref(variant->bytes));
}

/* The value of Vary: the fields by which this variant was chosen, or NULL. */
static const char *varies(const variant_t *variant)
{
    static const char *const names[2][2] = {{NULL, "Accept-Encoding"},
                                            {"Accept-Language", "Accept-Language, Accept-Encoding"}};

    return names[variant->negotiated ? 1 : 0][variant->packed || variant->coding ? 1 : 0];
}

void variant_add_headers(struct MHD_Response *response, const variant_t *variant, const char *type,
                         const keepalive_t *rules, persistence_t plan)
{
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_LAST_MODIFIED, variant->last_modified);
    MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, variant->etag);
    MHD_add_response_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, variant->coding ? "none" : "bytes");
    /* A browser must ask again at every visit: a capture then shows a 304. */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_SECURITY_POLICY, variant->policy);
    if (variant->language)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, variant->language);
    if (variant->coding)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, variant->coding);
    const char *vary = varies(variant);
    if (vary)
        MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, vary);
    response_add_common(response, rules, plan);
}

struct MHD_Response *variant_whole(const variant_t *variant, const keepalive_t *rules, persistence_t plan)
{
    struct MHD_Response *response = body_response(variant, 0, variant->size);

    if (response)
        variant_add_headers(response, variant, variant->type, rules, plan);
    return response;
}

struct MHD_Response *variant_kept(variant_t *variant, const keepalive_t *rules, persistence_t plan)
{
    unsigned slot = plan.close ? 0 : plan.remaining + 1;

    if (variant->file || slot >= VARIANT_KEPT)
        return NULL;
    if (!g_atomic_pointer_get(&variant->kept[slot]) && atomic_load(&kept_responses) >= RESPONSES_MAX)
        return NULL;
    if (g_once_init_enter(&variant->kept[slot])) {
        atomic_fetch_add(&kept_responses, 1);
        struct MHD_Response *response = variant_whole(variant, rules, plan);
        if (!response)
            g_error("no memory for a response");
        g_once_init_leave(&variant->kept[slot], (gsize)response);
    }
    return (struct MHD_Response *)variant->kept[slot];
}

struct MHD_Response *variant_part(const variant_t *variant, const keepalive_t *rules, persistence_t plan,
                                  uint64_t first, uint64_t last)
{
    struct MHD_Response *response = body_response(variant, first, last - first + 1);
    g_autofree char *range = g_strdup_printf(
        "bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, first, last, variant->size);

    if (response) {
        variant_add_headers(response, variant, variant->type, rules, plan);
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    }
    return response;
}
