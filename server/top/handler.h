/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handler.h - the callbacks of the HTTP library, from a connection's first byte to its last.
 *
 * `cls` is the service_t.
 */
#ifndef LABSERVER_HANDLER_H
#define LABSERVER_HANDLER_H

#include <microhttpd.h>

/* Whether a connection is accepted: its client may have one more. */
enum MHD_Result handler_admit(void *cls, const struct sockaddr *address, socklen_t size);

void handler_connection(void *cls, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what);

/* The request line has come. What it returns is the request's pointer in the two functions below. */
void *handler_target(void *cls, const char *target, struct MHD_Connection *connection);

enum MHD_Result handler_request(void *cls, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_size, void **request);

void handler_completed(void *cls, struct MHD_Connection *connection, void **request,
                       enum MHD_RequestTerminationCode how);

#endif
