/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - see options.h. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "http.h"
#include "names.h"
#include "qr.h"

typedef enum {
    KIND_NUMBER,
    KIND_COUNT,
    KIND_STRING,
    KIND_BIND,
    KIND_QR,
    KIND_FLAG,
    KIND_LANGUAGE,
    KIND_HELP,
    KIND_VERSION,
    KIND_TLS,
    KIND_TLS_NAME
} option_kind_t;

typedef struct {
    const char *name;
    option_kind_t kind;
    const char *value;   /* what --help calls the value; NULL: takes none */
    const char *example; /* shown when the value is missing */
    unsigned max;        /* of KIND_NUMBER */
    size_t offset;       /* in Options */
    text_id_t help;
} row_t;

#define AT(member) G_STRUCT_OFFSET(options_t, member)

/* A day, in seconds: longer than any lesson. */
#define TIMEOUT_MAX  86400
#define REQUESTS_MAX 1000000
#define BODY_MAX     1073741824

static const row_t rows[] = {
    {"port", KIND_NUMBER, "N", "8080", 65535, AT(port), T_OPT_PORT},
    {"bind", KIND_BIND, "ADDR", "127.0.0.1", 0, 0, T_OPT_BIND},
    {"root", KIND_STRING, "DIR", "www", 0, AT(root), T_OPT_ROOT},
    {"config", KIND_STRING, "FILE", "student.ini", 0, AT(config), T_OPT_CONFIG},
    {"keepalive-timeout", KIND_NUMBER, "SECONDS", "5", TIMEOUT_MAX, AT(keepalive_timeout),
     T_OPT_KEEPALIVE_TIMEOUT},
    {"keepalive-max", KIND_NUMBER, "N", "100", REQUESTS_MAX, AT(keepalive_max), T_OPT_KEEPALIVE_MAX},
    {"access-log", KIND_STRING, "FILE", "access.log", 0, AT(access_log), T_OPT_ACCESS_LOG},
    {"no-scenarios", KIND_FLAG, NULL, NULL, 0, AT(no_scenarios), T_OPT_NO_SCENARIOS},
    {"closed-port", KIND_NUMBER, "N", "8081", 65535, AT(scenario_ports.closed), T_OPT_CLOSED_PORT},
    {"slow-port", KIND_NUMBER, "N", "8082", 65535, AT(scenario_ports.slow), T_OPT_SLOW_PORT},
    {"tls", KIND_TLS, "[=PORT]", "8443", 65535, AT(tls_ports.port), T_OPT_TLS},
    {"tls-name", KIND_TLS_NAME, "NAME", "lab.example", 0, 0, T_OPT_TLS_NAME},
    {"tls-scenario-port", KIND_NUMBER, "N", "8444", 65535, AT(tls_ports.scenarios), T_OPT_TLS_SCENARIO_PORT},
    {"certificate", KIND_STRING, "FILE", "server.crt", 0, AT(certificate), T_OPT_CERTIFICATE},
    {"key", KIND_STRING, "FILE", "server.key", 0, AT(key), T_OPT_KEY},
    {"max-connections", KIND_COUNT, "N", "1000", CONNECTIONS_MAX, AT(max_connections), T_OPT_MAX_CONNECTIONS},
    {"max-per-address", KIND_NUMBER, "N", "100", CONNECTIONS_MAX, AT(max_per_address), T_OPT_MAX_PER_ADDRESS},
    {"max-body", KIND_NUMBER, "BYTES", "1000000", BODY_MAX, AT(max_body), T_OPT_MAX_BODY},
    {"header-timeout", KIND_COUNT, "SECONDS", "20", TIMEOUT_MAX, AT(header_timeout), T_OPT_HEADER_TIMEOUT},
    {"user", KIND_STRING, "NAME", "nobody", 0, AT(user), T_OPT_USER},
    {"qr-code", KIND_QR, NULL, NULL, 0, AT(qr_code), T_OPT_QR_CODE},
    {"init", KIND_STRING, "DIR", "mypage", 0, AT(init), T_OPT_INIT},
    {"no-compression", KIND_FLAG, NULL, NULL, 0, AT(no_compression), T_OPT_NO_COMPRESSION},
    {"language", KIND_LANGUAGE, "LANG", "zh", 0, AT(language), T_OPT_LANGUAGE},
    {"help", KIND_HELP, NULL, NULL, 0, 0, T_OPT_HELP},
    {"version", KIND_VERSION, NULL, NULL, 0, 0, T_OPT_VERSION},
};

