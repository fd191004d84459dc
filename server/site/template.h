/* SPDX-License-Identifier: GPL-2.0-or-later */
/* template.h - the student's page: a template whose placeholders are filled from the config file. */
#ifndef LABSERVER_TEMPLATE_H
#define LABSERVER_TEMPLATE_H

#include <stdbool.h>

#include "config.h"

/* Whether the HTML has any placeholder. */
bool template_has_places(const char *html);

/* Fills the template with the values of `config` in `lang`. {{key}} becomes the value, escaped for HTML text
 * and quoted attributes. {{?key}}...{{/key}} is left out if the value is empty or missing. {{lang}} is the
 * language's tag. A placeholder that the config does not know stays as it is. The caller frees the result. */
char *template_fill(const char *template, config_t *config, lab_lang_t lang);

#endif
