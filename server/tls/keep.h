/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keep.h - where keys and certificates are kept: two files in the user's state folder, which its owner alone
 * can read. tls.ini has all of them, so that they always belong together; authority.crt is for browsers and
 * curl. */
#ifndef LABSERVER_KEEP_H
#define LABSERVER_KEEP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define KEPT_CERTIFICATE "certificate"
#define KEPT_KEY         "key"
#define KEPT_AUTHORITY   "authority"

typedef struct kept kept_t;

/* Reads $STATE_DIRECTORY (systemd), $XDG_STATE_HOME/lab or ~/.local/state/lab; what cannot be read, or what
 * others can read, counts as nothing. */
kept_t *kept_open(void);
void kept_free(kept_t *kept);

/* Values of the file, in PEM. kept_get()'s result is the caller's; NULL: there is none. */
void kept_set(kept_t *kept, const char *group, const char *key, const char *pem);
char *kept_get(const kept_t *kept, const char *group, const char *key);

/* The names and addresses in the certificate, and when it ends (seconds since 1970; 0: there is none). */
void kept_set_names(kept_t *kept, const char *const *names, int64_t ends);
int64_t kept_ends(const kept_t *kept);
bool kept_has_names(const kept_t *kept, const GPtrArray *names);

/* Adds those that it has to `names`, 60 in all: a machine that moves between two networks keeps its
 * certificate. */
void kept_add_names(const kept_t *kept, GPtrArray *names);

/* Writes both files. Says so if that fails; the values are used all the same. */
void kept_save(kept_t *kept);

const char *kept_file(const kept_t *kept);

/* NULL: it could not be written. */
const char *kept_authority_file(const kept_t *kept);

#endif
