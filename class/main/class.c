/* SPDX-License-Identifier: GPL-2.0-or-later */
/* class.c - the command grade. */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "grade.h"
#include "results.h"

enum { JOBS_UNASKED = 4, JOBS_MOST = 256 };

static void say_done(const lab_results_t *r)
{
    char all[16], bad[16], before[16];
    guint unread = 0;
    for (guint i = 0; i < r->students->len; i++)
        unread += !lab_value_string(g_ptr_array_index(r->students, i), "page");
    g_snprintf(all, sizeof all, "%u", r->students->len);
    g_snprintf(bad, sizeof bad, "%u", unread);
    g_snprintf(before, sizeof before, "%u", r->kept);
    char *page = g_build_filename(r->class->output, "index.html", NULL);
    char *text = lab_words_with(T_GRADED, r->class->language,
                                LAB_PLACES({"all", all}, {"bad", bad}, {"kept", before}, {"value", page}));
    puts(text);
    g_free(text);
    g_free(page);
}

static int grade(const lab_options_t *o, const lab_class_t *class)
{
    char *problem = NULL;
    lab_results_t *results = lab_grade(class, &problem);
    bool good = results && lab_write_results(results, &problem);
    if (good)
        say_done(results);
    else
        fprintf(stderr, "%s\n", problem);
    lab_results_free(results);
    g_free(problem);
    (void)o;
    return good ? 0 : LAB_FAILED;
}

/* Each tshark takes some 100 MB: as many as the machine has cores, as long as they fit into 500 MB. */
static guint jobs_of(const lab_options_t *o)
{
    return o->jobs > 0 ? (guint)o->jobs : MIN(g_get_num_processors(), JOBS_UNASKED);
}

/* Interrupted, the folder is removed, too. What was graded is kept. */
static gpointer wait_for_signal(gpointer folder)
{
    sigset_t signals = lab_ending_signals();
    int number;
    if (sigwait(&signals, &number) == 0) {
        lab_remove_folder(folder);
        _exit(128 + number);
    }
    return NULL;
}

static void remove_when_interrupted(char *folder)
{
    sigset_t signals = lab_ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    g_thread_unref(g_thread_new("signals", wait_for_signal, folder));
}

/* With a folder for tshark's files. */
static int with_folder(const lab_options_t *o, lab_class_t *class)
{
    GError *error = NULL;
    char *folder = g_dir_make_tmp("labclass-XXXXXX", &error);
    if (!folder) {
        char *why = g_strdup(error->message);
        g_error_free(error);
        return lab_file_failed(o, g_get_tmp_dir(), why, LAB_FAILED);
    }
    g_chmod(folder, lab_tshark_is_other() ? 0733 : 0700);
    remove_when_interrupted(folder);
    const lab_reader_t reader = {.tshark = o->tshark,
                                 .folder = folder,
                                 .language = o->language,
                                 .page = true,
                                 .bodies = class->rubric->bodies,
                                 .hex_bodies = LAB_HEX_BODIES};
    class->reader = &reader;
    int status = grade(o, class);
    lab_remove_folder(folder); /* its name is not freed: the thread above has it until the end */
    return status;
}

static int swapped(const lab_options_t *o)
{
    char *text =
        lab_words_with(T_SWAPPED, o->language, LAB_PLACES({"rubric", o->words[1]}, {"folder", o->words[0]}));
    fprintf(stderr, "%s\n", text);
    g_free(text);
    return LAB_USAGE;
}

int lab_command_grade(const lab_options_t *o)
{
    char *problem = NULL;
    if (o->jobs == 0 || o->jobs > JOBS_MOST)
        return lab_misused(o, T_BAD_JOBS, NULL);
    if (g_file_test(o->words[0], G_FILE_TEST_IS_DIR) && g_file_test(o->words[1], G_FILE_TEST_IS_REGULAR))
        return swapped(o);
    lab_rubric_t *rubric = lab_rubric_read(o->words[0], o->language, &problem);
    if (!rubric)
        return lab_file_failed(o, o->words[0], problem, LAB_USAGE);
    GPtrArray *submissions = lab_submissions(o->words[1], o->language, &problem);
    const char *output = o->output ? o->output : "grades";
    int status;
    if (!submissions) {
        status = lab_file_failed(o, o->words[1], problem, LAB_USAGE);
    } else if (g_mkdir_with_parents(output, 0755) != 0) {
        status = lab_file_failed(o, output, g_strdup(g_strerror(errno)), LAB_FAILED);
    } else {
        lab_class_t class = {.rubric = rubric,
                             .submissions = submissions,
                             .output = output,
                             .language = o->language,
                             .jobs = jobs_of(o),
                             .gradescope = o->gradescope,
                             .progress = isatty(STDERR_FILENO)};
        status = with_folder(o, &class);
    }
    if (submissions)
        g_ptr_array_unref(submissions);
    lab_rubric_free(rubric);
    return status;
}
