/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip.h - compression of bodies. */
#ifndef LABSERVER_GZIP_H
#define LABSERVER_GZIP_H

#include <glib.h>

/* `bytes` in the gzip format (RFC 1952), for the caller to unref. NULL if there is no memory for it. */
GBytes *gzip_bytes(GBytes *bytes);

#endif
