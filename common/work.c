/* SPDX-License-Identifier: GPL-2.0-or-later */
/* work.c - see work.h. */
#include "work.h"

uint64_t lab_work_steps;
