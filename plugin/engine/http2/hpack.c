/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hpack.c - see hpack.h. */
#include "hpack.h"

#include "salvage.h"

#include <nghttp2/nghttp2.h>
#include <string.h>

enum { METHOD, PATH, STATUS, AUTHORITY, SCHEME, PROTOCOL, PSEUDO_FIELDS };
static const char *const pseudo_names[PSEUDO_FIELDS] = {":method",    ":path",   ":status",
                                                        ":authority", ":scheme", ":protocol"};

struct lab_hpack {
    nghttp2_hd_inflater *inflater;
    GString *text;                        /* lines, each with a zero byte behind it */
    GString *pseudo;                      /* values of pseudo fields, likewise */
    uint32_t line_at[LAB_HTTP_LINES_MAX]; /* where each line begins in `text` */
    int32_t pseudo_at[PSEUDO_FIELDS];     /* where each begins in `pseudo`; -1 = absent */
    unsigned lines, left_out, unknown;
    bool malformed, failed, complete;
    bool salvages;     /* fields before a loss are not known */
    bool enlarged;     /* the table of the new inflater has its full size */
    GByteArray *block; /* while `salvages`: the block so far */
};

lab_hpack_t *lab_hpack_new(bool lost)
{
    lab_hpack_t *h = g_new0(lab_hpack_t, 1);
    h->text = g_string_new(NULL);
    h->pseudo = g_string_new(NULL);
    nghttp2_hd_inflate_new(&h->inflater);
    if (lost)
        lab_hpack_lose(h);
    return h;
}

void lab_hpack_free(lab_hpack_t *h)
{
    if (!h)
        return;
    nghttp2_hd_inflate_del(h->inflater);
    g_string_free(h->text, TRUE);
    g_string_free(h->pseudo, TRUE);
    if (h->block)
        g_byte_array_unref(h->block);
    g_free(h);
}

void lab_hpack_table_size(lab_hpack_t *h, uint32_t size)
{
    if (!h->salvages)
        nghttp2_hd_inflate_change_table_size(h->inflater, MIN(size, LAB_H2_TABLE_MAX));
}

void lab_hpack_begin(lab_hpack_t *h)
{
    g_string_truncate(h->text, 0);
    g_string_truncate(h->pseudo, 0);
    memset(h->pseudo_at, -1, sizeof h->pseudo_at);
    h->lines = h->left_out = h->unknown = 0;
    h->malformed = h->failed = h->complete = false;
    if (h->block)
        g_byte_array_set_size(h->block, 0);
}

/* A table that is too large does no harm: its newest entries are at the same places. */
void lab_hpack_lose(lab_hpack_t *h)
{
    nghttp2_hd_inflate_del(h->inflater);
    nghttp2_hd_inflate_new(&h->inflater);
    nghttp2_hd_inflate_change_table_size(h->inflater, LAB_H2_TABLE_MAX);
    h->salvages = h->failed = true;
    h->enlarged = false;
    if (!h->block)
        h->block = g_byte_array_new();
}

/* ---- fields ---- */

/* RFC 9113 8.2.1: no zero byte, no line end. Strings end at a zero byte here. */
static void append_clean(lab_hpack_t *h, GString *out, const uint8_t *bytes, size_t n)
{
    gsize from = out->len;
    g_string_append_len(out, (const char *)bytes, (gssize)n);
    for (gsize i = from; i < out->len; i++)
        if (out->str[i] == '\0' || out->str[i] == '\n' || out->str[i] == '\r') {
            out->str[i] = '?';
            h->malformed = true;
        }
}

static void take_pseudo(lab_hpack_t *h, const nghttp2_nv *nv)
{
    for (int i = 0; i < PSEUDO_FIELDS; i++) {
        if (nv->namelen != strlen(pseudo_names[i]) || memcmp(nv->name, pseudo_names[i], nv->namelen) != 0)
            continue;
        h->malformed |= h->pseudo_at[i] >= 0 || h->lines; /* RFC 9113 8.3: once, and before the others */
        if (h->pseudo_at[i] >= 0 || h->pseudo->len + nv->valuelen > LAB_H2_HEAD_MAX)
            return;
        h->pseudo_at[i] = (int32_t)h->pseudo->len;
        append_clean(h, h->pseudo, nv->value, nv->valuelen);
        g_string_append_c(h->pseudo, '\0');
        return;
    }
    h->malformed = true;
}

static void take(lab_hpack_t *h, const nghttp2_nv *nv)
{
    if (nv->namelen == 1 && nv->name[0] == LAB_SALVAGE_NAME)
        return; /* counted already */
    if (nv->namelen && nv->name[0] == ':') {
        take_pseudo(h, nv);
        return;
    }
    if (h->lines == LAB_HTTP_LINES_MAX || h->text->len + nv->namelen + nv->valuelen > LAB_H2_HEAD_MAX) {
        h->left_out++;
        return;
    }
    h->line_at[h->lines++] = (uint32_t)h->text->len;
    append_clean(h, h->text, nv->name, nv->namelen);
    g_string_append(h->text, ": ");
    append_clean(h, h->text, nv->value, nv->valuelen);
    g_string_append_c(h->text, '\0');
}

