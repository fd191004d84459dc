/* SPDX-License-Identifier: GPL-2.0-or-later */
/* site.h - the files that are served, in a table of paths. Small ones are in memory, large ones are open:
 * no name from the network is ever opened. */
#ifndef LABSERVER_SITE_H
#define LABSERVER_SITE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "texts.h"
#include "variant.h"

typedef struct site site_t;

/* Reads `root` and fills its pages with `config_path` (may be NULL) and the root's own student.ini and
 * text.ini. What has not changed since `before` (NULL: none) is taken from there. NULL: the reason is on
 * standard error. Only one thread may load sites. */
site_t *site_load(const char *root, const char *config_path, const site_t *before);

/* Files that are open at most, because they are too large for the memory: an eighth of the descriptors that
 * the system allows. */
unsigned site_open_files_max(void);

/* A site is freed when its last reference is given up. A request keeps the site that it began with. */
const site_t *site_ref(const site_t *site);
void site_unref(const site_t *site);

/* A number that changes whenever a file of `root` or `config_path` does. 0 if `root` cannot be read. */
uint64_t site_signature(const char *root, const char *config_path);

/* `path` is decoded and begins with "/"; a folder answers with its index.html. NULL if there is no such file.
 */
variant_t *site_find(const site_t *site, const char *path, lab_lang_t lang);

/* Whether `path` is a folder with an index.html and lacks the last slash. */
bool site_is_folder(const site_t *site, const char *path);

/* The language that the config file wants for every page; false if the client chooses. */
bool site_language(const site_t *site, lab_lang_t *lang);

#endif
