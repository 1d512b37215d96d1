/* Parses one JSON object, as strictly as report_json.h says. */
#ifndef TURNOUT_WIRE_JSON_OBJECT_H
#define TURNOUT_WIRE_JSON_OBJECT_H

#include <jansson.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

/* Parses the text as one JSON object. The caller frees it with json_decref. NULL, with *error filled, on failure. */
json_t *json_object_load(struct slice text, struct error *error);

#endif
