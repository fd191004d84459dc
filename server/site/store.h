/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - the site that is served now, read again when its files change. Any thread may use it. */
#ifndef LABSERVER_STORE_H
#define LABSERVER_STORE_H

#include "site.h"

typedef struct store store_t;

/* Reads the site. NULL: the reason is on standard error. The strings must outlive the store. */
store_t *store_open(const char *root, const char *config_path);
void store_close(store_t *store);

/* The site for one request; the caller gives it back with site_unref(). Looks at the files at most once a
 * second. While one thread reads them again, the others get the old site. */
const site_t *store_acquire(store_t *store);

#endif
