/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dispatch.h - the pages below /lab/: the index, and which scenario answers a path. */
#ifndef LABSERVER_DISPATCH_H
#define LABSERVER_DISPATCH_H

#include <stdbool.h>

#include "scenario.h"

/* The whole table; `count` gets the number of rows. */
const scenario_t *scenario_table(size_t *count);

/* Whether the path is for the scenarios to answer. */
bool scenario_owns(const char *path);

/* Whether a POST to the path runs a scenario, which must have the connection before the body is read. */
bool scenario_wants_post(const char *path);

/* Runs the scenario at the exchange's path, or shows the index. */
enum MHD_Result scenario_reply(const exchange_t *exchange);

#endif
