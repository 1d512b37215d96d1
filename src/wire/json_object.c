/* Parses with jansson as strictly as report_json.h says; rewords its errors. */
#include "json_object.h"

#include <string.h>

json_t *json_object_load(struct slice text, struct error *error)
{
    /* jansson would take a NUL between two tokens for the end of the text. */
    if (text.length == 0 || memchr(text.bytes, '\0', text.length) != NULL) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, NULL,
                         text.length == 0 ? "empty, must be a JSON object" : "not JSON: holds a NUL byte");
        return NULL;
    }
    json_error_t fault;
    json_t *value = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
    if (value == NULL) {
        enum json_error_code why = json_error_code(&fault);
        (void)error_fail(error, TURNOUT_BAD_INPUT, NULL, "%s, at byte %d of %zu",
                         why == json_error_duplicate_key      ? "a key is given twice"
                         : why == json_error_numeric_overflow ? "a number is too large"
                                                              : "not JSON",
                         fault.position, text.length);
    } else if (!json_is_object(value)) {
        (void)error_fail(error, TURNOUT_BAD_INPUT, NULL, "must be a JSON object");
        json_decref(value);
        value = NULL;
    }
    return value;
}
