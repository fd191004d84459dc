/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two sides of a tshark that is kept ready say to each other. tests/tools/with-ready-tshark tells
 * what it is for. */
#ifndef LAB_READY_H
#define LAB_READY_H

#include <stddef.h>
#include <stdint.h>

enum {
    READY_FDS = 4, /* standard input, output, error, and the working directory */
};

/* The request: this head, with the descriptors beside it; then `bytes` bytes of strings that each end with a
 * NUL: first the `arguments` arguments behind the name of the program, then the environment. */
typedef struct {
    uint32_t bytes;
    uint32_t arguments;
    uint32_t mask; /* umask */
} ready_head_t;

/* The answer: the status of waitpid(2). If the client goes before, tshark is killed. */
typedef int32_t ready_status_t;

#endif
