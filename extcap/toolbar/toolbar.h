/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark shows while it captures: View > Interface Toolbars. */
#ifndef LABDUMP_TOOLBAR_H
#define LABDUMP_TOOLBAR_H

#include "controls.h"

/* The numbers of the controls. */
enum { TOOLBAR_SCENARIO, TOOLBAR_LANGUAGE, TOOLBAR_GO, TOOLBAR_OPEN, TOOLBAR_LOG };

/* Prints the sentences that declare it, see extcap(4). */
void toolbar_sentences(void);

/* The titles of the scenarios in the language in use. */
void toolbar_titles(lab_controls_t *controls);

/* Appends to the log. */
void toolbar_log(lab_controls_t *controls, const char *words);

#endif
