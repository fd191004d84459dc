/* SPDX-License-Identifier: GPL-2.0-or-later */
/* form.h - the body of a POST: the fields of a form, files included, or one piece of any other type. */
#ifndef LABSERVER_FORM_H
#define LABSERVER_FORM_H

#include <glib.h>
#include <microhttpd.h>

#include "text.h"

typedef struct form form_t;

/* A form for the request that `connection` is at. `content_type` is the field Content-Type, or NULL. */
form_t *form_new(struct MHD_Connection *connection, const char *content_type);
void form_free(form_t *form);

/* Takes the next `size` bytes of the body. Only the beginning of each field is stored; its length and
 * checksum are counted over all of it. */
void form_take(form_t *form, const char *data, size_t size);

/* Call it at the end of the body. Returns a page that shows what came; the caller frees it. */
char *form_html(form_t *form, lab_lang_t lang);

/* The page with the empty form. The caller frees it. */
char *form_blank_html(lab_lang_t lang);

#endif
