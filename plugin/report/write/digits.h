/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digits.h - numbers of tables with thousands of them: printf takes longer than all else of a line. */
#ifndef LAB_DIGITS_H
#define LAB_DIGITS_H

#include <glib.h>
#include <stdint.h>

/* Appends a number in at least `least` digits, as "%0*u" does. */
static inline void lab_put_digits(GString *out, uint64_t number, unsigned least)
{
    char digits[24], *p = digits + sizeof digits;
    for (; number || least; number /= 10, least -= least > 0)
        *--p = (char)('0' + number % 10);
    g_string_append_len(out, p, digits + sizeof digits - p);
}

#endif
