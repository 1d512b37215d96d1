/* Parses objects of texts with jansson. */
#include <turnout/wire/text_members.h>

#include <assert.h>
#include <string.h>

#include "json_object.h"

static const struct text_member *find(const char *name, const struct text_member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}

static enum turnout_error check_names(json_t *object, const struct text_member *members, size_t count,
                                      struct error *error)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (find(name, members, count) == NULL) {
            bool is_showable = text_is_key_id(slice_of(name));
            return error_fail(error, TURNOUT_BAD_INPUT, is_showable ? name : "", "unknown key");
        }
    }
    return TURNOUT_OK;
}

static struct slice text_of(const json_t *value)
{
    if (json_is_boolean(value)) {
        return slice_of(json_is_true(value) ? "true" : "false");
    }
    return value == NULL ? (struct slice){"", 0}
                         : (struct slice){json_string_value(value), json_string_length(value)};
}

static enum turnout_error check_member(const json_t *object, const struct text_member *member,
                                       struct error *error)
{
    const json_t *value = json_object_get(object, member->name);
    if (value == NULL) {
        return member->kind == TEXT_REQUIRED ? error_fail(error, TURNOUT_BAD_INPUT, member->name, "missing")
                                             : TURNOUT_OK;
    }
    if (member->kind == TEXT_FLAG) {
        return json_is_boolean(value)
                   ? TURNOUT_OK
                   : error_fail(error, TURNOUT_BAD_INPUT, member->name, "must be true or false");
    }
    struct slice text = text_of(value);
    bool is_missing = member->kind == TEXT_REQUIRED && text.length == 0;
    if (!json_is_string(value) || is_missing || text.length >= member->capacity) {
        return error_fail(error, TURNOUT_BAD_INPUT, member->name, "must be a text of %s%zu bytes on one line",
                          member->kind == TEXT_REQUIRED ? "1 to " : "at most ", member->capacity - 1);
    }
    if (!text_is_showable(text)) {
        return error_fail(error, TURNOUT_BAD_INPUT, member->name,
                          "holds a control character, or a mark that ends a line or turns the direction of "
                          "writing; take it out");
    }
    return TURNOUT_OK;
}

enum turnout_error text_members_parse(struct slice json, const struct text_member *members, size_t count,
                                      struct error *error)
{
    if (json.length > TEXT_MEMBERS_BYTES_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, "", "at most %d bytes", (int)TEXT_MEMBERS_BYTES_MAX);
    }
    json_t *object = json_object_load(json, error);
    if (object == NULL) {
        return TURNOUT_BAD_INPUT;
    }
    enum turnout_error failed = check_names(object, members, count, error);
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) {
        failed = check_member(object, &members[i], error);
    }
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) { /* copied last: all of them or none */
        bool fits = slice_copy(text_of(json_object_get(object, members[i].name)), members[i].ret_text,
                               members[i].capacity);
        assert(fits);
    }
    json_decref(object);
    return failed;
}
