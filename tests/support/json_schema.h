/* Documents held against the schemas in proto/. */
#ifndef TURNOUT_TESTS_JSON_SCHEMA_H
#define TURNOUT_TESTS_JSON_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

enum { JSON_SCHEMA_FAULT_BYTES = 256 };

/* Whether the document conforms to the schema file of this name in proto/, `turnout.schema.json`. If not, ret_fault
 * names the field and what is wrong with it. */
bool json_schema_check(const char *schema_name, json_t *document, char ret_fault[JSON_SCHEMA_FAULT_BYTES]);

#endif
