/* jansson as the oracle of the scanner for reports. Only a header, because tests of `wire` link nothing above it. */
#ifndef TURNOUT_TESTS_REPORT_ORACLE_H
#define TURNOUT_TESTS_REPORT_ORACLE_H

#include <string.h>

#include "../../src/wire/report_members.h"

/* What the scanner is there for: a text, true, or an integer of at most 18 digits without a sign. */
static inline bool report_oracle_is_plain(const struct report_member *member)
{
    return member->kind == MEMBER_ABSENT || member->kind == MEMBER_TEXT || member->kind == MEMBER_TRUE ||
           (member->kind == MEMBER_INTEGER && member->integer >= 0 &&
            member->integer < INT64_C(1000000000000000000));
}

static inline bool report_oracle_is_same(const struct report_member *left, const struct report_member *right)
{
    return left->kind == right->kind && (left->kind != MEMBER_INTEGER || left->integer == right->integer) &&
           (left->kind != MEMBER_TEXT ||
            (left->text.length == right->text.length &&
             memcmp(left->text.bytes, right->text.bytes, left->text.length) == 0));
}

/* Whether the scanner takes what it has to take of these at most REPORT_BYTES_MAX bytes, nothing else, and the members
 * are jansson's. *ret_is_scanned is whether it took them. */
static inline bool report_oracle_agrees(struct slice text, bool *ret_is_scanned)
{
    static struct report_members scanned;
    static struct report_members loaded;
    *ret_is_scanned = report_scan(text, &scanned);
    json_t *object = report_load(text, &loaded, NULL);
    bool is_plain = object != NULL && loaded.unknown_key == NULL;
    bool is_same = true;
    for (size_t i = 0; i < FIELD_COUNT && is_plain; i++) {
        is_plain = report_oracle_is_plain(&loaded.of[i]);
        is_same = is_same && (!*ret_is_scanned || report_oracle_is_same(&scanned.of[i], &loaded.of[i]));
    }
    json_decref(object);
    return is_plain == *ret_is_scanned && is_same;
}

#endif
