/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store.h - the site that is served now, and the thread that reads it again when its files change. Any thread
 * may use it; no request reads a file's name or waits for the reading. */
#ifndef LABSERVER_STORE_H
#define LABSERVER_STORE_H

#include "site.h"

typedef struct store store_t;

/* Reads the site and starts the thread: call it when the privileges are dropped. NULL: the reason is on
 * standard error. The strings must outlive the store. */
store_t *store_open(const char *root, const char *config_path);
void store_close(store_t *store);

/* The site for one request; the caller gives it back with site_unref() before its callback returns. */
const site_t *store_acquire(store_t *store);

#endif