static void show_help(void)
{
    g_autofree char *usage = text_fill(text_language(), T_USAGE, "program", text_program(), NULL);
    fputs(usage, stdout);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *value = rows[i].value ? rows[i].value : "";
        g_autofree char *left =
            g_strdup_printf("--%s%s%s", rows[i].name, *value && *value != '[' ? " " : "", value);
        printf("  %-28s %s\n", left, text(text_language(), rows[i].help));
    }
    fputs(text(text_language(), T_EXIT_CODES), stdout);
}

static bool set_number(const row_t *row, const char *value, options_t *options)
{
    uint64_t number;

    unsigned low = row->kind == KIND_COUNT ? 1 : 0;

    if (!http_number(value, low, row->max, &number)) {
        g_autofree char *name = g_strconcat("--", row->name, NULL);
        g_autofree char *high = g_strdup_printf("%u", row->max);
        complain(T_BAD_NUMBER, "option", name, "value", value, "low", low ? "1" : "0", "high", high, NULL);
        return false;
    }
    G_STRUCT_MEMBER(unsigned, options, row->offset) = (unsigned)number;
    return true;
}

static bool set_language(const char *value, options_t *options)
{
    if (!lab_language_of_name(value, lab_language_of_environment(), &options->language)) {
        complain(T_BAD_LANGUAGE, "option", "--language", "value", value, NULL);
        return false;
    }
    text_set_language(options->language);
    return true;
}

static bool add_bind(const char *value, options_t *options)
{
    if (options->binds == BINDS_MAX) {
        complain(T_TOO_MANY_BINDS, "address", value, "limit", G_STRINGIFY(BINDS_MAX), NULL);
        return false;
    }
    options->bind[options->binds++] = value;
    return true;
}

/* --tls alone is the usual port. */
static bool set_tls(const row_t *row, const char *value, options_t *options)
{
    options->tls = true;
    return !value || set_number(row, value, options);
}

static bool add_tls_name(const char *value, options_t *options)
{
    unsigned count = 0;

    while (options->tls_names[count])
        count++;
    if (!names_is_valid(value))
        complain(T_BAD_TLS_NAME, "name", value, NULL);
    else if (count == TLS_NAMES_MAX)
        complain(T_TOO_MANY_TLS_NAMES, "name", value, "limit", G_STRINGIFY(TLS_NAMES_MAX), NULL);
    else
        options->tls_names[count] = value;
    return count < TLS_NAMES_MAX && options->tls_names[count];
}

static bool set_qr(options_t *options)
{
    options->qr_code = qr_available();
    if (!options->qr_code)
        complain(T_NO_QR, NULL);
    return options->qr_code;
}

static options_result_t apply(const row_t *row, const char *value, options_t *options)
{
    switch (row->kind) {
    case KIND_NUMBER:
    case KIND_COUNT:
        return set_number(row, value, options) ? OPTIONS_RUN : OPTIONS_WRONG;
    case KIND_STRING:
        G_STRUCT_MEMBER(const char *, options, row->offset) = value;
        return OPTIONS_RUN;
    case KIND_BIND:
        return add_bind(value, options) ? OPTIONS_RUN : OPTIONS_WRONG;
    case KIND_QR:
        return set_qr(options) ? OPTIONS_RUN : OPTIONS_WRONG;
    case KIND_FLAG:
        G_STRUCT_MEMBER(bool, options, row->offset) = true;
        return OPTIONS_RUN;
    case KIND_LANGUAGE:
        return set_language(value, options) ? OPTIONS_RUN : OPTIONS_WRONG;
    case KIND_HELP:
        show_help();
        return OPTIONS_SHOWN;
    case KIND_VERSION:
        puts("labserver " LAB_VERSION);
        return OPTIONS_SHOWN;
    case KIND_TLS:
        return set_tls(row, value, options) ? OPTIONS_RUN : OPTIONS_WRONG;
    case KIND_TLS_NAME:
        return add_tls_name(value, options) ? OPTIONS_RUN : OPTIONS_WRONG;
    }
    return OPTIONS_WRONG;
}

