/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader.c - see reader.h. */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CPU_SECONDS = 600, BODY_MOST = 1 << 20 };

char *lab_why_unread(int error, lab_lang_t language)
{
    return error == ENOENT   ? g_strdup(lab_words(T_NOT_THERE, language))
           : error == EACCES ? g_strdup(lab_words(T_NOT_ALLOWED, language))
           : error == ENOTDIR
               ? g_strdup(lab_words(T_NO_FOLDER, language))
               : lab_words_with(T_UNREADABLE, language, LAB_PLACES({"value", g_strerror(error)}));
}

int lab_open_regular(const char *name, lab_lang_t language, char **problem)
{
    struct stat is;
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode))
        return fd;
    *problem =
        fd < 0 && errno != ELOOP ? lab_why_unread(errno, language) : g_strdup(lab_words(T_NO_FILE, language));
    if (fd >= 0)
        close(fd);
    return -1;
}

char *lab_read_regular(const char *name, gsize most, gsize *length, lab_lang_t language, char **problem)
{
    int fd = lab_open_regular(name, language, problem);
    if (fd < 0)
        return NULL;
    GByteArray *bytes = g_byte_array_new();
    guint8 room[65536];
    ssize_t got;
    while ((got = read(fd, room, sizeof room)) > 0 && bytes->len <= most)
        g_byte_array_append(bytes, room, (guint)got);
    close(fd);
    if (got >= 0 && bytes->len <= most) {
        *length = bytes->len;
        g_byte_array_append(bytes, (const guint8 *)"", 1);
        return (char *)g_byte_array_free(bytes, FALSE);
    }
    *problem = got < 0 ? lab_words_with(T_UNREADABLE, language, LAB_PLACES({"value", g_strerror(errno)}))
                       : g_strdup(lab_words(T_TOO_LONG, language));
    g_byte_array_free(bytes, TRUE);
    return NULL;
}

bool lab_tshark_is_other(void)
{
    return geteuid() == 0;
}

void lab_remove_folder(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(folder);
}

/* ---- the run ---- */

sigset_t lab_ending_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    return signals;
}

/* In the child: a dissector that hangs ends by itself, and a user can end it. */
static void limit(gpointer user)
{
    (void)user;
    const sigset_t signals = lab_ending_signals();
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS + 5};
    setrlimit(RLIMIT_CPU, &cpu);
}

static char *in_folder(const lab_reader_t *r, guint number, const char *what)
{
    return g_strdup_printf("%s/%u.%s", r->folder, number, what);
}

static void add_report(GPtrArray *words, const lab_reader_t *r, guint number, const char *format)
{
    g_ptr_array_add(words, g_strdup("-z"));
    g_ptr_array_add(words, g_strdup_printf("lab,report,%s,%u.%s,%s", format, number, format,
                                           r->filter && strcmp(format, "frames") != 0 ? r->filter : ""));
}

static GPtrArray *command(const lab_reader_t *r, guint number)
{
    static const char *const quiet[] = {"-q", NULL};
    static const char *const bodies[] = {
        "-Y",
        "http.response && http.file_data && (http.content_type contains \"text\" || http.content_type "
        "contains \"xml\" || http.content_type contains \"json\")",
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "http.file_data",
        NULL};
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(words, g_strdup(r->tshark));
    for (const char *const *w = (const char *const[]){"-n", "-r", "-", "-o", NULL}; *w; w++)
        g_ptr_array_add(words, g_strdup(*w));
    g_ptr_array_add(words, g_strdup(r->language == LAB_LANG_ZH ? "lab.language:zh" : "lab.language:en"));
    for (const char *const *w = r->bodies ? bodies : quiet; *w; w++)
        g_ptr_array_add(words, g_strdup(*w));
    add_report(words, r, number, "json-compact");
    add_report(words, r, number, "frames");
    if (r->page)
        add_report(words, r, number, "html");
    g_ptr_array_add(words, NULL);
    return words;
}

