/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that must not come from the preferences of a profile that somebody sent: they run a program,
 * overwrite a file, or let others read files. Wireshark passes the dialog's and the preferences' values in
 * the same way as those of its command line, so they are told apart by what a profile cannot change:
 * labdump's output, the command line of the process that started it, and a list in the user's own
 * configuration folder. */
#ifndef LABDUMP_CONSENT_H
#define LABDUMP_CONSENT_H

#include <glib.h>
#include <stdbool.h>

#include "settings.h"

/*
 * False and *error (LAB_FAILED) at the first option that nobody on this machine gave or allowed. It is fine
 * if one of these holds: settings->by_hand; the output is no fifo (Wireshark always makes one); the process
 * that started labdump has `extcap.lab.OPTION:VALUE` on its command line; the list has a line `OPTION=VALUE`;
 * the server is one that labdump would find by itself. `open` says that other machines can reach the server:
 * the message about --root and --config names who could read the files. On 127.0.0.1 these are the other
 * users of this machine; from there one gets into a network of its own, too.
 */
bool consent_given(const lab_settings_t *settings, bool open, GError **error);

/* Adds a line "OPTION=VALUE" to the list and says so on standard output. False and *error if it is not one of
 * the options that are asked for (LAB_USAGE), or if the list cannot be written (LAB_FAILED). */
bool consent_allow(const char *line, GError **error);

#endif
