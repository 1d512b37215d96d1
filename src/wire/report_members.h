/* The members of a report's JSON object, before their values are checked. Two parsers produce them; where both
 * succeed, they give the same members:
 *   report_scan()   one pass, without allocation; accepts every text that can be a report, and no other
 *   report_load()   by jansson; accepts every JSON object, and says why a text is not one */
#ifndef TURNOUT_WIRE_REPORT_MEMBERS_H
#define TURNOUT_WIRE_REPORT_MEMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include <turnout/base/error.h>
#include <turnout/base/limits.h>
#include <turnout/base/text.h>

enum report_field {
    FIELD_ELECTION,
    FIELD_UNIT,
    FIELD_SEQ,
    FIELD_AS_OF,
    FIELD_VOTED,
    FIELD_REQUIRED_COUNT, /* the fields above are required */
    FIELD_REGISTERED = FIELD_REQUIRED_COUNT,
    FIELD_KIND,
    FIELD_REASON,
    FIELD_NOTE,
    FIELD_TEST,
    FIELD_KEY,
    FIELD_SIG,
    FIELD_COUNT,
};

const char *report_field_name(enum report_field field);

/* False when no field has this name. `likely` is tried first. */
bool report_field_find(struct slice name, enum report_field likely, enum report_field *ret_field);

enum member_kind {
    MEMBER_ABSENT,
    MEMBER_TEXT,
    MEMBER_INTEGER, /* an integer other than -0 */
    MEMBER_TRUE,
    MEMBER_OTHER,
};

struct report_member {
    enum member_kind kind;
    struct slice text; /* UTF-8, escapes resolved, no NUL */
    int64_t integer;
};

struct report_members {
    struct report_member of[FIELD_COUNT];
    const char *unknown_key;          /* the first one, or NULL */
    char unescaped[REPORT_BYTES_MAX]; /* unescaped texts */
};

/* True when `text`, of at most REPORT_BYTES_MAX bytes, is an object of report fields without duplicates, each a text,
 * a plain integer of at most 18 digits, or true. After false it may still be a JSON object. The members borrow from
 * `text`. */
bool report_scan(struct slice text, struct report_members *ret_members);

/* Reads the members of the object that is the whole text. They borrow from the result, which the caller frees with
 * json_decref. NULL, with *error filled, when the text is no object. */
json_t *report_load(struct slice text, struct report_members *ret_members, struct error *error);

#endif