/* True: the run ended with 0, or was cut short by the capture's end. */
static bool run(const lab_reader_t *r, int capture, guint number, char **said)
{
    GPtrArray *words = command(r, number);
    char *out = in_folder(r, number, "out"), *err = in_folder(r, number, "err");
    GError *error = NULL;
    GSubprocessLauncher *launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_subprocess_launcher_set_cwd(launcher, r->folder);
    g_subprocess_launcher_take_stdin_fd(launcher, capture);
    g_subprocess_launcher_set_stdout_file_path(launcher, out);
    g_subprocess_launcher_set_stderr_file_path(launcher, err);
    g_subprocess_launcher_set_child_setup(launcher, limit, NULL, NULL);
    GSubprocess *child = g_subprocess_launcher_spawnv(launcher, (const char *const *)words->pdata, &error);
    bool good = child && g_subprocess_wait(child, NULL, &error) && g_subprocess_get_if_exited(child);
    if (error)
        *said = g_strdup(error->message);
    else
        g_file_get_contents(err, said, NULL, NULL);
    g_clear_error(&error);
    g_clear_object(&child);
    g_object_unref(launcher);
    g_ptr_array_unref(words);
    g_unlink(err);
    g_free(out);
    g_free(err);
    return good;
}

/* ---- what it wrote ---- */

static char *take_file(const lab_reader_t *r, guint number, const char *what)
{
    char *name = in_folder(r, number, what), *text = NULL;
    g_file_get_contents(name, &text, NULL, NULL);
    g_unlink(name);
    g_free(name);
    return text;
}

/* In place: "3c68" becomes "<h". */
static void unhex(char *text)
{
    char *out = text;
    for (char *in = text; g_ascii_isxdigit(in[0]) && g_ascii_isxdigit(in[1]); in += 2)
        *out++ = (char)(g_ascii_xdigit_value(in[0]) << 4 | g_ascii_xdigit_value(in[1]));
    *out = '\0';
}

static void take_bodies(const lab_reader_t *r, guint number, lab_facts_t *facts)
{
    char *text = take_file(r, number, "out");
    if (!text || !facts || !r->bodies) {
        g_free(text);
        return;
    }
    facts->bodies = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *tab = strchr(*line, '\t');
        if (!tab)
            continue;
        char *body = g_strndup(tab + 1, BODY_MOST);
        if (r->hex_bodies)
            unhex(body);
        g_hash_table_replace(facts->bodies, GINT_TO_POINTER((gint)g_ascii_strtoll(*line, NULL, 10)), body);
    }
    g_strfreev(lines);
    g_free(text);
}

static char *first_line(const char *said)
{
    const char *line = said ? strstr(said, "tshark: ") : NULL;
    return line ? g_strndup(line + strlen("tshark: "), strcspn(line + strlen("tshark: "), "\n"))
                : g_strdup("");
}

/* What is wrong with the capture; NULL = nothing. */
static char *complaint(const lab_facts_t *facts, const char *said, lab_lang_t language)
{
    if (facts && said && strstr(said, "cut short"))
        return g_strdup(lab_words(T_CUT, language));
    if (facts && lab_value_number(lab_value_object(facts->root, "capture"), "tcp_frames") < 1)
        return g_strdup(lab_words(T_NO_TCP, language));
    if (facts)
        return said && strstr(said, "damaged") ? g_strdup(lab_words(T_DAMAGED, language)) : NULL;
    char *line = first_line(said),
         *text = lab_words_with(T_NO_CAPTURE, language, LAB_PLACES({"value", line}));
    g_free(line);
    return text;
}

static bool is_empty(int fd)
{
    struct stat is;
    return fstat(fd, &is) == 0 && is.st_size == 0;
}

lab_reading_t lab_read_capture(const lab_reader_t *r, const char *capture, guint number)
{
    lab_reading_t reading = {0};
    int fd = lab_open_regular(capture, r->language, &reading.problem);
    if (fd < 0)
        return reading;
    if (is_empty(fd)) {
        close(fd);
        reading.problem = g_strdup(lab_words(T_EMPTY, r->language));
        return reading;
    }
    char *said = NULL;
    bool good = run(r, fd, number, &said);
    char *json = take_file(r, number, "json-compact"), *frames = take_file(r, number, "frames");
    if (good && json && frames)
        reading.facts = lab_facts_new(g_steal_pointer(&json), g_steal_pointer(&frames));
    take_bodies(r, number, reading.facts);
    reading.page = r->page ? take_file(r, number, "html") : NULL;
    reading.problem = complaint(reading.facts, said, r->language);
    g_free(json);
    g_free(frames);
    g_free(said);
    return reading;
}

void lab_reading_clear(lab_reading_t *reading)
{
    lab_facts_free(reading->facts);
    g_free(reading->page);
    g_free(reading->problem);
    *reading = (lab_reading_t){0};
}
