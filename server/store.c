#include "store.h"

#include <stdatomic.h>

#include "conn.h"

struct Store {
    const char *root;
    const char *config_path;
    GRWLock lock; /* of site */
    Site *site;
    GMutex checking; /* of the two below, but for reading the second */
    guint64 signature;
    atomic_int_least64_t checked; /* monotonic, microseconds */
};

Store *store_open(const char *root, const char *config_path)
{
    guint64 signature = site_signature(root, config_path);
    Site *site = site_load(root, config_path);

    if (!site)
        return NULL;
    Store *store = g_new0(Store, 1);
    *store = (Store){.root = root, .config_path = config_path, .site = site, .signature = signature};
    atomic_init(&store->checked, conns_now());
    g_rw_lock_init(&store->lock);
    g_mutex_init(&store->checking);
    return store;
}

void store_close(Store *store)
{
    site_free(store->site);
    g_rw_lock_clear(&store->lock);
    g_mutex_clear(&store->checking);
    g_free(store);
}

/* A half-saved config must not take the page away: then the old one stays, and is told of once. */
static void reload(Store *store)
{
    Site *fresh = site_load(store->root, store->config_path);

    if (!fresh) {
        complain(T_KEPT_OLD_SITE, store->root, NULL);
        return;
    }
    g_rw_lock_writer_lock(&store->lock);
    Site *old = store->site;
    store->site = fresh;
    g_rw_lock_writer_unlock(&store->lock);
    site_free(old);
}

static void check(Store *store)
{
    gint64 now = conns_now();

    if (now - atomic_load_explicit(&store->checked, memory_order_relaxed) < G_USEC_PER_SEC ||
        !g_mutex_trylock(&store->checking))
        return; /* lately, or another thread is at it */
    if (now - store->checked >= G_USEC_PER_SEC) {
        guint64 signature = site_signature(store->root, store->config_path);
        store->checked = now;
        if (signature && signature != store->signature) {
            store->signature = signature;
            reload(store);
        }
    }
    g_mutex_unlock(&store->checking);
}

const Site *store_acquire(Store *store)
{
    check(store);
    g_rw_lock_reader_lock(&store->lock);
    return store->site;
}

void store_release(Store *store)
{
    g_rw_lock_reader_unlock(&store->lock);
}
