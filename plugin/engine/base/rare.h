/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rare.h - functions that few segments need. */
#ifndef LAB_RARE_H
#define LAB_RARE_H

/* The compiler leaves such a function by itself: what it would save and restore for it, every call of the
 * function around it would pay. */
#ifdef __GNUC__
#define LAB_RARE __attribute__((noinline, cold))
#else
#define LAB_RARE
#endif

#endif
