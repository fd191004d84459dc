/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - see store.h. */
#include "store.h"

struct store {
    const char *root;
    const char *config_path;
    GMutex lock; /* of all below */
    const site_t *site;
    uint64_t signature; /* of the files that the site was read from */
    int64_t checked;    /* monotonic, microseconds */
    bool checking;      /* a thread looks at the files */
};

store_t *store_open(const char *root, const char *config_path)
{
    uint64_t signature = site_signature(root, config_path);
    site_t *site = site_load(root, config_path);

    if (!site)
        return NULL;
    store_t *store = g_new0(store_t, 1);
    *store = (store_t){.root = root,
                       .config_path = config_path,
                       .site = site,
                       .signature = signature,
                       .checked = g_get_monotonic_time()};
    g_mutex_init(&store->lock);
    return store;
}

void store_close(store_t *store)
{
    site_unref(store->site);
    g_mutex_clear(&store->lock);
    g_free(store);
}

/* The site as its files are now; NULL if it is to stay as it is. A config that is half saved must not take
 * the page away: the old site stays, and one message says so. */
static const site_t *read_again(const store_t *store, uint64_t before, uint64_t now)
{
    if (!now || now == before)
        return NULL;
    const site_t *fresh = site_load(store->root, store->config_path);
    if (!fresh)
        complain(T_KEPT_OLD_SITE, "folder", store->root, NULL);
    return fresh;
}

/* The lock is held; it is let go while the files are looked at. */
static void check(store_t *store)
{
    uint64_t before = store->signature;

    store->checking = true;
    g_mutex_unlock(&store->lock);
    uint64_t now = site_signature(store->root, store->config_path);
    const site_t *fresh = read_again(store, before, now);
    g_mutex_lock(&store->lock);
    if (now)
        store->signature = now;
    if (fresh) {
        site_unref(store->site);
        store->site = fresh;
    }
    store->checked = g_get_monotonic_time();
    store->checking = false;
}

const site_t *store_acquire(store_t *store)
{
    g_mutex_lock(&store->lock);
    if (!store->checking && g_get_monotonic_time() - store->checked >= G_USEC_PER_SEC)
        check(store);
    const site_t *site = site_ref(store->site);
    g_mutex_unlock(&store->lock);
    return site;
}
