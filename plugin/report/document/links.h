/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links.h - texts of a document in which words point to another place of it.
 *
 *   const char *at = block->text;
 *   lab_span_t span;
 *   while (lab_next_span(&at, &span))
 *       write(span.text, span.length, span.link);
 *
 * A writer without links writes lab_plain(text). Text from the network holds no control characters when it
 * comes into a document, so it cannot hold a link.
 */
#ifndef LAB_LINKS_H
#define LAB_LINKS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What can be pointed to. A document may lack the place: then there is nothing to go to. */
typedef enum {
    LAB_LINK_NONE,
    LAB_LINK_FRAME,      /* the segment in a ladder */
    LAB_LINK_CONNECTION, /* by its stream number */
    LAB_LINK_EXCHANGE,
    LAB_LINK_PAGE,
    LAB_LINK_RESET, /* what is said of the RST in this frame: its cause and the evidence */
    LAB_LINKS
} lab_link_kind_t;

typedef struct {
    lab_link_kind_t kind;
    uint32_t number;
} lab_link_t;

/* A part of a text, `length` bytes, and where it points to; LAB_LINK_NONE = nowhere. */
typedef struct {
    const char *text;
    size_t length;
    lab_link_t link;
} lab_span_t;

/* The next part of the text; false at its end. */
bool lab_next_span(const char **at, lab_span_t *span);

/* Appends `text`, which holds no link itself, as one that points to `link`. */
void lab_append_link(GString *out, lab_link_t link, const char *text);
/* Appends the text without its links. */
void lab_append_plain(GString *out, const char *text);

#endif
