/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qr.h - a QR code on the terminal, for phones. */
#ifndef LABSERVER_QR_H
#define LABSERVER_QR_H

#include <glib.h>
#include <stdbool.h>

/* Whether the program was built with libqrencode. */
bool qr_available(void);

/* Prints the URL as a QR code on standard output; nothing without libqrencode. */
void qr_print(const char *url);

#endif
