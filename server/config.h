/* The student's config file: a key file (GLib's GKeyFile) with the group [student], and the page's own texts.
 */
#ifndef LABSERVER_CONFIG_H
#define LABSERVER_CONFIG_H

#include <glib.h>

#include "text.h"

/* Values for the placeholders of a page. Files are asked in the order in which they were added. */
typedef struct Config Config;

Config *config_new(void);
void config_free(Config *config);

/* The number of the first line of CONTENT that is neither blank, # comment, [group] nor key=value; 0 if all
 * are sound. The line is copied to *LINE, which the caller frees. */
guint config_bad_line(const char *content, char **line);

/* Adds the group [GROUP] of the file PATH; its keys are asked for as PREFIX + key. FALSE: the reason, with
 * the line, is on standard error. */
gboolean config_add_file(Config *config, const char *path, const char *group, const char *prefix);

/* The same from memory; PATH is for messages alone. LENGTH in bytes. */
gboolean config_add_text(Config *config, const char *content, gsize length, const char *path,
                         const char *group, const char *prefix);

/* The value of KEY in LANG: key[zh] before key; NULL if no file has it. Owned by the caller. Notes that it
 * was used. */
char *config_value(Config *config, const char *key, Lang lang);

/* The language that all pages are in, by the key language=en or zh; FALSE for auto or no such key. */
gboolean config_language(Config *config, Lang *lang);

/* Tells of every key in files added with an empty prefix that was never asked for: most likely misspelt. */
void config_report_unused(Config *config);

#endif
