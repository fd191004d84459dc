/* SPDX-License-Identifier: GPL-2.0-or-later */
/* labannotate: what Lab says of each frame, as the comment of the frame, so that any Wireshark shows it. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "annotate.h"
#include "texts.h"

enum { FAILED = 1, USAGE = 2 };

typedef struct {
    lab_lang_t language;
    const char *notes, *in, *out;
    bool remove;
} lab_options_t;

static void say(FILE *where, const lab_options_t *o, lab_text_id_t id, const lab_place_t *places)
{
    char *words = lab_words_with(id, o->language, places);
    fprintf(where, "%s\n", words);
    g_free(words);
}

static int fail(const lab_options_t *o, int status, lab_text_id_t id, const char *value, const char *why)
{
    say(stderr, o, id, LAB_PLACES({"value", value}, {"why", why}));
    return status;
}

/* ---- one attempt ---- */

typedef struct {
    lab_source_t *in;
    lab_notes_t *notes; /* NULL = comments are taken out */
    lab_sink_t out;
    lab_job_t job;
    lab_job_result_t result;
    char *why; /* of LAB_JOB_UNREAD */
} lab_run_t;

static int open_files(lab_run_t *run, const lab_options_t *o)
{
    if (!(run->in = lab_source_open(o->in)))
        return fail(o, USAGE, T_NO_CAPTURE, o->in, g_strerror(errno));
    if (o->notes && !(run->notes = lab_notes_open(o->notes)))
        return fail(o, USAGE, T_NO_NOTES, o->notes,
                    errno ? g_strerror(errno) : lab_words(T_NOT_NOTES, o->language));
    if (!lab_sink_open(&run->out, o->out, o->in))
        return fail(o, USAGE, T_UNWRITTEN, o->out, g_strerror(run->out.error));
    return 0;
}

static void close_files(lab_run_t *run, bool keep)
{
    if (!lab_sink_close(&run->out, keep))
        run->result = LAB_JOB_UNWRITTEN;
    lab_source_close(run->in);
    lab_notes_close(run->notes);
}

/* Leaves the result in the run; returns an exit status if the files could not be opened. */
static int attempt(lab_run_t *run, const lab_options_t *o)
{
    int status = open_files(run, o);
    if (status == 0) {
        run->result = run->notes ? lab_annotate(run->in, run->notes, &run->out, &run->job)
                                 : lab_remove_notes(run->in, &run->out, &run->job);
        if (run->result == LAB_JOB_UNREAD)
            run->why = g_strdup(lab_source_failed(run->in));
        if (run->result == LAB_JOB_MISMATCH)
            run->why = g_strdup_printf("%u", lab_notes_frames(run->notes));
    }
    close_files(run, status == 0 && run->result == LAB_JOB_DONE);
    return status;
}

/* ---- what is said of it ---- */

static void say_done(const lab_options_t *o, const lab_job_t *job)
{
    char noted[24], frames[24], simple[24];
    g_snprintf(noted, sizeof noted, "%" G_GUINT64_FORMAT, job->noted);
    g_snprintf(frames, sizeof frames, "%" G_GUINT64_FORMAT, job->frames);
    g_snprintf(simple, sizeof simple, "%" G_GUINT64_FORMAT, job->simple);
    const lab_place_t *places =
        LAB_PLACES({"noted", noted}, {"frames", frames}, {"simple", simple}, {"value", o->out});
    say(stdout, o, o->remove ? T_REMOVED : T_ADDED, places);
    if (job->simple)
        say(stdout, o, T_SIMPLE, places);
    if (job->cut)
        say(stdout, o, T_CUT, places);
    if (job->resaved)
        say(stdout, o, T_RESAVED, places);
}

static int say_mismatch(const lab_options_t *o, const lab_run_t *run)
{
    char frames[24];
    g_snprintf(frames, sizeof frames, "%" G_GUINT64_FORMAT, run->job.frames);
    say(stderr, o, T_MISMATCH, LAB_PLACES({"value", o->in}, {"notes", run->why}, {"frames", frames}));
    return FAILED;
}

static int say_result(const lab_options_t *o, const lab_run_t *run)
{
    switch (run->result) {
    case LAB_JOB_DONE:
        say_done(o, &run->job);
        return 0;
    case LAB_JOB_EMPTY:
        return fail(o, USAGE, T_EMPTY, o->in, "");
    case LAB_JOB_OTHER:
        return fail(o, USAGE, T_OTHER, o->in, "");
    case LAB_JOB_UNREAD:
        return fail(o, FAILED, T_NO_CAPTURE, o->in, run->why);
    case LAB_JOB_UNWRITTEN:
        return fail(o, FAILED, T_UNWRITTEN, o->out, g_strerror(run->out.error));
    case LAB_JOB_NONE:
        return fail(o, USAGE, T_NO_COMMENTS, o->in, "");
    default:
        return say_mismatch(o, run);
    }
}

static int work(const lab_options_t *o)
{
    lab_run_t run = {.result = LAB_JOB_DONE};
    int status = attempt(&run, o);
    bool again = status == 0 && (run.result == LAB_JOB_CUSTOM || run.result == LAB_JOB_NONE);
    if (again) {
        run = (lab_run_t){.job = {.custom_counts = true, .resaved = true}};
        status = attempt(&run, o);
    }
    run.job.resaved &= o->remove;
    if (status == 0)
        status = say_result(o, &run);
    g_free(run.why);
    return status;
}

/* ---- options ---- */

/* -1 = go on, else the exit status. */
static int take_option(lab_options_t *o, int option)
{
    switch (option) {
    case 'n':
        o->notes = optarg;
        return -1;
    case 'r':
        o->remove = true;
        return -1;
    case 'l':
        return lab_language_of_name(optarg, o->language, &o->language)
                   ? -1
                   : fail(o, USAGE, T_BAD_LANGUAGE, optarg, "");
    case 'v':
        puts("labannotate " LAB_VERSION);
        return 0;
    case 'h':
        say(stdout, o, T_USAGE, LAB_PLACES({"version", LAB_VERSION}));
        return 0;
    default:
        return USAGE; /* getopt has said what is wrong */
    }
}

static int take_options(lab_options_t *o, int argc, char **argv)
{
    static const struct option options[] = {
        {"notes", required_argument, NULL, 'n'},    {"remove", no_argument, NULL, 'r'},
        {"language", required_argument, NULL, 'l'}, {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},        {NULL, 0, NULL, 0}};
    int option, status = -1;
    while (status < 0 && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(o, option);
    if (status >= 0)
        return status;
    if (argc - optind != 2)
        return fail(o, USAGE, T_BAD_USE, lab_words(T_NEED_FILES, o->language), "");
    if (!o->notes == !o->remove)
        return fail(o, USAGE, T_BAD_USE, lab_words(T_NEED_NOTES, o->language), "");
    o->in = argv[optind];
    o->out = argv[optind + 1];
    return -1;
}

/* One file by two names would be lost. */
static bool same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

int main(int argc, char **argv)
{
    lab_options_t options = {.language = lab_language_of_environment()};
    int status = take_options(&options, argc, argv);
    if (status >= 0)
        return status;
    if (same_file(options.in, options.out))
        return fail(&options, USAGE, T_SAME, options.out, "");
    return work(&options);
}