/* What getopt could not read: `argument` is the word on the command line, `index` its row or -1. */
static options_result_t refuse(int problem, const char *argument, int index)
{
    g_autofree char *name = g_strndup(argument, strcspn(argument, "="));
    bool known = false;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        known = known || (g_str_has_prefix(name, "--") && !strcmp(rows[i].name, name + 2));
    if (problem == ':')
        complain(T_MISSING_VALUE, "option", name, "example", rows[index].example, NULL);
    else
        complain(known ? T_UNWANTED_VALUE : T_BAD_OPTION, "option", name, "program", text_program(), NULL);
    return OPTIONS_WRONG;
}

/* Finds --language wherever it stands, so that it holds for the first message too. */
static void find_language(int argc, char **argv)
{
    lab_lang_t lang = lab_language_of_environment();

    for (int i = 1; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "--language="))
            lab_language_of_name(strchr(argv[i], '=') + 1, lang, &lang);
        else if (!strcmp(argv[i], "--language") && i + 1 < argc)
            lab_language_of_name(argv[i + 1], lang, &lang);
    }
    text_set_language(lang);
}

/* getopt_long numbers its options; 'a' and on keeps clear of '?' and ':'. */
#define FIRST_CODE 'a'

static int argument_of(const row_t *row)
{
    if (row->kind == KIND_TLS)
        return optional_argument;
    return row->value ? required_argument : no_argument;
}

static options_result_t parse_rows(int argc, char **argv, options_t *options)
{
    struct option list[G_N_ELEMENTS(rows) + 1] = {{0}};
    options_result_t result = OPTIONS_RUN;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        list[i] = (struct option){rows[i].name, argument_of(&rows[i]), NULL, FIRST_CODE + (int)i};
    opterr = 0;
    optind = 0;
    while (result == OPTIONS_RUN) {
        int code = getopt_long(argc, argv, ":", list, NULL);
        if (code == -1)
            break;
        if (code == '?' || code == ':')
            return refuse(code, argv[optind - 1], optopt - FIRST_CODE);
        result = apply(&rows[code - FIRST_CODE], optarg, options);
    }
    if (result == OPTIONS_RUN && optind < argc) {
        complain(T_UNWANTED_ARGUMENT, "argument", argv[optind], NULL);
        return OPTIONS_WRONG;
    }
    return result;
}

/* Whether the ports differ. 0 is a free port and differs from all. */
static bool ports_differ(const options_t *options)
{
    const struct {
        const char *name;
        unsigned port;
    } ports[] = {{"--port", options->port},
                 {"--closed-port", options->scenario_ports.closed},
                 {"--slow-port", options->scenario_ports.slow},
                 {"--tls", options->tls ? options->tls_ports.port : 0},
                 {"--tls-scenario-port", options->tls_ports.scenarios}};

    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++) {
        for (size_t j = 0; j < i; j++) {
            if (!ports[i].port || ports[i].port != ports[j].port)
                continue;
            g_autofree char *number = g_strdup_printf("%u", ports[i].port);
            complain(T_SAME_PORT, "option", ports[i].name, "port", number, "other", ports[j].name, NULL);
            return false;
        }
    }
    return true;
}

/* Whether what belongs together was given together. */
static bool tls_fits(const options_t *options)
{
    const struct {
        const char *name;
        bool given;
    } parts[] = {{"--certificate", options->certificate},
                 {"--key", options->key},
                 {"--tls-name", options->tls_names[0]},
                 {"--tls-scenario-port", options->tls_ports.scenarios}};

    for (size_t i = 0; i < G_N_ELEMENTS(parts) && !options->tls; i++) {
        if (!parts[i].given)
            continue;
        complain(T_NEEDS_TLS, "option", parts[i].name, NULL);
        return false;
    }
    if (!options->certificate == !options->key)
        return true;
    bool lone = options->certificate;
    complain(T_CERT_NEEDS_KEY, "option", parts[lone ? 0 : 1].name, "other", parts[lone ? 1 : 0].name, NULL);
    return false;
}

options_result_t options_parse(int argc, char **argv, options_t *options)
{
    find_language(argc, argv);
    *options = (options_t){.port = 8080,
                           .tls_ports.port = 8443,
                           .keepalive_timeout = 5,
                           .keepalive_max = 100,
                           .max_per_address = PER_ADDRESS_SHARE,
                           .max_body = 16777216,
                           .header_timeout = 20,
                           .language = text_language()};
    options_result_t result = parse_rows(argc, argv, options);
    if (result == OPTIONS_RUN && !(tls_fits(options) && ports_differ(options)))
        result = OPTIONS_WRONG;
    if (!options->binds)
        options->bind[options->binds++] = "::";
    return result;
}
