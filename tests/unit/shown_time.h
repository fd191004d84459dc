/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown_time.h - of shown.c: an item with a time. Wireshark's versions declare the functions that bring it
 * with different types; shown_time.c takes their place without Wireshark's headers. */
#ifndef LAB_SHOWN_TIME_H
#define LAB_SHOWN_TIME_H

#include <stdint.h>

/* Notes the item; returns it as fields.c wants it. */
void *shown_time(int field, int64_t seconds, int nanoseconds);

#endif
