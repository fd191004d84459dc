/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accesslog.c - see accesslog.h. */
#include "accesslog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "texts.h"

/* Bytes: the lines are written to the file before they grow beyond this. */
#define HELD_MAX 32768

struct access_log {
    const char *path; /* NULL: standard output */
    GMutex lock;      /* of all below */
    int fd;
    GString *held;
    time_t second;
    char stamp[40]; /* of that second */
};

/* A FIFO that nobody reads is an error at once (ENXIO): to wait for its reader would keep the server from
 * starting, and from ending. */
static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0644);
}

access_log_t *accesslog_open(const char *path, bool *ok)
{
    *ok = true;
    if (!path)
        return NULL;
    bool standard = !strcmp(path, "-");
    int fd = standard ? STDOUT_FILENO : open_file(path);
    if (fd < 0) {
        complain(T_LOG_UNWRITABLE, "file", path, "error", g_strerror(errno), NULL);
        *ok = false;
        return NULL;
    }
    access_log_t *log = g_new0(access_log_t, 1);
    log->path = standard ? NULL : path;
    log->fd = fd;
    log->held = g_string_sized_new(HELD_MAX + 4096);
    g_mutex_init(&log->lock);
    return log;
}

/* POSIX: a pipe that can be written to takes PIPE_BUF bytes without waiting. */
static bool takes_bytes(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    return poll(&wanted, 1, 0) == 1 && (wanted.revents & POLLOUT);
}

/* The lock is held. If the disk is full, or the reader of a pipe or a terminal has gone or takes nothing, the
 * lines are lost and the server goes on: no request waits for who reads the log. */
static void write_out(access_log_t *log)
{
    size_t done = 0;

    while (done < log->held->len && takes_bytes(log->fd)) {
        ssize_t n = write(log->fd, log->held->str + done, MIN(log->held->len - done, PIPE_BUF));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    g_string_truncate(log->held, 0);
}

void accesslog_flush(access_log_t *log)
{
    if (!log)
        return;
    g_mutex_lock(&log->lock);
    write_out(log);
    g_mutex_unlock(&log->lock);
}

void accesslog_reopen(access_log_t *log)
{
    if (!log || !log->path)
        return;
    g_mutex_lock(&log->lock);
    write_out(log);
    int fd = open_file(log->path);
    if (fd >= 0) {
        close(log->fd);
        log->fd = fd;
    } else {
        complain(T_LOG_UNWRITABLE, "file", log->path, "error", g_strerror(errno), NULL);
    }
    g_mutex_unlock(&log->lock);
}

void accesslog_close(access_log_t *log)
{
    if (!log)
        return;
    write_out(log);
    if (log->path)
        close(log->fd);
    g_string_free(log->held, true);
    g_mutex_clear(&log->lock);
    g_free(log);
}

void accesslog_escape(GString *out, const char *string)
{
    if (!string || !*string) {
        g_string_append_c(out, '-');
        return;
    }
    for (const char *p = string; *p;) {
        const char *run = p;
        while (g_ascii_isprint(*p) && *p != '"' && *p != '\\')
            p++;
        g_string_append_len(out, run, p - run);
        if (*p)
            g_string_append_printf(out, "\\x%02x", (unsigned char)*p++);
    }
}

/* The lock is held. */
static const char *stamp(access_log_t *log)
{
    time_t now = time(NULL);
    struct tm parts;

    if (now != log->second) {
        log->second = now;
        localtime_r(&now, &parts);
        strftime(log->stamp, sizeof log->stamp, "%d/%b/%Y:%H:%M:%S %z", &parts);
    }
    return log->stamp;
}

/* Method and version are unknown if the headers were never complete. */
static void append_request_line(GString *out, const request_t *request)
{
    accesslog_escape(out, request->method);
    g_string_append_c(out, ' ');
    accesslog_escape(out, request->target);
    g_string_append_c(out, ' ');
    accesslog_escape(out, request->version);
}

static void append_result(GString *out, const request_t *request, unsigned status, bool whole)
{
    if (status)
        g_string_append_printf(out, "%u", status);
    else
        g_string_append_c(out, '-');
    g_string_append_c(out, ' ');
    if (whole && request->body)
        g_string_append_printf(out, "%" G_GUINT64_FORMAT, request->body);
    else
        g_string_append_c(out, '-');
}

void accesslog_write(access_log_t *log, const conn_t *conn, unsigned status, bool whole)
{
    if (!log)
        return;
    const request_t *request = &conn->request;
    g_mutex_lock(&log->lock);
    GString *out = log->held;
    g_string_append(out, conn->address);
    g_string_append(out, " - - [");
    g_string_append(out, stamp(log));
    g_string_append(out, "] \"");
    append_request_line(out, request);
    g_string_append(out, "\" ");
    append_result(out, request, status, whole);
    g_string_append(out, " \"");
    accesslog_escape(out, request->headers.value[HEADER_REFERER]);
    g_string_append(out, "\" \"");
    accesslog_escape(out, request->headers.value[HEADER_USER_AGENT]);
    g_string_append(out, "\"\n");
    if (out->len > HELD_MAX)
        write_out(log);
    g_mutex_unlock(&log->lock);
}
