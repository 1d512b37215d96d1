/* Objects of texts, as the routes of committees and the first line of a vouched stream ask for them. An object is taken
 * exactly when jansson makes out what the header asks for, member by member; what is taken is in its room, ended, and
 * nothing but what the JSON says; what is refused leaves every room as it was and blames a name that can be shown. */
#include "fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <turnout/wire/text_members.h>

enum { INPUT_BYTES_MAX = 2 * TEXT_MEMBERS_BYTES_MAX, MEMBERS_MAX = 3, UNTOUCHED = 0x5a };

struct form {
    struct text_member members[MEMBERS_MAX]; /* ret_text to be filled in */
    size_t count;
};

static const struct form forms[] = {
    {{{"token", NULL, 100, TEXT_REQUIRED}}, 1},
    {{{"decision", NULL, 8, TEXT_REQUIRED}, {"reason", NULL, 201, TEXT_REQUIRED}}, 2},
    {{{"phase", NULL, 10, TEXT_REQUIRED}, {"reason", NULL, 201, TEXT_OPTIONAL}, {"", NULL, 1, TEXT_OPTIONAL}},
     3},
    {{{"phase", NULL, 10, TEXT_REQUIRED},
      {"fingerprint", NULL, 32, TEXT_OPTIONAL},
      {"early", NULL, 6, TEXT_FLAG}},
     3},
};

static bool is_untouched(const struct text_member *member)
{
    for (size_t i = 0; i < member->capacity; i++) {
        if (member->ret_text[i] != UNTOUCHED) {
            return false;
        }
    }
    return true;
}

/* ---- the definition ---- */

static bool is_fit(const json_t *value, const struct text_member *member)
{
    if (value == NULL || member->kind == TEXT_FLAG) {
        return value == NULL ? member->kind != TEXT_REQUIRED : json_is_boolean(value);
    }
    struct slice text = {json_string_value(value), json_string_length(value)};
    return json_is_string(value) && text.length < member->capacity && text_is_showable(text) &&
           (text.length > 0 || member->kind != TEXT_REQUIRED);
}

static bool is_fit_object(const json_t *object, const struct form *form)
{
    size_t known = 0;
    for (size_t i = 0; i < form->count; i++) {
        const json_t *value = json_object_get(object, form->members[i].name);
        known += value != NULL;
        if (!is_fit(value, &form->members[i])) {
            return false;
        }
    }
    return json_is_object(object) && json_object_size(object) == known;
}

static void check_texts(const json_t *object, const struct form *form)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct text_member *member = &form->members[i];
        const json_t *value = json_object_get(object, member->name);
        assert(memchr(member->ret_text, '\0', member->capacity) != NULL);
        const char *said = value == NULL            ? ""
                           : json_is_boolean(value) ? (json_is_true(value) ? "true" : "false")
                                                    : json_string_value(value);
        assert(strcmp(member->ret_text, said) == 0);
        assert(text_is_utf8(slice_of(member->ret_text), NULL));
    }
}

static void check_refusal(const struct form *form, const struct error *error)
{
    for (size_t i = 0; i < form->count; i++) {
        assert(is_untouched(&form->members[i]));
    }
    assert(error->text[0] != '\0' && text_is_utf8(slice_of(error->text), NULL));
    assert(!text_has_control(slice_of(error->text)));
    assert(error->field[0] == '\0' || text_is_key_id(slice_of(error->field)));
}

static void check_form(struct slice json, const struct form *empty_form)
{
    struct form form = *empty_form;
    for (size_t i = 0; i < form.count; i++) {
        form.members[i].ret_text = malloc(form.members[i].capacity);
        assert(form.members[i].ret_text != NULL);
        memset(form.members[i].ret_text, UNTOUCHED, form.members[i].capacity);
    }
    struct error error = {.field = "", .text = ""};
    char *copy = fuzz_copy(json.bytes, json.length);
    enum turnout_error failed =
        text_members_parse((struct slice){copy, json.length}, form.members, form.count, &error);
    free(copy);

    bool has_nul = json.length > 0 && memchr(json.bytes, '\0', json.length) != NULL; /* an end, to jansson */
    json_t *object = has_nul ? NULL : json_loadb(json.bytes, json.length, JSON_REJECT_DUPLICATES, NULL);
    bool is_small = json.length <= TEXT_MEMBERS_BYTES_MAX;
    assert((failed == TURNOUT_TOO_LARGE) == !is_small);
    assert((failed == TURNOUT_OK) == (is_small && is_fit_object(object, &form)));
    if (failed == TURNOUT_OK) {
        check_texts(object, &form);
    } else {
        check_refusal(&form, &error);
    }
    json_decref(object);
    for (size_t i = 0; i < form.count; i++) {
        free(form.members[i].ret_text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MAX) {
        return 0;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        check_form((struct slice){(const char *)data, size}, &forms[i]);
    }
    return 0;
}
