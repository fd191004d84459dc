/* The body of a POST: the fields of a form, files included, or one piece of anything else. */
#ifndef LABSERVER_FORM_H
#define LABSERVER_FORM_H

#include <glib.h>
#include <microhttpd.h>

#include "text.h"

typedef struct form form_t;

/* For the request that CONNECTION is at. CONTENT_TYPE as it was sent, or NULL. */
form_t *form_new(struct MHD_Connection *connection, const char *content_type);
void form_free(form_t *form);

/* The next SIZE bytes of the body. Of each field the beginning is kept, and of all of it the length and the
 * checksum: what is sent does not fill the memory. */
void form_take(form_t *form, const char *data, size_t size);

/* The end of the body: what came, as HTML for people. The caller frees it. */
char *form_html(form_t *form, lab_lang_t lang);

/* The page with the form itself, as HTML. The caller frees it. */
char *form_blank_html(lab_lang_t lang);

#endif
