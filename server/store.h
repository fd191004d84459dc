/* The site that is served now, read again when its files change. Safe to use from several threads. */
#ifndef LABSERVER_STORE_H
#define LABSERVER_STORE_H

#include "site.h"

typedef struct Store Store;

/* Reads the site. NULL: the reason is on standard error. The strings must outlive the store. */
Store *store_open(const char *root, const char *config_path);
void store_close(Store *store);

/* The site, not to be changed until store_release. Looks at the files at most once a second: to stat() them
 * at every request would cost a fifth of the speed. */
const Site *store_acquire(Store *store);
void store_release(Store *store);

#endif
