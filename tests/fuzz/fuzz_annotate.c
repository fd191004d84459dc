/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_annotate.c - the input is a capture: comments go in and out again, and it is what it was. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "annotate.h"
#include "fuzz.h"

static const char notes_text[] = "frames\t3\nsection\tall of it\n1\tone\n2\ttwo\\nlines\n3\tthree\n";

static char *folder;

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void remove_folder(void)
{
    static const char *const names[] = {"notes", "in", "annotated", "out"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = path_of(names[i]);
        unlink(path);
        g_free(path);
    }
    rmdir(folder);
    g_free(folder);
}

static void write_file(const char *name, const void *bytes, size_t size)
{
    char *path = path_of(name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
    g_free(path);
}

static void begin(void)
{
    folder = g_dir_make_tmp("lab-fuzz-XXXXXX", NULL);
    FUZZ_CHECK(folder);
    atexit(remove_folder);
    write_file("notes", notes_text, sizeof notes_text - 1);
}

/* One job from a file to another one. The notes NULL: comments are taken out. */
static lab_job_result_t work(const char *from, const char *to, bool annotates, bool option)
{
    char *in = path_of(from), *out = path_of(to), *notes_path = path_of("notes");
    lab_source_t *source = lab_source_open(in);
    lab_notes_t *notes = annotates ? lab_notes_open(notes_path) : NULL;
    lab_job_t job = {.custom_counts = option, .resaved = option};
    lab_sink_t sink;
    FUZZ_CHECK(source && (notes || !annotates) && lab_sink_open(&sink, out, in));
    lab_job_result_t result =
        annotates ? lab_annotate(source, notes, &sink, &job) : lab_remove_notes(source, &sink, &job);
    FUZZ_CHECK(lab_sink_close(&sink, true));
    FUZZ_CHECK(job.noted <= job.frames || !annotates);
    lab_notes_close(notes);
    lab_source_close(source);
    g_free(notes_path);
    g_free(out);
    g_free(in);
    return result;
}

static void is_as_it_was(const uint8_t *data, size_t size)
{
    char *path = path_of("out"), *bytes;
    gsize count;
    FUZZ_CHECK(g_file_get_contents(path, &bytes, &count, NULL));
    FUZZ_CHECK(count == size && (!size || memcmp(bytes, data, size) == 0));
    g_free(bytes);
    g_free(path);
}

/* A file compressed with gzip does not come back compressed. */
static bool is_compressed(const uint8_t *data, size_t size)
{
    return size > 1 && data[0] == 0x1f && data[1] == 0x8b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool option = size && data[size - 1] & 1;
    if (!folder)
        begin();
    write_file("in", data, size);
    bool foreign = work("in", "out", false, false) != LAB_JOB_NONE;
    work("in", "out", false, true);
    lab_job_result_t result = work("in", "annotated", true, option);
    if (result == LAB_JOB_DONE && work("annotated", "out", false, false) == LAB_JOB_DONE && !foreign &&
        !is_compressed(data, size))
        is_as_it_was(data, size);
    return 0;
}
