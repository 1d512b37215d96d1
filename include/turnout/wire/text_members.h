/* Small JSON objects of texts and booleans: committee requests, and the first line of a vouched stream. As strict as
 * reports (report_json.h): one object, no duplicate and no unknown key. */
#ifndef TURNOUT_WIRE_TEXT_MEMBERS_H
#define TURNOUT_WIRE_TEXT_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

enum { TEXT_MEMBERS_BYTES_MAX = 4096 };

enum text_member_kind {
    TEXT_OPTIONAL,
    TEXT_REQUIRED, /* and not empty */
    TEXT_FLAG,     /* true or false, optional; the text is one of these words */
};

struct text_member {
    const char *name;
    char *ret_text; /* NUL-terminated; empty when the member is absent */
    size_t capacity;
    enum text_member_kind kind;
};

/* TURNOUT_TOO_LARGE above TEXT_MEMBERS_BYTES_MAX, else TURNOUT_BAD_INPUT with the member to blame. Texts must be
 * showable (text_is_showable). */
enum turnout_error text_members_parse(struct slice json, const struct text_member *members, size_t count,
                                      struct error *error);

#endif
