/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table of rows gives the parser, the dialog in Wireshark and --help. */
#ifndef LABDUMP_OPTIONS_H
#define LABDUMP_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "settings.h"
#include "texts.h"

typedef enum {
    VERB_NONE,
    VERB_HELP,
    VERB_VERSION,
    VERB_INTERFACES,
    VERB_DLTS,
    VERB_CONFIG,
    VERB_CAPTURE,
    VERB_CLEANUP,
    VERB_ALLOW,
} lab_verb_t;

typedef struct {
    lab_verb_t verb;
    const char *interface; /* NULL where not given; the strings are owned by the caller's argv */
    const char *reload;    /* the option whose values are asked for again; NULL: all */
    const char *allow;     /* OPTION=VALUE for consent_allow() */
    lab_settings_t settings;
} lab_options_t;

/* What Wireshark's dialog shows for an option; type NULL: nothing. The types are those of extcap(4). */
typedef struct {
    const char *type;
    lab_text_id_t display;
    lab_text_id_t tooltip; /* --help shows it too; T_DISPLAY: an option of the extcap protocol */
    lab_text_id_t group;
    const char *default_value;
    const char *more; /* further {key=value} pairs that need no translation, or "" */
    lab_text_id_t placeholder;
    bool has_placeholder;
} lab_dialog_row_t;

typedef struct {
    const char *name;
    int has_arg; /* as in struct option */
    bool (*set)(lab_options_t *options, const char *value, GError **error);
    lab_dialog_row_t dialog;
} lab_option_row_t;

/* The rows, in the order in which the dialog shows them. */
const lab_option_row_t *option_rows(size_t *count);

/*
 * Reads the command line. Unknown options are ignored, because later versions of Wireshark may pass new ones.
 * Returns false and sets *error (code LAB_USAGE) at the first value that cannot be.
 */
bool options_parse(lab_options_t *options, int argc, char **argv, GError **error);

#endif
