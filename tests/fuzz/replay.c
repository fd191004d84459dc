/* replay.c - runs a fuzz target without libFuzzer on files, and on all files of folders.
 *
 * Copyright 2026 The Lab authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz.h"

static unsigned run_file(const char *path)
{
    char *text;
    gsize length;
    GError *error = NULL;
    if (!g_file_get_contents(path, &text, &length, &error)) {
        g_printerr("replay: %s\n", error->message);
        g_error_free(error);
        return 0;
    }
    uint8_t *exact =
        g_memdup2(text, length); /* no byte behind it, so that the sanitizer sees reads past it */
    LLVMFuzzerTestOneInput(exact, length);
    g_free(exact);
    g_free(text);
    return 1;
}

static unsigned run_folder(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    unsigned n = 0;
    while (dir && (name = g_dir_read_name(dir))) {
        char *file = g_build_filename(path, name, NULL);
        n += run_file(file);
        g_free(file);
    }
    if (dir)
        g_dir_close(dir);
    return n;
}

int main(int argc, char **argv)
{
    unsigned n = 0;
    for (int i = 1; i < argc; i++)
        n += g_file_test(argv[i], G_FILE_TEST_IS_DIR) ? run_folder(argv[i]) : run_file(argv[i]);
    g_print("%u inputs\n", n);
    if (!n)
        g_printerr("replay: no input was read; name files or folders\n");
    return n ? 0 : 1;
}
