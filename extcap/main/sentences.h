/* What labdump answers to Wireshark's questions, on standard output: the sentences of extcap(4). */
#ifndef LABDUMP_SENTENCES_H
#define LABDUMP_SENTENCES_H

#include "options.h"

void sentences_interfaces(void);
void sentences_dlts(void);
void sentences_config(void);

/* The values of one option again, named without dashes; nothing for an option that has none to reload. */
void sentences_reload(const char *option);

/* --help. */
void sentences_usage(void);

#endif
