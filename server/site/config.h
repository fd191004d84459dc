/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config.h - the student's config file: a key file (GLib's GKeyFile) with the group [student], and the
 * page's own texts. */
#ifndef LABSERVER_CONFIG_H
#define LABSERVER_CONFIG_H

#include <glib.h>
#include <stdbool.h>

#include "texts.h"

/* Values for the placeholders of a page. Files are asked in the order in which they were added. */
typedef struct config config_t;

/* config_free() gives up one reference. */
config_t *config_new(void);
config_t *config_ref(config_t *config);
void config_free(config_t *config);

/* The number of the first line of `content` that is neither blank, # comment, [group] nor key=value; 0 if all
 * are sound. The line is copied to `*line`, which the caller frees. */
unsigned config_bad_line(const char *content, char **line);

/* Adds a group of the file `path`. Its keys are looked up as `prefix` + key. false: the reason, with the
 * line, is on standard error. */
bool config_add_file(config_t *config, const char *path, const char *group, const char *prefix);

/* The same from memory. `path` is for messages only. `length` is in bytes. */
bool config_add_text(config_t *config, const char *content, size_t length, const char *path,
                     const char *group, const char *prefix);

/* The value of `key` in `lang`: key[zh] before key; NULL if no file has it. Owned by the caller. Notes that
 * it was used. */
char *config_value(config_t *config, const char *key, lab_lang_t lang);

/* The language that all pages are in, by the key language=en or zh; false for auto or no such key. */
bool config_language(config_t *config, lab_lang_t *lang);

/* Writes a note to standard error for every key of the files with an empty prefix that was never looked
 * up: most likely it is misspelt. */
void config_report_unused(config_t *config);

#endif
