/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.c - see store.h. */
#include "store.h"

#include <sys/resource.h>
#include <unistd.h>

/* The thread looks at the files once a second. It rests ten times as long as its last look took, so that a
 * large folder in which something always changes takes a tenth of a processor at most. */
#define REST_MIN   G_TIME_SPAN_SECOND
#define REST_TIMES 10

/* What the scheduler gives it if requests want the processor too. */
#define NICE 10

struct store {
    const char *root;
    const char *config_path;
    uint64_t signature;  /* of the files that the site was read from; the thread's */
    const site_t *older; /* the thread's; see put_in_place() */
    GMutex lock;         /* of all below */
    GCond changed;
    const site_t *site;
    bool stopping;
    GThread *thread;
};

/* The site as its files are now; NULL if it is to stay as it is. A config that is half saved must not take
 * the page away: the old site stays, and one message says so. */
static const site_t *read_again(store_t *store)
{
    uint64_t now = site_signature(store->root, store->config_path);

    if (!now || now == store->signature)
        return NULL;
    store->signature = now;
    const site_t *fresh = site_load(store->root, store->config_path, store->site);
    if (!fresh)
        complain(T_KEPT_OLD_SITE, "folder", store->root, NULL);
    return fresh;
}

/* Requests hold a site for the time of one callback. The old one is kept until the next look, when none holds
 * it any more: to free thousands of files is work for this thread too. The lock is held. */
static void put_in_place(store_t *store, const site_t *fresh)
{
    store->older = store->site;
    store->site = fresh;
}

static void forget_older(store_t *store)
{
    if (store->older)
        site_unref(store->older);
    store->older = NULL;
}

/* The lock is held; it is let go while the files are looked at. Returns how long that took, in
 * microseconds. */
static int64_t look(store_t *store)
{
    int64_t begun = g_get_monotonic_time();

    g_mutex_unlock(&store->lock);
    forget_older(store);
    const site_t *fresh = read_again(store);
    g_mutex_lock(&store->lock);
    if (fresh)
        put_in_place(store, fresh);
    return g_get_monotonic_time() - begun;
}

static void *keep_up(void *data)
{
    store_t *store = data;
    int64_t rest = REST_MIN;

    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    g_mutex_lock(&store->lock);
    while (!store->stopping) {
        int64_t until = g_get_monotonic_time() + rest;
        while (!store->stopping && g_cond_wait_until(&store->changed, &store->lock, until)) {
            /* woken before its time */
        }
        if (!store->stopping)
            rest = MAX(REST_MIN, look(store) * REST_TIMES);
    }
    g_mutex_unlock(&store->lock);
    return NULL;
}

store_t *store_open(const char *root, const char *config_path)
{
    uint64_t signature = site_signature(root, config_path);
    site_t *site = site_load(root, config_path, NULL);

    if (!site)
        return NULL;
    store_t *store = g_new0(store_t, 1);
    *store = (store_t){.root = root, .config_path = config_path, .site = site, .signature = signature};
    g_mutex_init(&store->lock);
    g_cond_init(&store->changed);
    store->thread = g_thread_new("files", keep_up, store);
    return store;
}

void store_close(store_t *store)
{
    g_mutex_lock(&store->lock);
    store->stopping = true;
    g_cond_signal(&store->changed);
    g_mutex_unlock(&store->lock);
    g_thread_join(store->thread);
    forget_older(store);
    site_unref(store->site);
    g_mutex_clear(&store->lock);
    g_cond_clear(&store->changed);
    g_free(store);
}

const site_t *store_acquire(store_t *store)
{
    g_mutex_lock(&store->lock);
    const site_t *site = site_ref(store->site);
    g_mutex_unlock(&store->lock);
    return site;
}
