/* Root is for opening a low port and the log; to serve, an ordinary user does. */
#ifndef LABSERVER_PRIVILEGE_H
#define LABSERVER_PRIVILEGE_H

#include <glib.h>
#include <stdbool.h>

/* Becomes USER (NULL: "nobody"; "root": stays) if the program runs as root, for good. Only root over the
 * whole machine counts: inside a user's own namespace there is nothing to drop. false: the reason is on
 * standard error, and *WRONG_USE tells a user that does not exist from a failure. Call it before any thread
 * exists. */
bool privilege_drop(const char *user, bool *wrong_use);

#endif
