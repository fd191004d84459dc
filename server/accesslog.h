/* The access log, in the combined format that every log reader knows. */
#ifndef LABSERVER_ACCESSLOG_H
#define LABSERVER_ACCESSLOG_H

#include <glib.h>

#include "conn.h"

typedef struct AccessLog AccessLog;

/* PATH as in --access-log; NULL gives no log, and every function below takes that. *OK is FALSE if it cannot
 * be written, with the reason on standard error. */
AccessLog *accesslog_open(const char *path, gboolean *ok);
void accesslog_close(AccessLog *log);

/* One line for the request that CONN is at. STATUS 0: none was sent. Bodies that were cut short count as "-".
 */
void accesslog_write(AccessLog *log, const Conn *conn, unsigned status, gboolean whole);

/* Writes out what is held back: lines are gathered, as a write per request would cost more than the request.
 */
void accesslog_flush(AccessLog *log);

/* Opens the file again under its name, for programs that rotate logs. */
void accesslog_reopen(AccessLog *log);

/* Appends STRING with quotes, backslashes and bytes that are not printable ASCII escaped as \xHH, so that no
 * client can forge a line; "-" for NULL or "". */
void accesslog_escape(GString *out, const char *string);

#endif
