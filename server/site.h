/* The files that are served, read into memory: a table of paths, so that no name from the network is ever
 * opened. */
#ifndef LABSERVER_SITE_H
#define LABSERVER_SITE_H

#include <glib.h>

#include "text.h"
#include "variant.h"

typedef struct Site Site;

/* Reads ROOT and fills its pages with CONFIG_PATH (may be NULL) and the root's own student.ini and text.ini.
 * NULL: the reason is on standard error. */
Site *site_load(const char *root, const char *config_path);
void site_free(Site *site);

/* Changes whenever a file of ROOT or CONFIG_PATH does. 0 if ROOT cannot be read. */
guint64 site_signature(const char *root, const char *config_path);

/* PATH is decoded and begins with "/"; a folder answers with its index.html. NULL if there is no such file.
 */
Variant *site_find(const Site *site, const char *path, Lang lang);

/* Is PATH a folder with an index.html that lacks its last slash? */
gboolean site_is_folder(const Site *site, const char *path);

/* The language that the config file wants for every page; FALSE if the client chooses. */
gboolean site_language(const Site *site, Lang *lang);

#endif
