/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labclass: what was written about a capture, checked against its frames. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"

static const struct {
    const char *name;
    int (*run)(const lab_options_t *options);
    lab_text_id_t needs; /* what is said if there are too few words */
    guint least, most;   /* words behind it */
} commands[] = {
    {"answers", lab_command_answers, T_NEED_CAPTURE, 1, 1}, {"check", lab_command_check, T_NEED_SHEET, 2, 2},
    {"grade", lab_command_grade, T_NEED_FOLDER, 2, 2},      {"quiz", lab_command_quiz, T_NEED_CAPTURE, 1, 1},
    {"explain", lab_command_explain, T_NEED_COMMAND, 0, 1},
};

static int say(FILE *where, int status, char *words)
{
    fprintf(where, "%s\n", words);
    g_free(words);
    return status;
}

const char *lab_program(void)
{
    const char *name = g_getenv("LAB_PROGRAM");
    return name && *name ? name : "labclass";
}

int lab_misused(const lab_options_t *o, lab_text_id_t id, const char *value)
{
    char *what = lab_words_with(id, o->language, LAB_PLACES({"value", value}));
    int status =
        say(stderr, LAB_USAGE,
            lab_words_with(T_BAD_USE, o->language, LAB_PLACES({"value", what}, {"program", lab_program()})));
    g_free(what);
    return status;
}

int lab_file_failed(const lab_options_t *o, const char *file, char *why, int status)
{
    say(stderr, status, lab_words_with(T_FAILED, o->language, LAB_PLACES({"file", file}, {"value", why})));
    g_free(why);
    return status;
}

int lab_put(const lab_options_t *o, const GString *text)
{
    FILE *out = o->output ? fopen(o->output, "wb") : stdout;
    bool good = out && fwrite(text->str, 1, text->len, out) == text->len;
    if (out)
        good = (o->output ? fclose(out) : fflush(out)) == 0 && good;
    return good ? 0
                : say(stderr, LAB_FAILED,
                      lab_words_with(T_UNWRITTEN, o->language,
                                     LAB_PLACES({"file", o->output ? o->output : "stdout"},
                                                {"value", g_strerror(errno)})));
}

static bool take_number(gint64 *number, const char *text)
{
    char *end = NULL;
    guint64 value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : G_MAXUINT64;
    *number = (gint64)value;
    return end && *end == '\0' && value <= G_MAXINT32;
}

/* -1 = go on, else the exit status. */
static int take_option(lab_options_t *o, int option)
{
    gint64 *numbers[] = {
        ['p'] = &o->page, ['c'] = &o->connection, ['s'] = &o->seed, ['n'] = &o->questions, ['j'] = &o->jobs};
    switch (option) {
    case 'p':
    case 'c':
    case 's':
    case 'n':
    case 'j':
        return take_number(numbers[option], optarg) ? -1 : lab_misused(o, T_BAD_NUMBER, optarg);
    case 't':
        o->tshark = optarg;
        return -1;
    case 'o':
        o->output = optarg;
        return -1;
    case 'f':
        o->format = optarg;
        return -1;
    case 'i':
        o->hint = true;
        return -1;
    case 'g':
        o->gradescope = true;
        return -1;
    case 'l':
        return lab_language_of_name(optarg, o->language, &o->language)
                   ? -1
                   : lab_misused(o, T_BAD_LANGUAGE, optarg);
    case 'v':
        puts("labclass " LAB_VERSION);
        return 0;
    case 'h':
        return say(stdout, 0, lab_words_with(T_USAGE, o->language, LAB_PLACES({"version", LAB_VERSION})));
    default:
        return LAB_USAGE; /* getopt has said what is wrong */
    }
}

static int take_options(lab_options_t *o, int argc, char **argv)
{
    static const struct option options[] = {
        {"page", required_argument, NULL, 'p'},     {"connection", required_argument, NULL, 'c'},
        {"seed", required_argument, NULL, 's'},     {"questions", required_argument, NULL, 'n'},
        {"jobs", required_argument, NULL, 'j'},     {"tshark", required_argument, NULL, 't'},
        {"output", required_argument, NULL, 'o'},   {"format", required_argument, NULL, 'f'},
        {"hint", no_argument, NULL, 'i'},           {"gradescope", no_argument, NULL, 'g'},
        {"language", required_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},        {NULL, 0, NULL, 0}};
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(o, option);
    o->words = argv + optind;
    return status;
}

int main(int argc, char **argv)
{
    lab_options_t o = {
        lab_language_of_environment(), "tshark", NULL, NULL, -1, -1, -1, -1, -1, false, false, NULL};
    int status = take_options(&o, argc, argv);
    if (status >= 0)
        return status;
    const char *name = *o.words;
    if (!name)
        return lab_misused(&o, T_NEED_COMMAND, NULL);
    o.words++;
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) != 0)
            continue;
        guint count = g_strv_length(o.words);
        if (count < commands[i].least)
            return lab_misused(&o, commands[i].needs, name);
        return count > commands[i].most ? lab_misused(&o, T_TOO_MANY, o.words[commands[i].most])
                                        : commands[i].run(&o);
    }
    return lab_misused(&o, T_NEED_COMMAND, name);
}
