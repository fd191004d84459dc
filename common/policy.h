/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.h - Content Security Policy 3 of the pages that are written here: what a page may load and run. */
#ifndef LAB_POLICY_H
#define LAB_POLICY_H

#include <glib.h>

/* The source expression of a style sheet or script that stands in a page, between <style> or <script> and its
 * end: "'sha256-...'". Free it with g_free(). */
char *lab_policy_hash(const char *content);

/* Appends the meta element of a page that stands alone: nothing is loaded, nothing runs, and this style sheet
 * alone is obeyed. */
void lab_policy_meta(GString *out, const char *style);

#endif
