/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value.h - reading JSON (RFC 8259) as the plugin writes it: a tree of values in a few large blocks.
 *
 *   lab_values_t *values = lab_values_read(text);     text is taken over
 *   const lab_value_t *list = lab_value_list(lab_values_root(values), "connections");
 *   for (guint i = 0; i < lab_value_length(list); i++)
 *       lab_value_number(lab_value_at(list, i), "stream");
 *   lab_values_free(values);
 *
 * A capture of 2,000 frames has tens of thousands of values. json-glib takes longer to make and to free its
 * nodes than tshark takes to dissect the capture.
 */
#ifndef LABCLASS_VALUE_H
#define LABCLASS_VALUE_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    LAB_VALUE_NULL,
    LAB_VALUE_WORD,   /* true or false: `count` bytes of `text` */
    LAB_VALUE_NUMBER, /* as it was written: `count` bytes of `text` */
    LAB_VALUE_STRING, /* `text`, which ends with a zero byte */
    LAB_VALUE_LIST,
    LAB_VALUE_OBJECT
} lab_value_kind_t;

typedef struct lab_value {
    const char *key; /* of a member of an object; else NULL */
    union {
        const char *text;
        const struct lab_value *first; /* of `count` elements or members, one behind the other */
    } is;
    guint count;
    lab_value_kind_t kind;
} lab_value_t;

typedef struct lab_values lab_values_t;

/* Takes over `text`, which ends with a zero byte. NULL: it is no JSON, or nested deeper than 32 levels. */
lab_values_t *lab_values_read(char *text);
void lab_values_free(lab_values_t *values);
const lab_value_t *lab_values_root(const lab_values_t *values);

/* All of them take NULL, as what is not there. A member or an element that is not there is NULL. */
const lab_value_t *lab_value_member(const lab_value_t *object, const char *name);
const lab_value_t *lab_value_at(const lab_value_t *list, guint place);
guint lab_value_length(const lab_value_t *list);
/* A member of this kind. */
const lab_value_t *lab_value_object(const lab_value_t *object, const char *name);
const lab_value_t *lab_value_list(const lab_value_t *object, const char *name);
const char *lab_value_string(const lab_value_t *object, const char *name);
/* Number of a member; -1 = there is none. */
gint64 lab_value_number(const lab_value_t *object, const char *name);
/* A whole number from 0 on; else -1. */
gint64 lab_value_whole(const lab_value_t *value);

#endif
