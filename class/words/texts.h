/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - what labclass says, in English and Chinese, and what statements may name: the tables texts.def,
 * names.def and options.def. */
#ifndef LABCLASS_TEXTS_H
#define LABCLASS_TEXTS_H

#include "places.h"

typedef enum {
#define TEXT(id, en, zh) T_##id,
#include "texts.def"
#undef TEXT
    T_COUNT
} lab_text_id_t;

const char *lab_words(lab_text_id_t id, lab_lang_t language);
/* The text with its places filled in; what is foreign in them is made visible. Free it with g_free(). */
char *lab_words_with(lab_text_id_t id, lab_lang_t language, const lab_place_t *places);

/* What a statement is about. */
typedef enum { LAB_CAPTURE, LAB_CONNECTION, LAB_EXCHANGE, LAB_PAGE, LAB_FRAME, LAB_SUBJECTS } lab_subject_t;
extern const char *const lab_subject_words[LAB_SUBJECTS];

typedef enum { LAB_NULL_DOUBT, LAB_NULL_NONE } lab_null_t;
typedef enum {
    OPTIONS_NO,
    OPTIONS_OPEN,
    OPTIONS_CLOSE,
    OPTIONS_SIDE,
    OPTIONS_TRUTH,
    OPTIONS_REASON,
    OPTIONS_IMPACT,
    OPTIONS_CAUSE,
    OPTIONS_STATE,
    OPTIONS_OBJECT,
    OPTIONS_TLS,
    OPTIONS_KEPT,
    OPTIONS_ROLE,
    OPTIONS_STEP
} lab_options_group_t;
typedef enum {
    PLACE_WHOLE,
    PLACE_ENDS,
    PLACE_LOOKUP,
    PLACE_HANDSHAKE,
    PLACE_PERSISTENCE,
    PLACE_MESSAGES,
    PLACE_ENDING,
    PLACE_RESETS,
    PLACE_PROBES,
    PLACE_SEGMENTS,
    PLACE_TLS,
    PLACE_THERE,
    PLACES
} lab_look_t;

typedef struct {
    lab_subject_t subject;
    const char *name; /* "role.*", "resets.N.cause" */
    lab_null_t null;
    lab_options_group_t options;
    lab_look_t place;
    lab_text_t question;
} lab_name_t;

typedef struct {
    lab_options_group_t group;
    const char *token;
    lab_text_t text; /* "": the token says it */
} lab_option_t;

/* The row of a name of this subject, or of what lies around it: a frame and an exchange have the names of
 * their connection too. NULL = none. */
const lab_name_t *lab_name_find(lab_subject_t subject, const char *name);
/* The names of a subject with blanks between; free with g_free(). */
char *lab_name_list(lab_subject_t subject);
/* The rows of a group; `count` gets their number. */
const lab_option_t *lab_options_of(lab_options_group_t group, guint *count);
/* "token (its text)", or the token alone. Free with g_free(). */
char *lab_option_text(lab_options_group_t group, const char *token, lab_lang_t language);
/* Where to look, and the display filter that shows it: "{stream}" is the number of the connection. */
const char *lab_place_filter(lab_look_t place);
const char *lab_place_text(lab_look_t place, lab_lang_t language);

#endif
