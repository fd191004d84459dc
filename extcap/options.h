/* The command line: one table of rows gives the parser, the dialog in Wireshark and --help. */
#ifndef LABDUMP_OPTIONS_H
#define LABDUMP_OPTIONS_H

#include <glib.h>

#include "texts.h"

enum verb {
    VERB_NONE,
    VERB_HELP,
    VERB_VERSION,
    VERB_INTERFACES,
    VERB_DLTS,
    VERB_CONFIG,
    VERB_CAPTURE,
    VERB_CLEANUP,
};

struct options {
    enum verb verb;
    enum language language;
    /* From the protocol; NULL where not given. All strings are owned by the caller's argv. */
    const char *interface;
    const char *fifo;
    const char *filter;
    const char *reload;
    /* From the dialog. An empty string counts as not given, and such a value is NULL here. */
    guint port;
    const char *root;
    const char *config;
    const char *server;
    const char *network; /* never NULL: auto, own, loopback or a device's name */
    gboolean dns;
    const char *client;
    const char *client_log;
    double linger; /* seconds */
};

/* What Wireshark's dialog shows for an option; type NULL: nothing. The types are those of extcap(4). */
struct dialog_row {
    const char *type;
    enum text_id display;
    enum text_id tooltip;
    enum text_id group;
    const char *default_value;
    const char *more; /* further {key=value} pairs that need no translation, or "" */
    enum text_id placeholder;
    gboolean has_placeholder;
};

struct option_row {
    const char *name;
    int has_arg; /* as in struct option */
    gboolean (*set)(struct options *options, const char *value, GError **error);
    struct dialog_row dialog;
};

/* The rows, in the order in which the dialog shows them. */
const struct option_row *option_rows(gsize *count);

/*
 * Reads the command line. Unknown options are ignored, because later versions of Wireshark may pass new ones.
 * Returns FALSE and sets *error (code LAB_USAGE) at the first value that cannot be.
 */
gboolean options_parse(struct options *options, int argc, char **argv, GError **error);

/* Checks what must hold before a capture can start (folders and files exist). Same result as options_parse().
 */
gboolean options_check_capture(const struct options *options, GError **error);

#endif
