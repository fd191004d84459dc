#include "variant.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gzip.h"
#include "http.h"
#include "response.h"

static const Type types[] = {
    {".html", "text/html", TRUE, TRUE},
    {".htm", "text/html", TRUE, TRUE},
    {".css", "text/css", TRUE, TRUE},
    {".js", "text/javascript", TRUE, TRUE},
    {".mjs", "text/javascript", TRUE, TRUE},
    {".txt", "text/plain", TRUE, TRUE},
    {".md", "text/markdown", TRUE, TRUE},
    {".csv", "text/csv", TRUE, TRUE},
    {".xml", "application/xml", FALSE, TRUE},
    {".json", "application/json", FALSE, TRUE},
    {".pdf", "application/pdf", FALSE, FALSE},
    {".zip", "application/zip", FALSE, FALSE},
    {".gz", "application/gzip", FALSE, FALSE},
    {".wasm", "application/wasm", FALSE, TRUE},
    {".svg", "image/svg+xml", FALSE, TRUE},
    {".png", "image/png", FALSE, FALSE},
    {".jpg", "image/jpeg", FALSE, FALSE},
    {".jpeg", "image/jpeg", FALSE, FALSE},
    {".gif", "image/gif", FALSE, FALSE},
    {".webp", "image/webp", FALSE, FALSE},
    {".avif", "image/avif", FALSE, FALSE},
    {".bmp", "image/bmp", FALSE, FALSE},
    {".ico", "image/vnd.microsoft.icon", FALSE, FALSE},
    {".mp3", "audio/mpeg", FALSE, FALSE},
    {".ogg", "audio/ogg", FALSE, FALSE},
    {".oga", "audio/ogg", FALSE, FALSE},
    {".opus", "audio/ogg", FALSE, FALSE},
    {".wav", "audio/wav", FALSE, FALSE},
    {".m4a", "audio/mp4", FALSE, FALSE},
    {".flac", "audio/flac", FALSE, FALSE},
    {".mp4", "video/mp4", FALSE, FALSE},
    {".webm", "video/webm", FALSE, FALSE},
    {".ogv", "video/ogg", FALSE, FALSE},
    {".mov", "video/quicktime", FALSE, FALSE},
    {".woff", "font/woff", FALSE, FALSE},
    {".woff2", "font/woff2", FALSE, FALSE},
    {".ttf", "font/ttf", FALSE, FALSE},
    {".otf", "font/otf", FALSE, FALSE},
};

const Type *type_of(const char *name)
{
    static const Type unknown = {"", "application/octet-stream", FALSE, FALSE};
    const char *extension = strrchr(name, '.');

    for (gsize i = 0; extension && i < G_N_ELEMENTS(types); i++) {
        if (!g_ascii_strcasecmp(types[i].extension, extension))
            return &types[i];
    }
    return &unknown;
}

void variant_free(Variant *variant)
{
    for (guint i = 0; i < KEEPALIVE_SLOTS; i++) {
        if (variant->slots[i])
            MHD_destroy_response(variant->slots[i]);
    }
    if (variant->packed)
        variant_free(variant->packed);
    g_clear_pointer(&variant->bytes, g_bytes_unref);
    if (variant->fd >= 0)
        close(variant->fd);
    g_free(variant->type);
    g_free(variant->etag);
    g_free(variant);
}

static char *content_etag(GBytes *bytes)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

    return g_strdup_printf("\"%.16s\"", sum);
}

static Variant *variant_new(const Type *type, gint64 modified)
{
    Variant *variant = g_new0(Variant, 1);

    variant->fd = -1;
    variant->type = g_strdup(type->type);
    /* RFC 9110, 8.8.2.1: never later than the clock of the response. */
    variant->modified = MIN(modified, g_get_real_time() / G_USEC_PER_SEC);
    return variant;
}

Variant *variant_in_memory(const Type *type, gint64 modified, GBytes *bytes)
{
    Variant *variant = variant_new(type, modified);
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    if (type->text && g_utf8_validate(data, (gssize)size, NULL)) {
        g_free(variant->type);
        variant->type = g_strconcat(type->type, "; charset=utf-8", NULL);
    }
    variant->bytes = bytes;
    variant->size = size;
    variant->etag = content_etag(bytes);
    return variant;
}

/* Less than this fits one segment anyway. */
#define PACK_MIN 1024

