/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accesslog.h - the access log, in the combined format of Apache and nginx. */
#ifndef LABSERVER_ACCESSLOG_H
#define LABSERVER_ACCESSLOG_H

#include <glib.h>
#include <stdbool.h>

#include "conn.h"

typedef struct access_log access_log_t;

/* `path` is the value of --access-log. NULL gives no log; every function below takes that. `*ok` is false
 * if the file cannot be written; the reason is then on standard error. */
access_log_t *accesslog_open(const char *path, bool *ok);
void accesslog_close(access_log_t *log);

/* Writes one line for the request that `conn` is at. A `status` of 0 means that no response was sent. A
 * body that was cut short is logged as "-". */
void accesslog_write(access_log_t *log, const conn_t *conn, unsigned status, bool whole);

/* Writes the gathered lines to the file. Lines are gathered because a write for each request costs more
 * CPU time than the request. */
void accesslog_flush(access_log_t *log);

/* Closes the file and opens it again under its name, for programs that rotate logs. */
void accesslog_reopen(access_log_t *log);

/* Appends `string` with quotes, backslashes and bytes that are not printable ASCII escaped as \xHH, so that
 * no client can forge a line; "-" for NULL or "". */
void accesslog_escape(GString *out, const char *string);

#endif
