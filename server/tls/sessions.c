/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions.c - see sessions.h. */
#include "sessions.h"

#include <glib.h>
#include <string.h>

/* A session takes about a kilobyte. With more, all of them are forgotten: their clients get a full handshake.
 */
#define SESSIONS_MAX 1000

struct sessions {
    GMutex lock;
    GHashTable *known; /* number -> what the library knows of the session, both GBytes */
};

sessions_t *sessions_new(void)
{
    sessions_t *sessions = g_new0(sessions_t, 1);

    g_mutex_init(&sessions->lock);
    sessions->known = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                                            (GDestroyNotify)g_bytes_unref);
    return sessions;
}

void sessions_free(sessions_t *sessions)
{
    g_hash_table_destroy(sessions->known);
    g_mutex_clear(&sessions->lock);
    g_free(sessions);
}

static int store(void *cls, gnutls_datum_t number, gnutls_datum_t data)
{
    sessions_t *sessions = cls;

    g_mutex_lock(&sessions->lock);
    if (g_hash_table_size(sessions->known) >= SESSIONS_MAX)
        g_hash_table_remove_all(sessions->known);
    g_hash_table_replace(sessions->known, g_bytes_new(number.data, number.size),
                         g_bytes_new(data.data, data.size));
    g_mutex_unlock(&sessions->lock);
    return 0;
}

/* The library frees the copy. */
static gnutls_datum_t copy_of(GBytes *data)
{
    gnutls_datum_t copy = {NULL, 0};
    size_t size;
    const void *bytes = g_bytes_get_data(data, &size);

    copy.data = gnutls_malloc(size);
    if (copy.data) {
        memcpy(copy.data, bytes, size);
        copy.size = (unsigned)size;
    }
    return copy;
}

static gnutls_datum_t retrieve(void *cls, gnutls_datum_t number)
{
    sessions_t *sessions = cls;
    g_autoptr(GBytes) key = g_bytes_new(number.data, number.size);
    gnutls_datum_t found = {NULL, 0};

    g_mutex_lock(&sessions->lock);
    GBytes *data = g_hash_table_lookup(sessions->known, key);
    if (data)
        found = copy_of(data);
    g_mutex_unlock(&sessions->lock);
    return found;
}

static int forget(void *cls, gnutls_datum_t number)
{
    sessions_t *sessions = cls;
    g_autoptr(GBytes) key = g_bytes_new(number.data, number.size);

    g_mutex_lock(&sessions->lock);
    g_hash_table_remove(sessions->known, key);
    g_mutex_unlock(&sessions->lock);
    return 0;
}

void sessions_use(sessions_t *sessions, gnutls_session_t session)
{
    gnutls_db_set_ptr(session, sessions);
    gnutls_db_set_store_function(session, store);
    gnutls_db_set_retrieve_function(session, retrieve);
    gnutls_db_set_remove_function(session, forget);
}
