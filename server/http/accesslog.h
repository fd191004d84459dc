/* The access log, in the combined format that every log reader knows. */
#ifndef LABSERVER_ACCESSLOG_H
#define LABSERVER_ACCESSLOG_H

#include <glib.h>
#include <stdbool.h>

#include "conn.h"

typedef struct access_log access_log_t;

/* PATH as in --access-log; NULL gives no log, and every function below takes that. *OK is false if it cannot
 * be written, with the reason on standard error. */
access_log_t *accesslog_open(const char *path, bool *ok);
void accesslog_close(access_log_t *log);

/* One line for the request that CONN is at. STATUS 0: none was sent. Bodies that were cut short count as "-".
 */
void accesslog_write(access_log_t *log, const conn_t *conn, unsigned status, bool whole);

/* Writes out what is held back: lines are gathered, as a write per request would cost more than the request.
 */
void accesslog_flush(access_log_t *log);

/* Opens the file again under its name, for programs that rotate logs. */
void accesslog_reopen(access_log_t *log);

/* Appends STRING with quotes, backslashes and bytes that are not printable ASCII escaped as \xHH, so that no
 * client can forge a line; "-" for NULL or "". */
void accesslog_escape(GString *out, const char *string);

#endif
