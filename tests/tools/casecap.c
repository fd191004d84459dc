/* casecap: makes captures of the readable cases of tests/cases, and lists their expectations.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case.h"

#include <stdio.h>

static const char usage[] =
    "usage: casecap --out DIRECTORY FILE.case ...\n"
    "Writes one capture per case, case-0001.pcap and so on, and prints one line of JSON per case:\n"
    "its name, its capture and the expectations (frame, field, values).\n";

static gboolean read_file(const char *path, GPtrArray *cases, GError **error)
{
    char *text = NULL;
    gboolean good = g_file_get_contents(path, &text, NULL, error) && case_parse(path, text, cases, error);
    g_free(text);
    return good;
}

static gboolean write_cases(const GPtrArray *cases, const char *directory, GError **error)
{
    GString *lines = g_string_new(NULL);
    gboolean good = TRUE;
    for (guint i = 0; good && i < cases->len; i++) {
        const Case *a_case = g_ptr_array_index(cases, i);
        char *path = g_strdup_printf("%s/case-%04u.pcap", directory, i + 1);
        good = case_write_capture(a_case, path, error);
        case_describe(a_case, path, lines);
        g_free(path);
    }
    if (good)
        fputs(lines->str, stdout);
    g_string_free(lines, TRUE);
    return good;
}

int main(int argc, char **argv)
{
    char *directory = NULL, **files = NULL;
    GOptionEntry entries[] = {
        {"out", 'o', 0, G_OPTION_ARG_FILENAME, &directory, "Where the captures go", "DIRECTORY"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "FILE.case ..."},
        {NULL, 0, 0, 0, NULL, NULL, NULL}};
    GOptionContext *context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    GError *error = NULL;
    gboolean understood = g_option_context_parse(context, &argc, &argv, &error);
    g_option_context_free(context);
    if (!understood || directory == NULL || files == NULL) {
        fprintf(stderr, "%s%s%s", error ? error->message : "", error ? "\n" : "", usage);
        return 2;
    }
    GPtrArray *cases = g_ptr_array_new_with_free_func(case_free);
    gboolean good = TRUE;
    for (char **file = files; good && *file; file++)
        good = read_file(*file, cases, &error);
    good = good && write_cases(cases, directory, &error) && fflush(stdout) == 0;
    if (!good)
        fprintf(stderr, "casecap: %s\n", error ? error->message : "cannot write to standard output");
    g_clear_error(&error);
    g_ptr_array_unref(cases);
    g_strfreev(files);
    g_free(directory);
    return good ? 0 : 1;
}
