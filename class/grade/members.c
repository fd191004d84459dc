/* SPDX-License-Identifier: GPL-2.0-or-later */
/* members.c - see members.h. */
#include "members.h"

static JsonNode *member(JsonObject *object, const char *name, JsonNodeType type)
{
    JsonNode *node = object ? json_object_get_member(object, name) : NULL;
    return node && JSON_NODE_TYPE(node) == type ? node : NULL;
}

const char *lab_json_string(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name, JSON_NODE_VALUE);
    return node && json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : NULL;
}

JsonArray *lab_json_array(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name, JSON_NODE_ARRAY);
    return node ? json_node_get_array(node) : NULL;
}

JsonObject *lab_json_object(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name, JSON_NODE_OBJECT);
    return node ? json_node_get_object(node) : NULL;
}

double lab_json_double(JsonObject *object, const char *name)
{
    JsonNode *node = member(object, name, JSON_NODE_VALUE);
    return node ? json_node_get_double(node) : 0;
}
