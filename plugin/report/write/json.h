/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - the report as JSON (RFC 8259). Every key is listed in json_keys.txt.
 *
 * Each appends one JSON text and a line end to `out`.
 */
#ifndef LAB_JSON_H
#define LAB_JSON_H

#include "capture.h"

/* What a statement of labclass may name: see json_compact.c. */
void lab_write_json_compact(const lab_report_t *report, GString *out);
void lab_write_json(const lab_report_t *report, GString *out);
/* False if there is no exchange (from 1) or connection (any of its stream numbers) of this number. */
bool lab_write_exchange_json(const lab_report_t *report, uint32_t number, GString *out);
bool lab_write_connection_json(const lab_report_t *report, uint32_t stream, GString *out);

#endif
