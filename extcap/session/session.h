/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One capture from start to end. */
#ifndef LABDUMP_SESSION_H
#define LABDUMP_SESSION_H

#include "settings.h"

/* Runs until it is told to stop, the client command has ended, or something fails. Returns the exit status.
 */
int session_run(const lab_settings_t *settings);

/* For a capture whose command line is wrong: waits until that can be told, see controls.h. */
void session_refuse(const lab_settings_t *settings);

#endif
