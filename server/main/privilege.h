/* SPDX-License-Identifier: GPL-2.0-or-later */
/* privilege.h - root opens a low port and the log; an ordinary user reads the files and serves. */
#ifndef LABSERVER_PRIVILEGE_H
#define LABSERVER_PRIVILEGE_H

#include <glib.h>
#include <stdbool.h>

/* Becomes `user` for good if the program runs as root. NULL is "nobody"; "root" stays root. Only root over
 * the whole machine counts: root of a user namespace has no rights to drop. false: the reason is on
 * standard error, and `*wrong_use` is true if there is no such user. Call it before any thread exists. */
bool privilege_drop(const char *user, bool *wrong_use);

/* Whether privilege_drop() has changed the user. */
bool privilege_was_dropped(void);

#endif
