/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html.h - HTML that the server writes itself: escaping, and the document around a body. */
#ifndef LABSERVER_HTML_H
#define LABSERVER_HTML_H

#include "text.h"

/* The string with & < > " ' and control characters escaped. Bytes that are not UTF-8 are replaced. The caller
 * frees the result. */
char *html_escape(const char *string);

/* The same for one line that a client sent, such as a target: what a browser obeys (the direction of text,
 * line separators) and what is no UTF-8 is shown as by lab_text_visible(). The caller frees the result. */
char *html_escape_line(const char *string);

/* Before a text that the reader is to copy, as HTML; "</code>" ends it. The document's script puts a button
 * beside it; without scripts it can be selected. */
#define HTML_COPY_BEGIN "<code class=\"copy\">"

/* A whole document around `body`, which is HTML; the title is escaped here. The document refers to no other
 * file, so that a capture of it holds one exchange. The caller frees the result. */
char *html_document(lab_lang_t lang, const char *title, const char *body);

/* The Content-Security-Policy of such a document (CSP Level 3): its own style, pictures, forms and requests
 * of this server, the script that copies if `html` has something to copy and else none, and no frame of
 * another server around it. */
const char *html_policy(const char *html);

/* The same of a document with something to copy and one script more, which stands between <script> and
 * </script>. The caller frees the result. */
char *html_policy_with(const char *script);

/* "zh-CN" or "en", for lang attributes and Content-Language. */
const char *html_language_tag(lab_lang_t lang);

#endif
