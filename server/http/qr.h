/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr.h - QR codes for phones, on the terminal and in a page. */
#ifndef LABSERVER_QR_H
#define LABSERVER_QR_H

#include <glib.h>
#include <stdbool.h>

/* Whether the program was built with libqrencode. */
bool qr_available(void);

/* Prints the URL as a QR code on standard output; nothing without libqrencode. */
void qr_print(const char *url);

/* The URL as a QR code in SVG, for HTML. NULL without libqrencode. The caller frees it. */
char *qr_svg(const char *url);

#endif