/* ---- blocks ---- */

static void inflate(lab_hpack_t *h, const uint8_t *data, size_t n, bool final)
{
    while (!h->failed && !h->complete) {
        nghttp2_nv nv;
        int flags = 0;
#if NGHTTP2_VERSION_NUM >= 0x013c00
        nghttp2_ssize used = nghttp2_hd_inflate_hd3(h->inflater, &nv, &flags, data, n, final);
#else
        ssize_t used = nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, data, n, final);
#endif
        if (used < 0) {
            lab_hpack_lose(h);
            return;
        }
        data += used;
        n -= (size_t)used;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            take(h, &nv);
        h->complete = (flags & NGHTTP2_HD_INFLATE_FINAL) != 0;
        if (!(flags & NGHTTP2_HD_INFLATE_EMIT) && (!n || !used))
            return;
    }
}

void lab_hpack_feed(lab_hpack_t *h, const uint8_t *data, uint32_t n)
{
    if (h->failed || !n)
        return;
    if (!h->salvages)
        inflate(h, data, n, false);
    else if (h->block->len + n <= LAB_H2_HEAD_MAX)
        g_byte_array_append(h->block, data, n);
    else
        lab_hpack_lose(h);
}

static void end_salvaged(lab_hpack_t *h)
{
    uint32_t entries = (uint32_t)nghttp2_hd_inflate_get_num_table_entries(h->inflater);
    GByteArray *known = g_byte_array_new();
    const uint8_t *block = h->block->len ? h->block->data : (const uint8_t *)"";
    bool good = lab_salvage(block, h->block->len, entries, !h->enlarged, known, &h->unknown);
    h->enlarged = true;
    inflate(h, known->len ? known->data : (const uint8_t *)"", known->len, true);
    if (!good)
        lab_hpack_lose(h);
    g_byte_array_unref(known);
}

static void take_known_fields(lab_http_head_t *head)
{
    static const char length[] = "content-length: ", type[] = "content-type: ", host[] = "host: ";
    for (unsigned i = 0; i < head->line_count; i++) {
        const char *line = head->lines[i];
        if (strncmp(line, length, sizeof length - 1) == 0 && g_ascii_isdigit(line[sizeof length - 1]))
            head->content_length =
                (int64_t)MIN(g_ascii_strtoull(line + sizeof length - 1, NULL, 10), (uint64_t)G_MAXINT64);
        else if (strncmp(line, type, sizeof type - 1) == 0)
            head->content_type = line + sizeof type - 1;
        else if (strncmp(line, host, sizeof host - 1) == 0 && !head->host)
            head->host = line + sizeof host - 1;
    }
}

static const char *pseudo(const lab_hpack_t *h, int which)
{
    return h->pseudo_at[which] < 0 ? NULL : h->pseudo->str + h->pseudo_at[which];
}

static void fill(const lab_hpack_t *h, lab_h2_head_t *out)
{
    lab_http_head_t *head = &out->head;
    const char *status = pseudo(h, STATUS);
    head->version = "HTTP/2";
    head->phrase = ""; /* RFC 9113 8.3.2: there is none */
    head->method = pseudo(h, METHOD);
    head->target = pseudo(h, PATH) ? pseudo(h, PATH) : pseudo(h, AUTHORITY); /* CONNECT has no path: 8.5 */
    head->host = pseudo(h, AUTHORITY);
    if (status && strlen(status) == 3 && strspn(status, "0123456789") == 3)
        head->status = (uint16_t)g_ascii_strtoull(status, NULL, 10);
    head->response = status != NULL;
    head->content_length = head->keepalive_timeout = head->keepalive_max = -1;
    head->line_count = h->lines;
    head->lines_left_out = h->left_out;
    for (unsigned i = 0; i < h->lines; i++)
        head->lines[i] = h->text->str + h->line_at[i];
    take_known_fields(head);
    out->scheme = pseudo(h, SCHEME);
    out->protocol = pseudo(h, PROTOCOL);
    out->unknown = h->unknown;
    out->malformed = h->malformed || (status && head->status < 100);
}

bool lab_hpack_end(lab_hpack_t *h, lab_h2_head_t *head)
{
    static const lab_h2_head_t none;
    *head = none;
    if (!h->failed && h->salvages)
        end_salvaged(h);
    else if (!h->failed)
        inflate(h, (const uint8_t *)"", 0, true);
    nghttp2_hd_inflate_end_headers(h->inflater);
    fill(h, head);
    return !h->failed && h->complete;
}

bool lab_hpack_is_response(uint8_t first, bool *known)
{
    uint8_t name = first & 0x80   ? first & 0x7f
                   : first & 0x40 ? first & 0x3f
                   : first & 0x20 ? 0
                                  : first & 0x0f;
    *known = name >= 1 && name <= 14; /* 1 to 7: request; 8 to 14: :status */
    return name >= 8;
}
