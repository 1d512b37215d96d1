/* Names of a report's members, and reading them with jansson. */
#include "report_members.h"

#include <assert.h>
#include <string.h>

#include "json_object.h"

#define NAME(text)                                                                                           \
    {                                                                                                        \
        (text), sizeof(text) - 1                                                                             \
    }

static const struct slice names[FIELD_COUNT] = {
    [FIELD_ELECTION] = NAME("election"), [FIELD_UNIT] = NAME("unit"),
    [FIELD_SEQ] = NAME("seq"),           [FIELD_AS_OF] = NAME("as_of"),
    [FIELD_VOTED] = NAME("voted"),       [FIELD_REGISTERED] = NAME("registered"),
    [FIELD_KIND] = NAME("kind"),         [FIELD_REASON] = NAME("reason"),
    [FIELD_NOTE] = NAME("note"),         [FIELD_TEST] = NAME("test"),
    [FIELD_KEY] = NAME("key"),           [FIELD_SIG] = NAME("sig"),
};

const char *report_field_name(enum report_field field)
{
    assert(field < FIELD_COUNT);
    return names[field].bytes;
}

bool report_field_find(struct slice name, enum report_field likely, enum report_field *ret_field)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        size_t field = (likely + i) % FIELD_COUNT;
        if (name.length == names[field].length && memcmp(name.bytes, names[field].bytes, name.length) == 0) {
            *ret_field = (enum report_field)field;
            return true;
        }
    }
    return false;
}

/* Whether a minus is outside of the strings. Needed only for `-0`, which jansson reads as 0. */
static bool has_minus(struct slice text)
{
    bool in_string = false;
    for (size_t i = 0; i < text.length; i++) {
        if (in_string && text.bytes[i] == '\\') {
            i++;
        } else if (text.bytes[i] == '"') {
            in_string = !in_string;
        } else if (!in_string && text.bytes[i] == '-') {
            return true;
        }
    }
    return false;
}

static struct report_member member_of(const json_t *value, struct slice text)
{
    if (json_is_string(value)) {
        return (struct report_member){.kind = MEMBER_TEXT,
                                      .text = {json_string_value(value), json_string_length(value)}};
    }
    if (json_is_true(value)) {
        return (struct report_member){.kind = MEMBER_TRUE};
    }
    json_int_t integer = json_integer_value(value);
    if (json_is_integer(value) && !(integer == 0 && has_minus(text))) {
        return (struct report_member){.kind = MEMBER_INTEGER, .integer = integer};
    }
    return (struct report_member){.kind = MEMBER_OTHER};
}

json_t *report_load(struct slice text, struct report_members *ret_members, struct error *error)
{
    json_t *object = json_object_load(text, error);
    if (object == NULL) {
        return NULL;
    }
    memset(ret_members->of, 0, sizeof ret_members->of);
    ret_members->unknown_key = NULL;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        enum report_field field;
        if (report_field_find(slice_of(key), FIELD_ELECTION, &field)) {
            ret_members->of[field] = member_of(value, text);
        } else if (ret_members->unknown_key == NULL) {
            ret_members->unknown_key = key;
        }
    }
    return object;
}
