/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown_time.c - see shown_time.h. */
#include "shown_time.h"

#include <stddef.h>
#include <time.h>

/* nstime_t of wsutil/nstime.h */
typedef struct {
    time_t secs;
    int nsecs;
} moment_t;

void *proto_tree_add_time_format_value(void *tree, int field, void *tvb, int start, int length,
                                       const moment_t *value, const char *format, ...);
void *expert_add_info_format(void *pinfo, void *item, void *field, const char *format, ...);

void *proto_tree_add_time_format_value(void *tree, int field, void *tvb, int start, int length,
                                       const moment_t *value, const char *format, ...)
{
    (void)tree, (void)tvb, (void)start, (void)length, (void)format;
    return shown_time(field, value->secs, value->nsecs);
}

void *expert_add_info_format(void *pinfo, void *item, void *field, const char *format, ...)
{
    (void)pinfo, (void)item, (void)field, (void)format;
    return NULL;
}
