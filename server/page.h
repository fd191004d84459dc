/* HTML: the student's page from its template, and the pages that the server writes itself. */
#ifndef LABSERVER_PAGE_H
#define LABSERVER_PAGE_H

#include <glib.h>

#include "config.h"

/* Is there any placeholder in HTML? */
gboolean page_is_template(const char *html);

/* Fills TEMPLATE with the values of CONFIG in LANG. {{key}} becomes the value, escaped for HTML text and
 * quoted attributes. {{?key}}...{{/key}} is left out if the value is empty or missing. {{lang}} is the
 * language's tag. A placeholder that CONFIG does not know stays as it is. The caller frees the result. */
char *page_fill(const char *template, Config *config, Lang lang);

/* STRING with & < > " ' and control characters made harmless, and bytes that are not UTF-8 replaced. */
char *page_escape(const char *string);

/* A whole document around BODY, which is HTML; TITLE is escaped here. It asks for no further file, so that a
 * capture of it holds nothing else. */
char *page_document(Lang lang, const char *title, const char *body);

/* "zh-CN" or "en", for lang attributes and Content-Language. */
const char *page_language_tag(Lang lang);

#endif
