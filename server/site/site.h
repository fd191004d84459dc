/* The files that are served, read into memory: a table of paths, so that no name from the network is ever
 * opened. */
#ifndef LABSERVER_SITE_H
#define LABSERVER_SITE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "texts.h"
#include "variant.h"

typedef struct site site_t;

/* Reads ROOT and fills its pages with CONFIG_PATH (may be NULL) and the root's own student.ini and text.ini.
 * NULL: the reason is on standard error. */
site_t *site_load(const char *root, const char *config_path);

/* A site lives as long as somebody holds it: a request keeps the one that it began with. */
const site_t *site_ref(const site_t *site);
void site_unref(const site_t *site);

/* Changes whenever a file of ROOT or CONFIG_PATH does. 0 if ROOT cannot be read. */
uint64_t site_signature(const char *root, const char *config_path);

/* PATH is decoded and begins with "/"; a folder answers with its index.html. NULL if there is no such file.
 */
variant_t *site_find(const site_t *site, const char *path, lab_lang_t lang);

/* Is PATH a folder with an index.html that lacks its last slash? */
bool site_is_folder(const site_t *site, const char *path);

/* The language that the config file wants for every page; false if the client chooses. */
bool site_language(const site_t *site, lab_lang_t *lang);

#endif
