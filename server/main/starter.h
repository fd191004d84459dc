/* SPDX-License-Identifier: GPL-2.0-or-later */
/* starter.h - a folder to begin one's own page with (--init). */
#ifndef LABSERVER_STARTER_H
#define LABSERVER_STARTER_H

/* Makes the folder and copies the page that comes with labserver into it, with its config. A folder that
 * is not empty is left as it is. Returns the exit code: 0, or 1 with the reason on standard error. */
int starter_write(const char *folder);

#endif
