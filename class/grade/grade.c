/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grade.c - the pool that reads the captures, and what is kept for the next run; see grade.h. */
#include "grade.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "pages.h"

enum { SHEET_MOST = 4 << 20, KEPT_FORM = 2 };

/* The work of all threads. Each fills its own place; the lock is for what they share. */
typedef struct {
    const lab_class_t *class;
    json_t **students;
    GArray **prints;
    GMutex lock;
    guint done, kept;
    char *problem; /* the first file that could not be written */
} lab_work_t;

/* ---- what is kept for the next run ---- */

/* FNV-1a, eight bytes at a time: it tells a changed file from the one before. SHA-256 of a capture takes a
 * tenth of the time of its dissection, and nobody gains by two files of theirs that are equal here. */
static guint64 file_sum(const char *name)
{
    char *problem = NULL;
    guint64 sum = G_GUINT64_CONSTANT(14695981039346656037), words[8192] = {0};
    int fd = name ? lab_open_regular(name, LAB_LANG_EN, &problem) : -1;
    FILE *file = fd >= 0 ? fdopen(fd, "rb") : NULL;
    for (size_t got; file && (got = fread(words, 1, sizeof words, file)) > 0;) {
        memset((char *)words + got, 0, sizeof words - got);
        for (size_t i = 0; i < (got + 7) / 8; i++) {
            sum = (sum ^ words[i]) * G_GUINT64_CONSTANT(1099511628211);
            sum ^= sum >> 29;
        }
        sum += got;
    }
    if (file)
        fclose(file);
    g_free(problem);
    return file ? sum : 0;
}

/* Of everything that the result depends on. */
static char *key_of(const lab_class_t *c, const lab_submission_t *s)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    char *head = g_strdup_printf("%s %d %d\n%s\n%s\n%" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x\n",
                                 LAB_VERSION, KEPT_FORM, (int)c->language, s->name,
                                 s->problem ? s->problem : "", file_sum(s->capture), file_sum(s->sheet));
    g_checksum_update(sum, (const guchar *)head, -1);
    g_checksum_update(sum, (const guchar *)c->rubric->text, -1);
    char *key = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    g_free(head);
    return key;
}

static char *kept_path(const lab_class_t *c, const lab_submission_t *s, const char *ending)
{
    char *file = g_strdup_printf("%s.%s", s->safe, ending),
         *path = g_build_filename(c->output, ".kept", file, NULL);
    g_free(file);
    return path;
}

static GArray *kept_prints(const lab_class_t *c, const lab_submission_t *s)
{
    char *path = kept_path(c, s, "prints"), *bytes = NULL;
    gsize length = 0;
    GArray *prints = NULL;
    if (g_file_get_contents(path, &bytes, &length, NULL) && length % sizeof(lab_print_t) == 0) {
        prints = g_array_new(FALSE, TRUE, sizeof(lab_print_t));
        g_array_append_vals(prints, bytes, (guint)(length / sizeof(lab_print_t)));
    }
    g_free(bytes);
    g_free(path);
    return prints;
}

static bool page_is_there(const lab_class_t *c, json_t *student)
{
    const char *page = lab_value_string(student, "page");
    char *path = page ? g_strdup_printf("%s/students/%s.html", c->output, page) : NULL;
    bool there = !path || g_file_test(path, G_FILE_TEST_EXISTS);
    g_free(path);
    return there;
}

/* The result of an earlier run with this key; NULL = none. */
static json_t *kept(const lab_class_t *c, const lab_submission_t *s, const char *key, GArray **prints)
{
    char *path = kept_path(c, s, "json");
    json_t *root = json_load_file(path, 0, NULL), *student = json_object_get(root, "student");
    const char *had = lab_value_string(root, "key");
    bool usable = had && strcmp(had, key) == 0 && json_is_object(student) && page_is_there(c, student) &&
                  (*prints = kept_prints(c, s));
    student = usable ? json_incref(student) : NULL;
    json_decref(root);
    g_free(path);
    return student;
}

static bool keep(const lab_class_t *c, const lab_submission_t *s, const char *key, json_t *student,
                 const GArray *prints, char **problem)
{
    json_t *object = json_object();
    json_object_set_new(object, "key", lab_value_new(key));
    json_object_set(object, "student", student);
    char *text = lab_value_write(object);
    char *json = g_strdup_printf(".kept/%s.json", s->safe),
         *raw = g_strdup_printf(".kept/%s.prints", s->safe);
    bool good = lab_write_file(c, raw, prints->data ? prints->data : "",
                               (gssize)(prints->len * sizeof(lab_print_t)), problem) &&
                lab_write_file(c, json, text, -1, problem);
    json_decref(object);
    g_free(text);
    g_free(json);
    g_free(raw);
    return good;
}

/* ---- one student ---- */

