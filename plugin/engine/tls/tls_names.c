/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tls_names.c - the names in the hellos; see tls_names.h. */
#include "tls_names.h"

#include "handshake.h"

#define NAME_MAX     255 /* bytes of a host name, RFC 1035 2.3.4; a longer one is none */
#define PROTOCOL_MAX 16  /* protocols of an ALPN list that are kept */

void lab_tls_names_clear(lab_tls_names_t *names)
{
    g_free(names->server_name);
    g_free(names->chosen);
    g_free(names->subject);
    if (names->offered)
        g_ptr_array_unref(names->offered);
    if (names->certified)
        g_ptr_array_unref(names->certified);
}

char *lab_tls_visible(const uint8_t *bytes, size_t length)
{
    GString *text = g_string_sized_new(length);
    for (size_t i = 0; i < length; i++) {
        if (g_ascii_isgraph(bytes[i]) && bytes[i] != '\\')
            g_string_append_c(text, (char)bytes[i]);
        else
            g_string_append_printf(text, "\\x%02x", bytes[i]);
    }
    return g_string_free(text, FALSE);
}

void lab_tls_take_server_name(lab_tls_names_t *names, const uint8_t *value, size_t length)
{
    enum { HOST_NAME = 0 };
    size_t end = length < 2 ? 0 : MIN(length, (size_t)lab_tls_be16(value) + 2);
    for (size_t i = 2; !names->server_name && i + 3 <= end;) {
        size_t n = lab_tls_be16(value + i + 1);
        if (i + 3 + n > end)
            return;
        if (value[i] == HOST_NAME && n && n <= NAME_MAX)
            names->server_name = lab_tls_visible(value + i + 3, n);
        i += 3 + n;
    }
}

/* RFC 8701 2: 0x0A0A, 0x1A1A, ... 0xFAFA say nothing. */
static bool is_grease(const uint8_t *name, size_t length)
{
    return length == 2 && name[0] == name[1] && (name[0] & 0x0f) == 0x0a;
}

/* The protocols of a list; NULL = there is none, or it is malformed. */
static GPtrArray *protocols_of(const uint8_t *value, size_t length)
{
    if (length < 2 || (size_t)lab_tls_be16(value) + 2 != length)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 2; i < length; i += 1u + value[i]) {
        size_t n = value[i];
        if (!n || i + 1 + n > length) {
            g_ptr_array_set_size(list, 0);
            break;
        }
        if (!is_grease(value + i + 1, n) && list->len < PROTOCOL_MAX)
            g_ptr_array_add(list, lab_tls_visible(value + i + 1, n));
    }
    if (list->len)
        return list;
    g_ptr_array_unref(list);
    return NULL;
}

void lab_tls_take_alpn(lab_tls_names_t *names, bool chosen, const uint8_t *value, size_t length)
{
    if (chosen ? names->chosen != NULL : names->offered != NULL)
        return;
    GPtrArray *list = protocols_of(value, length);
    if (!chosen) {
        names->offered = list;
        return;
    }
    if (list && list->len == 1) /* RFC 7301 3.1: exactly one */
        names->chosen = g_strdup(g_ptr_array_index(list, 0));
    if (list)
        g_ptr_array_unref(list);
}
