/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What labdump answers to Wireshark's questions, on standard output: the sentences of extcap(4). */
#ifndef LABDUMP_SENTENCES_H
#define LABDUMP_SENTENCES_H

#include "options.h"

void sentences_interfaces(void);
void sentences_dlts(void);
void sentences_config(void);

/* Prints the values of one option (name with or without dashes). Prints nothing if the option has no list of
 * values. */
void sentences_reload(const char *option);

/* --help. */
void sentences_usage(void);

#endif
