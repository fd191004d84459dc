/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - see policy.h. */
#include "policy.h"

char *lab_policy_hash(const char *content)
{
    guint8 digest[32];
    gsize length = sizeof digest;
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_checksum_update(sum, (const guchar *)content, -1);
    g_checksum_get_digest(sum, digest, &length);
    char *base64 = g_base64_encode(digest, length), *hash = g_strdup_printf("'sha256-%s'", base64);
    g_free(base64);
    g_checksum_free(sum);
    return hash;
}

void lab_policy_meta(GString *out, const char *style)
{
    char *hash = lab_policy_hash(style);
    g_string_append_printf(out,
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                           "style-src %s; base-uri 'none'; form-action 'none'\">\n",
                           hash);
    g_free(hash);
}
