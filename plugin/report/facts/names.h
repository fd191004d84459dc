/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.h - how addresses, sides, TCP flags and capture quality are written. */
#ifndef LAB_NAMES_H
#define LAB_NAMES_H

#include "lab.h"

/* "192.0.2.1:80", "[2001:db8::1]:80"; to be freed by the caller. */
char *lab_report_endpoint(const lab_endpoint_t *endpoint);
/* The address alone; NULL where it is of a kind without a written form. To be freed by the caller. */
char *lab_report_address(const lab_endpoint_t *endpoint);
/* "client", "server", "both"; NULL for -1. Ends as in lab_closing_t. */
const char *lab_report_side(const lab_conn_t *conn, int end);
/* Appends TCP flags as Wireshark writes them: "SYN, ACK". */
void lab_report_flags(uint8_t flags, GString *out);
/* Names and texts of the bits of LAB_QUALITY_*. */
const char *lab_quality_token(unsigned bit);
const char *lab_quality_text(unsigned bit, lab_lang_t lang);

#endif
