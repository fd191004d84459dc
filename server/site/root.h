/* SPDX-License-Identifier: GPL-2.0-or-later */
/* root.h - where the page that comes with labserver is. */
#ifndef LABSERVER_ROOT_H
#define LABSERVER_ROOT_H

/* ../share/lab/www beside the running program, or the source's www if it was built and not installed. NULL:
 * the reason is on standard error. The string is kept until the program ends. */
const char *root_default(void);

#endif
