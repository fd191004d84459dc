/* SPDX-License-Identifier: GPL-2.0-or-later */
/* variant.h - one representation of a file: its bytes, its header fields, and the responses that are made
 * of it. */
#ifndef LABSERVER_VARIANT_H
#define LABSERVER_VARIANT_H

#include <glib.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http.h"
#include "keepalive.h"

/* What the extension of a file's name says. */
typedef struct {
    const char *extension;
    const char *type;
    bool text;   /* tell the charset, if it is UTF-8 */
    bool packed; /* worth compressing */
} media_type_t;

/* application/octet-stream if `name`'s extension is unknown. */
const media_type_t *type_of(const char *name);

/* A file on the disk: open as long as a variant or a response needs it. All responses read by one descriptor,
 * so that many clients of a large file do not use up the descriptors. */
typedef struct {
    int fd;
} open_file_t;

open_file_t *open_file_ref(open_file_t *file);
void open_file_unref(void *file);

/* Responses that are kept: one for each number of requests that may follow, and one that closes. */
#define VARIANT_KEPT 129

/* All variants together keep so many; one takes about a kilobyte. */
#define RESPONSES_MAX 16384

/* Nothing but `kept` changes once it is made. */
typedef struct variant variant_t;
struct variant {
    GBytes *bytes;                      /* NULL: too large to keep, see file */
    open_file_t *file;                  /* NULL: see bytes */
    uint64_t size;                      /* bytes */
    char *type;                         /* Content-Type */
    bool packs;                         /* worth compressing, as its media type says */
    char *etag;                         /* with its quotes */
    int64_t modified;                   /* seconds since 1970 */
    char last_modified[HTTP_DATE_SIZE]; /* the same for the field Last-Modified */
    const char *language;               /* Content-Language of a filled page, else NULL */
    bool negotiated;                    /* chosen by Accept-Language */
    const char *policy;                 /* Content-Security-Policy */
    const char *coding;                 /* Content-Encoding, or NULL */
    variant_t *packed;                  /* the same with gzip; NULL: not worth it */
    gsize kept[VARIANT_KEPT];           /* struct MHD_Response *; 0: not made yet */
};

/* Takes `bytes` over. `modified` in seconds since 1970. */
variant_t *variant_in_memory(const media_type_t *type, int64_t modified, GBytes *bytes);

/* Makes the gzip form of a text that gains by it. Call it when the fields above are set. */
void variant_pack(variant_t *variant);

/* Takes `fd` over. */
variant_t *variant_on_disk(const media_type_t *type, const struct stat *status, int fd);
void variant_free(variant_t *variant);

/* The whole variant with the header fields of the plan. The caller destroys it once it is queued. NULL if
 * there is no memory left. */
struct MHD_Response *variant_whole(const variant_t *variant, const keepalive_t *rules, persistence_t plan);

/* The bytes that the variant keeps in memory, its compressed form included. */
uint64_t variant_memory(const variant_t *variant);

/* The same, made once for each plan and kept by the variant: to make one takes an eighth of the CPU time of a
 * request for a page. NULL if this one is not kept: a file on the disk, too many requests may follow, or
 * RESPONSES_MAX are kept already. */
struct MHD_Response *variant_kept(variant_t *variant, const keepalive_t *rules, persistence_t plan);

/* Bytes `first` to `last` of it, both inclusive, for 206. The caller destroys it. NULL as above. */
struct MHD_Response *variant_part(const variant_t *variant, const keepalive_t *rules, persistence_t plan,
                                  uint64_t first, uint64_t last);

/* The headers that every response of `variant` has, with `type` for Content-Type. */
void variant_add_headers(struct MHD_Response *response, const variant_t *variant, const char *type,
                         const keepalive_t *rules, persistence_t plan);

#endif
