/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SETTER(name) static bool name(lab_options_t *o, const char *value, GError **error)

/* A setter that cannot fail. An empty value counts as not given: NULL. */
#define STRING_SETTER(name, field)                                                                           \
    SETTER(set_##name)                                                                                       \
    {                                                                                                        \
        (void)error;                                                                                         \
        o->field = value && *value ? value : NULL;                                                           \
        return true;                                                                                         \
    }

/* A name that begins with ~ is below the home folder of whoever runs us: Wireshark hands it on as it was
 * typed, no shell reads it. The result lives as long as the program. */
static const char *path_of(const char *value)
{
    if (!value || !*value)
        return NULL;
    if (value[0] != '~' || (value[1] && value[1] != '/'))
        return value;
    char *whole = g_build_filename(g_get_home_dir(), value + 1, NULL);
    const char *kept = g_intern_string(whole);
    g_free(whole);
    return kept;
}

#define PATH_SETTER(name, field)                                                                             \
    SETTER(set_##name)                                                                                       \
    {                                                                                                        \
        (void)error;                                                                                         \
        o->field = path_of(value);                                                                           \
        return true;                                                                                         \
    }

#define VERB_SETTER(name, value_of)                                                                          \
    SETTER(name)                                                                                             \
    {                                                                                                        \
        (void)value, (void)error;                                                                            \
        o->verb = value_of;                                                                                  \
        return true;                                                                                         \
    }

STRING_SETTER(interface, interface)
STRING_SETTER(fifo, settings.fifo)
STRING_SETTER(filter, settings.filter)
STRING_SETTER(reload, reload)
PATH_SETTER(config, settings.config)
STRING_SETTER(server, settings.server)
STRING_SETTER(server_command, settings.server_command)
STRING_SETTER(server_log, settings.server_log)
STRING_SETTER(client, settings.client)
STRING_SETTER(control_in, settings.control_in)
STRING_SETTER(control_out, settings.control_out)
STRING_SETTER(scenario, settings.scenario)
STRING_SETTER(log, settings.log)
STRING_SETTER(client_log, settings.client_log)
VERB_SETTER(verb_help, VERB_HELP)
VERB_SETTER(verb_version, VERB_VERSION)
VERB_SETTER(verb_interfaces, VERB_INTERFACES)
VERB_SETTER(verb_dlts, VERB_DLTS)
VERB_SETTER(verb_config, VERB_CONFIG)
VERB_SETTER(verb_capture, VERB_CAPTURE)
VERB_SETTER(verb_cleanup, VERB_CLEANUP)

SETTER(ignore)
{
    (void)o, (void)value, (void)error;
    return true;
}

/* Wireshark's dialog and preferences cannot set this or --allow: no row of the dialog has them. */
SETTER(set_by_hand)
{
    (void)value, (void)error;
    o->settings.by_hand = true;
    return true;
}

SETTER(set_allow)
{
    (void)error;
    o->verb = VERB_ALLOW;
    o->allow = value;
    return true;
}

/* Wireshark's dialog picks files only: of a page, its folder is meant. */
static bool is_page(const char *path)
{
    return (g_str_has_suffix(path, ".html") || g_str_has_suffix(path, ".htm")) &&
           g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

SETTER(set_root)
{
    const char *path = path_of(value);
    (void)error;
    o->settings.root = path;
    if (path && is_page(path)) {
        char *folder = g_path_get_dirname(path);
        o->settings.root = g_intern_string(folder);
        g_free(folder);
    }
    return true;
}

SETTER(set_port)
{
    uint64_t number;
    if (!value || !*value)
        return true;
    if (!g_ascii_string_to_unsigned(value, 10, 0, 65535, &number, NULL))
        return lab_fail(error, LAB_USAGE, T_E_PORT, LAB_PLACES(LAB_WORDS("port", value)));
    o->settings.port = (unsigned)number;
    return true;
}

SETTER(set_network)
{
    (void)error;
    o->settings.network = value && *value ? value : "auto";
    return true;
}

/* Wireshark passes a boolflag without a value. On a command line --dns=false is allowed too. */
static bool is_true(const char *value)
{
    return !value || g_ascii_strcasecmp(value, "false") != 0;
}

SETTER(set_dns)
{
    (void)error;
    o->settings.dns = is_true(value);
    return true;
}

SETTER(set_no_compression)
{
    (void)error;
    o->settings.no_compression = is_true(value);
    return true;
}

SETTER(set_open)
{
    (void)error;
    o->settings.open = is_true(value);
    return true;
}

SETTER(set_annotate)
{
    (void)error;
    o->settings.annotate = is_true(value);
    return true;
}

SETTER(set_running)
{
    (void)error;
    o->settings.running = is_true(value);
    return true;
}

/* A host name in ASCII (RFC 1123 2.1); 200 octets, so that an answer fits. */
static bool is_name(const char *value)
{
    size_t label = 0;
    for (const char *p = value; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '.')
            return false;
        label = *p == '.' ? 0 : label + 1;
        if (label > 63 || (*p == '.' && (p == value || p[-1] == '.')))
            return false;
    }
    return label > 0 && strlen(value) <= 200;
}

SETTER(set_name)
{
    if (!value || !*value)
        return true;
    o->settings.name = value;
    return is_name(value) || lab_fail(error, LAB_USAGE, T_E_NAME, LAB_PLACES(LAB_WORDS("name", value)));
}

/* As set_dns(). */
SETTER(set_tls)
{
    (void)error;
    o->settings.tls = !value || g_ascii_strcasecmp(value, "false") != 0;
    return true;
}

SETTER(set_no_keys)
{
    (void)error;
    o->settings.no_keys = !value || g_ascii_strcasecmp(value, "false") != 0;
    return true;
}

SETTER(set_linger)
{
    char *end;
    if (!value || !*value)
        return true;
    double seconds = g_ascii_strtod(value, &end);
    if (end == value || *end || !(seconds >= 0 && seconds <= 3600))
        return lab_fail(error, LAB_USAGE, T_E_LINGER, LAB_PLACES(LAB_WORDS("seconds", value)));
    o->settings.linger = seconds;
    return true;
}

SETTER(set_language)
{
    lab_lang_t language;
    bool automatic = !value || !*value || strcmp(value, "auto") == 0;

    o->settings.language = automatic ? NULL : value;
    if (!lab_language_of_name(automatic ? "auto" : value, lab_language_of_environment(), &language))
        return lab_fail(error, LAB_USAGE, T_E_LANGUAGE, LAB_PLACES(LAB_WORDS("language", value)));
    texts_use(language);
    return true;
}

#define SERVER(type, id, value, more)                                                                        \
    {                                                                                                        \
        type, id, id##_TIP, T_GROUP_SERVER, value, more, T_DEFAULT, false                                    \
    }
#define CAPTURE(type, id, value, more)                                                                       \
    {                                                                                                        \
        type, id, id##_TIP, T_GROUP_CAPTURE, value, more, T_DEFAULT, false                                   \
    }
#define SCRIPT(type, id, value, more)                                                                        \
    {                                                                                                        \
        type, id, id##_TIP, T_GROUP_SCRIPT, value, more, T_DEFAULT, false                                    \
    }
#define ACTION(type, id, value, more)                                                                        \
    {                                                                                                        \
        type, id, id##_TIP, T_GROUP_ACTIONS, value, more, T_DEFAULT, false                                   \
    }
#define EMPTY(type, id, more, placeholder)                                                                   \
    {                                                                                                        \
        type, id, id##_TIP, T_GROUP_SERVER, "", more, placeholder, true                                      \
    }
#define A_PAGE        "{mustexist=true}{fileext=HTML (*.html *.htm)}"
#define FILE_MAY_LACK "{mustexist=false}"
#define NOT_IN_DIALOG(id)                                                                                    \
    {                                                                                                        \
        NULL, T_DISPLAY, id, T_DISPLAY, "", "", T_DEFAULT, false                                             \
    }
#define NO_DIALOG                                                                                            \
    {                                                                                                        \
        NULL, T_DISPLAY, T_DISPLAY, T_DISPLAY, NULL, "", T_DEFAULT, false                                    \
    }

static const lab_option_row_t rows[] = {
    {"port", required_argument, set_port, SERVER("unsigned", T_PORT, "8080", "{range=0,65535}")},
    {"no-compression", optional_argument, set_no_compression,
     SERVER("boolflag", T_NO_COMPRESSION, "false", "")},
    {"root", required_argument, set_root, EMPTY("fileselect", T_ROOT, A_PAGE, T_ROOT_EMPTY)},
    {"config", required_argument, set_config, EMPTY("fileselect", T_CONFIG, FILE_MAY_LACK, T_DEFAULT)},
    {"server", required_argument, set_server, EMPTY("fileselect", T_SERVER, FILE_MAY_LACK, T_SERVER_EMPTY)},
    {"server-command", required_argument, set_server_command,
     EMPTY("string", T_COMMAND, "", T_COMMAND_EMPTY)},
    {"server-log", required_argument, set_server_log,
     EMPTY("fileselect", T_SERVER_LOG, FILE_MAY_LACK, T_SERVER_LOG_EMPTY)},
    {"running", optional_argument, set_running, SERVER("boolflag", T_RUNNING, "false", "")},
    {"network", required_argument, set_network, CAPTURE("selector", T_NETWORK, "auto", "{reload=true}")},
    {"dns", optional_argument, set_dns, CAPTURE("boolflag", T_DNS, "false", "")},
    {"name", required_argument, set_name, CAPTURE("string", T_NAME, LAB_DEFAULT_NAME, "")},
    {"tls", optional_argument, set_tls, CAPTURE("boolflag", T_TLS, "false", "")},
    {"no-keys", optional_argument, set_no_keys, CAPTURE("boolflag", T_NO_KEYS, "false", "")},
    {"annotate", optional_argument, set_annotate, CAPTURE("boolflag", T_ANNOTATE, "false", "")},
    {"language", required_argument, set_language, CAPTURE("selector", T_LANGUAGE, "auto", "")},
    {"scenario", required_argument, set_scenario, ACTION("string", T_SCENARIO, "", "")},
    {"open", optional_argument, set_open, ACTION("boolflag", T_OPEN, "false", "")},
    {"log", required_argument, set_log, ACTION("fileselect", T_OWN_LOG, "", FILE_MAY_LACK)},
    {"client", required_argument, set_client, SCRIPT("string", T_CLIENT, "", "")},
    {"client-log", required_argument, set_client_log, SCRIPT("string", T_CLIENT_LOG, "", "")},
    {"client-linger", required_argument, set_linger, SCRIPT("double", T_LINGER, "1", "{range=0,3600}")},
    {"by-hand", no_argument, set_by_hand, NOT_IN_DIALOG(T_BY_HAND_TIP)},
    {"allow", required_argument, set_allow, NOT_IN_DIALOG(T_ALLOW_TIP)},
    {"help", no_argument, verb_help, NO_DIALOG},
    {"version", no_argument, verb_version, NO_DIALOG},
    {"extcap-interfaces", no_argument, verb_interfaces, NO_DIALOG},
    {"extcap-version", optional_argument, ignore, NO_DIALOG},
    {"extcap-interface", required_argument, set_interface, NO_DIALOG},
    {"extcap-dlts", no_argument, verb_dlts, NO_DIALOG},
    {"extcap-config", no_argument, verb_config, NO_DIALOG},
    {"extcap-reload-option", required_argument, set_reload, NO_DIALOG},
    {"extcap-capture-filter", required_argument, set_filter, NO_DIALOG},
    {"extcap-cleanup-postkill", no_argument, verb_cleanup, NO_DIALOG},
    {"capture", no_argument, verb_capture, NO_DIALOG},
    {"fifo", required_argument, set_fifo, NO_DIALOG},
    {"extcap-control-in", required_argument, set_control_in, NO_DIALOG},
    {"extcap-control-out", required_argument, set_control_out, NO_DIALOG},
};

const lab_option_row_t *option_rows(size_t *count)
{
    *count = G_N_ELEMENTS(rows);
    return rows;
}

/* An option without its value takes the next option for one: what the value of that is would then be an
 * option in its own right, and preferences could say --by-hand. */
static bool takes_an_option(const char *value)
{
    return value && g_str_has_prefix(value, "--");
}

bool options_parse(lab_options_t *o, int argc, char **argv, GError **error)
{
    struct option known[G_N_ELEMENTS(rows) + 1] = {0};
    int found, index = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        known[i] = (struct option){rows[i].name, rows[i].has_arg, NULL, 1};
    *o =
        (lab_options_t){.settings = {.port = 8080, .network = "auto", .name = LAB_DEFAULT_NAME, .linger = 1}};
    opterr = 0;
    bool fine = true;
    /* The first error counts. The others are read on: Wireshark's pipes must be known, see controls.h. */
    while ((found = getopt_long(argc, argv, ":", known, &index)) != -1) {
        GError **first = fine ? error : NULL;
        if (found == ':')
            fine = lab_fail(first, LAB_USAGE, T_E_NEEDS_VALUE,
                            LAB_PLACES(LAB_WORDS("option", argv[optind - 1])));
        else if (found == 1 && takes_an_option(optarg))
            fine = lab_fail(first, LAB_USAGE, T_E_NEEDS_VALUE,
                            LAB_PLACES(LAB_WORDS("option", argv[optind - 2])));
        else if (found == 1 && !rows[index].set(o, optarg, first))
            fine = false;
    }
    return fine;
}