static json_t *read_and_mark(const lab_class_t *c, const lab_submission_t *s, guint number, GArray **prints,
                             char **page)
{
    lab_reading_t reading = {0};
    gsize length = 0;
    char *ignored = NULL;
    char *sheet = s->sheet ? lab_read_regular(s->sheet, SHEET_MOST, &length, c->language, &ignored) : NULL;
    if (s->capture)
        reading = lab_read_capture(c->reader, s->capture, number);
    char *problem = s->problem && reading.problem ? g_strdup_printf("%s; %s", s->problem, reading.problem)
                                                  : g_strdup(s->problem ? s->problem : reading.problem);
    json_t *student = lab_mark(c->rubric, s, reading.facts, sheet, problem, c->language);
    *prints = reading.facts ? lab_prints(reading.facts) : g_array_new(FALSE, TRUE, sizeof(lab_print_t));
    *page = reading.facts ? lab_student_page(c, student, reading.page ? reading.page : "") : NULL;
    lab_reading_clear(&reading);
    g_free(problem);
    g_free(ignored);
    g_free(sheet);
    return student;
}

static bool write_student(const lab_class_t *c, const lab_submission_t *s, const char *page, char **problem)
{
    char *name = g_strdup_printf("students/%s.html", s->safe);
    bool good = !page || lab_write_file(c, name, page, -1, problem);
    g_free(name);
    return good;
}

static void say_progress(const lab_work_t *work)
{
    char done[16], all[16];
    if (!work->class->progress)
        return;
    g_snprintf(done, sizeof done, "%u", work->done);
    g_snprintf(all, sizeof all, "%u", work->class->submissions->len);
    char *text = lab_words_with(T_PROGRESS, work->class->language, LAB_PLACES({"done", done}, {"all", all}));
    fprintf(stderr, "\r%s ", text);
    fflush(stderr);
    g_free(text);
}

/* Of the pool: `data` is the number of the submission, from 1. */
static void one_student(gpointer data, gpointer user)
{
    lab_work_t *work = user;
    guint i = GPOINTER_TO_UINT(data) - 1;
    const lab_class_t *c = work->class;
    const lab_submission_t *s = g_ptr_array_index(c->submissions, i);
    char *key = key_of(c, s), *page = NULL, *problem = NULL;
    json_t *student = kept(c, s, key, &work->prints[i]);
    bool before = student != NULL;
    if (!before) {
        student = read_and_mark(c, s, i, &work->prints[i], &page);
        if (write_student(c, s, page, &problem))
            keep(c, s, key, student, work->prints[i], &problem);
    }
    g_mutex_lock(&work->lock);
    work->students[i] = student;
    work->done++;
    work->kept += before;
    if (problem && !work->problem)
        work->problem = g_steal_pointer(&problem);
    say_progress(work);
    g_mutex_unlock(&work->lock);
    g_free(problem);
    g_free(page);
    g_free(key);
}

/* ---- all of them ---- */

static void let_go(gpointer student)
{
    json_decref(student);
}

static lab_results_t *results_of(lab_work_t *work)
{
    const guint count = work->class->submissions->len;
    lab_results_t *r = g_new0(lab_results_t, 1);
    GArray *all = g_array_new(FALSE, FALSE, sizeof(lab_print_t));
    r->class = work->class;
    r->kept = work->kept;
    r->students = g_ptr_array_new_with_free_func(let_go);
    r->prints = g_new0(guint, count + 1);
    for (guint i = 0; i < count; i++) {
        g_ptr_array_add(r->students, work->students[i]);
        r->prints[i] = work->prints[i]->len;
        for (guint p = 0; p < work->prints[i]->len; p++)
            g_array_index(work->prints[i], lab_print_t, p).owner = i;
        g_array_append_vals(all, work->prints[i]->data, work->prints[i]->len);
        g_array_unref(work->prints[i]);
    }
    r->shared = lab_shared(all);
    g_array_unref(all);
    return r;
}

static void run_pool(lab_work_t *work)
{
    GThreadPool *pool = g_thread_pool_new(one_student, work, (int)work->class->jobs, TRUE, NULL);
    for (guint i = 0; i < work->class->submissions->len; i++)
        g_thread_pool_push(pool, GUINT_TO_POINTER(i + 1), NULL);
    g_thread_pool_free(pool, FALSE, TRUE);
    if (work->class->progress)
        fputc('\n', stderr);
}

static bool make_folders(const lab_class_t *c)
{
    bool good = true;
    for (const char *const *name = (const char *const[]){".kept", "students", NULL}; *name; name++) {
        char *path = g_build_filename(c->output, *name, NULL);
        good = g_mkdir_with_parents(path, 0755) == 0 && good;
        g_free(path);
    }
    return good;
}

lab_results_t *lab_grade(const lab_class_t *class, char **problem)
{
    const guint count = class->submissions->len;
    lab_work_t work = {
        .class = class, .students = g_new0(json_t *, count + 1), .prints = g_new0(GArray *, count + 1)};
    if (!make_folders(class)) {
        *problem = lab_words_with(T_UNWRITTEN, class->language,
                                  LAB_PLACES({"file", class->output}, {"value", g_strerror(EACCES)}));
        g_free(work.students);
        g_free(work.prints);
        return NULL;
    }
    g_mutex_init(&work.lock);
    run_pool(&work);
    lab_results_t *results = results_of(&work);
    g_mutex_clear(&work.lock);
    g_free(work.students);
    g_free(work.prints);
    *problem = work.problem;
    if (!work.problem)
        return results;
    lab_results_free(results);
    return NULL;
}

void lab_results_free(lab_results_t *results)
{
    if (!results)
        return;
    g_ptr_array_unref(results->students);
    g_array_unref(results->shared);
    g_free(results->prints);
    g_free(results);
}
