/* SPDX-License-Identifier: GPL-2.0-or-later */
/* one_capture.h - reading the one capture that a command names. */
#ifndef LABCLASS_ONE_CAPTURE_H
#define LABCLASS_ONE_CAPTURE_H

#include "commands.h"
#include "reader.h"
#include "sheet.h"

/* False: it cannot be read, reading->problem says why. Clear `reading` in both cases. */
bool lab_read_one(const lab_options_t *options, const char *capture, lab_reading_t *reading);

#endif
