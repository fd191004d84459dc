/* SPDX-License-Identifier: GPL-2.0-or-later */
/* har.h - the exchanges as HAR 1.2. */
#ifndef LAB_HAR_H
#define LAB_HAR_H

#include "capture.h"

/* Appends the exchanges whose request is in the capture, and a line end. */
void lab_write_har(const lab_report_t *report, GString *out);

#endif
