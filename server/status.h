/* Status codes and what they mean, for people. */
#ifndef LABSERVER_STATUS_H
#define LABSERVER_STATUS_H

#include "text.h"

typedef struct {
    unsigned code;
    const char *phrase; /* the registered one, the same in every language */
    const char *meaning[LANG_COUNT];
    const char *header; /* one that this status must come with (RFC 9110, 15), or NULL */
    const char *value;
} Status;

/* NULL if CODE is none of the final codes in IANA's registry that we explain. */
const Status *status_find(unsigned code);

#endif
