/* One representation of a file: its bytes, its headers, and the responses that are made of it. */
#ifndef LABSERVER_VARIANT_H
#define LABSERVER_VARIANT_H

#include <glib.h>
#include <microhttpd.h>
#include <sys/stat.h>

#include "keepalive.h"

/* What the extension of a file's name says. */
typedef struct {
    const char *extension;
    const char *type;
    gboolean text;   /* tell the charset, if it is UTF-8 */
    gboolean packed; /* worth compressing */
} Type;

/* application/octet-stream if NAME's extension is unknown. */
const Type *type_of(const char *name);

/* Nothing but the slots changes once it is made. */
typedef struct Variant Variant;
struct Variant {
    GBytes *bytes;                   /* NULL: too large to keep, see fd */
    int fd;                          /* -1, or open for reading */
    guint64 size;                    /* bytes */
    char *type;                      /* Content-Type */
    char *etag;                      /* with its quotes */
    gint64 modified;                 /* seconds since 1970 */
    const char *language;            /* Content-Language of a filled page, else NULL */
    gboolean negotiated;             /* chosen by Accept-Language */
    const char *coding;              /* Content-Encoding, or NULL */
    Variant *packed;                 /* the same with gzip; NULL: not worth it */
    gpointer slots[KEEPALIVE_SLOTS]; /* struct MHD_Response *, made when first needed */
};

/* Takes BYTES over. MODIFIED in seconds since 1970. */
Variant *variant_in_memory(const Type *type, gint64 modified, GBytes *bytes);

/* Makes the gzip form of a text that gains by it. Call it when the fields above are set. */
void variant_pack(Variant *variant);

/* Takes FD over. */
Variant *variant_on_disk(const Type *type, const struct stat *status, int fd);
void variant_free(Variant *variant);

/* The whole of VARIANT with the headers of PLAN. SHARED: it belongs to the variant; otherwise the caller
 * destroys it once it is queued. NULL if there is no memory or descriptor left. */
struct MHD_Response *variant_whole(Variant *variant, const KeepAlive *rules, Persistence plan,
                                   gboolean *shared);

/* Bytes FIRST to LAST of it, both inclusive, for 206. The caller destroys it. NULL as above. */
struct MHD_Response *variant_part(const Variant *variant, const KeepAlive *rules, Persistence plan,
                                  guint64 first, guint64 last);

/* The headers that every response of VARIANT has, with TYPE for Content-Type. */
void variant_add_headers(struct MHD_Response *response, const Variant *variant, const char *type,
                         const KeepAlive *rules, Persistence plan);

#endif
