/* SPDX-License-Identifier: GPL-2.0-or-later */
/* naming.c - where a client had the server's address from; see lab_conn_naming(). */
#include "verdict.h"

#include <string.h>

/* True for an address ("192.0.2.1:8080", "[2001:db8::1]"), and for localhost, which is never looked up (RFC
 * 6761 6.3). */
static bool is_address(const char *host)
{
    bool brackets = host[0] == '[';
    char *bare = g_strndup(host + brackets, strcspn(host + brackets, brackets ? "]" : ":"));
    bool address = g_hostname_is_ip_address(bare) || g_ascii_strcasecmp(bare, "localhost") == 0;
    g_free(bare);
    return address;
}

lab_naming_t lab_conn_naming(const lab_conn_t *conn)
{
    const char *host = lab_conn_host(conn);
    if (conn->lookup && !lab_conn_lookup_awaited(conn))
        return LAB_NAMING_KNOWN;
    if (conn->lookup)
        return conn->lookup->query_frame ? LAB_NAMING_LOOKED_UP : LAB_NAMING_ANSWER_ONLY;
    if (!host || !*host)
        return LAB_NAMING_NONE;
    return is_address(host) ? LAB_NAMING_ADDRESS : LAB_NAMING_NOT_CAPTURED;
}