/* TYPE as the variant has it, its parameters included. */
static gboolean type_packs(const char *type)
{
    gsize length = strcspn(type, ";");

    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (types[i].packed && strlen(types[i].type) == length && !strncmp(types[i].type, type, length))
            return TRUE;
    }
    return FALSE;
}

void variant_pack(Variant *variant)
{
    if (!variant->bytes || variant->size < PACK_MIN || !type_packs(variant->type))
        return;
    GBytes *bytes = gzip_bytes(variant->bytes);
    if (!bytes || g_bytes_get_size(bytes) > variant->size / 10 * 9) {
        g_clear_pointer(&bytes, g_bytes_unref);
        return;
    }
    Variant *packed = g_new0(Variant, 1);
    *packed = *variant;
    memset(packed->slots, 0, sizeof packed->slots);
    packed->bytes = bytes;
    packed->size = g_bytes_get_size(bytes);
    packed->type = g_strdup(variant->type);
    packed->etag = g_strdup_printf("%.*s-gz\"", (int)strlen(variant->etag) - 1, variant->etag);
    packed->coding = "gzip";
    variant->packed = packed;
}

Variant *variant_on_disk(const Type *type, const struct stat *status, int fd)
{
    Variant *variant = variant_new(type, status->st_mtime);

    variant->fd = fd;
    variant->size = (guint64)status->st_size;
    variant->etag = g_strdup_printf("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"", variant->size,
                                    (guint64)status->st_mtime);
    return variant;
}

static void release_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

/* No headers yet. The response keeps the bytes alive: a response outlives the site that made it while it is
 * sent. */
static struct MHD_Response *body_response(const Variant *variant, guint64 first, guint64 length)
{
    if (variant->fd >= 0) {
        int fd = fcntl(variant->fd, F_DUPFD_CLOEXEC, 0);
        return fd < 0 ? NULL : MHD_create_response_from_fd_at_offset64(length, fd, first);
    }
    const char *data = g_bytes_get_data(variant->bytes, NULL);
    return MHD_create_response_from_buffer_with_free_callback_cls(
        (size_t)length, length ? (void *)(data + first) : NULL, release_bytes, g_bytes_ref(variant->bytes));
}

/* What the choice between this variant and others was made by. */
static const char *varies(const Variant *variant)
{
    static const char *const names[2][2] = {{NULL, "Accept-Encoding"},
                                            {"Accept-Language", "Accept-Language, Accept-Encoding"}};

    return names[variant->negotiated ? 1 : 0][variant->packed || variant->coding ? 1 : 0];
}

void variant_add_headers(struct MHD_Response *response, const Variant *variant, const char *type,
                         const KeepAlive *rules, Persistence plan)
{
    char date[HTTP_DATE_SIZE];

    http_date_format(variant->modified, date);
    response_identify(response);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_LAST_MODIFIED, date);
    MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, variant->etag);
    MHD_add_response_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, variant->coding ? "none" : "bytes");
    /* Ask again at every visit: that is the 304 one wants to see in a capture. */
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    if (variant->language)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_LANGUAGE, variant->language);
    if (variant->coding)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, variant->coding);
    const char *vary = varies(variant);
    if (vary)
        MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, vary);
    keepalive_add_headers(response, rules, plan);
}

static struct MHD_Response *make_whole(const Variant *variant, const KeepAlive *rules, Persistence plan)
{
    struct MHD_Response *response = body_response(variant, 0, variant->size);

    if (response)
        variant_add_headers(response, variant, variant->type, rules, plan);
    return response;
}

struct MHD_Response *variant_whole(Variant *variant, const KeepAlive *rules, Persistence plan,
                                   gboolean *shared)
{
    int slot = keepalive_slot(plan);

    *shared = slot >= 0;
    if (!*shared)
        return make_whole(variant, rules, plan);
    struct MHD_Response *kept = g_atomic_pointer_get(&variant->slots[slot]);
    if (kept)
        return kept;
    kept = make_whole(variant, rules, plan);
    if (kept && !g_atomic_pointer_compare_and_exchange(&variant->slots[slot], NULL, kept)) {
        MHD_destroy_response(kept); /* another thread was quicker */
        kept = g_atomic_pointer_get(&variant->slots[slot]);
    }
    return kept;
}

struct MHD_Response *variant_part(const Variant *variant, const KeepAlive *rules, Persistence plan,
                                  guint64 first, guint64 last)
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
