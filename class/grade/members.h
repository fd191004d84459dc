/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members.h - reading members of the results' JSON. Of another kind than asked for is as if not there. */
#ifndef LABCLASS_MEMBERS_H
#define LABCLASS_MEMBERS_H

#include <json-glib/json-glib.h>

/* NULL = there is none. */
const char *lab_json_string(JsonObject *object, const char *name);
JsonArray *lab_json_array(JsonObject *object, const char *name);
JsonObject *lab_json_object(JsonObject *object, const char *name);
/* 0 = there is none. */
double lab_json_double(JsonObject *object, const char *name);

#endif
