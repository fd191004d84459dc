/* A QR code on the terminal, for phones. */
#ifndef LABSERVER_QR_H
#define LABSERVER_QR_H

#include <glib.h>
#include <stdbool.h>

/* Was the program built with it? */
bool qr_available(void);

/* Prints URL as a QR code on standard output; nothing if it was built without. */
void qr_print(const char *url);

#endif
