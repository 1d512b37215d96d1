/* Reads and writes excuses as JSON. */
#include <turnout/wire/excuse.h>

#include <assert.h>

#include <turnout/wire/json_writer.h>

#include "json_object.h"

static const char *const status_names[EXCUSE_STATUS_COUNT] = {
    [EXCUSE_NONE] = "none",     [EXCUSE_NO_SIGNAL] = "no-signal", [EXCUSE_NOT_OPENING] = "not-opening",
    [EXCUSE_MERGED] = "merged", [EXCUSE_EXPECTED] = "expected",
};

const char *excuse_status_name(enum excuse_status status)
{
    assert(status < EXCUSE_STATUS_COUNT);
    return status_names[status];
}

bool excuse_status_parse(struct slice name, enum excuse_status *ret_status)
{
    size_t status;
    if (!text_find(name, status_names, EXCUSE_STATUS_COUNT, &status)) {
        return false;
    }
    *ret_status = (enum excuse_status)status;
    return true;
}

bool excuse_needs_silence(enum excuse_status status)
{
    return status == EXCUSE_NOT_OPENING || status == EXCUSE_MERGED;
}

void excuse_write(struct buffer *out, const struct excuse *excuse)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_text(&json, "status", excuse_status_name(excuse->status));
    json_put_text(&json, "into", excuse->into);
    json_put_integer(&json, "until", excuse->until);
    json_put_integer(&json, "given", excuse->given_ms);
    json_put_text(&json, "note", excuse->note);
    json_put_text(&json, "who", excuse->who);
    json_close_object(&json);
}

static bool read_text(const json_t *object, const char *key, char *ret_text, size_t capacity)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) &&
           slice_copy((struct slice){json_string_value(value), json_string_length(value)}, ret_text,
                      capacity);
}

static bool read_moment(const json_t *object, const char *key, int64_t *ret_moment)
{
    const json_t *value = json_object_get(object, key);
    *ret_moment = json_integer_value(value);
    return json_is_integer(value) && *ret_moment >= 0;
}

static bool read_members(const json_t *object, struct excuse *excuse)
{
    char status[16];
    return read_text(object, "status", status, sizeof status) &&
           excuse_status_parse(slice_of(status), &excuse->status) &&
           read_text(object, "into", excuse->into, sizeof excuse->into) &&
           read_moment(object, "until", &excuse->until) && read_moment(object, "given", &excuse->given_ms) &&
           read_text(object, "note", excuse->note, sizeof excuse->note) &&
           read_text(object, "who", excuse->who, sizeof excuse->who);
}

enum turnout_error excuse_read(struct slice text, struct excuse *ret_excuse, struct error *error)
{
    json_t *object = json_object_load(text, error);
    bool is_sound = object != NULL && read_members(object, ret_excuse);
    json_decref(object);
    if (!is_sound) {
        char shown[TEXT_SHOWN_BYTES];
        return error_fail(error, TURNOUT_BAD_INPUT, "", "\"%s\" is not an excuse of a unit",
                          text_show(text, shown));
    }
    return TURNOUT_OK;
}

enum excuse_status excuse_stands(const struct excuse *excuse, const struct unit_state *state, int64_t now)
{
    bool was_heard =
        state->received_ms > excuse->given_ms || (excuse_needs_silence(excuse->status) && state->seq > 0);
    bool is_late = excuse->status == EXCUSE_EXPECTED && now >= excuse->until;
    return was_heard || is_late ? EXCUSE_NONE : excuse->status;
}

void excused_count(struct excused *excused, enum excuse_status stands, const struct unit_state *state)
{
    excused->not_expected += excuse_needs_silence(stands) ? 1 : 0;
    for (uint32_t round = state->round; round < ROUNDS_MAX && stands == EXCUSE_NO_SIGNAL; round++) {
        excused->no_signal[round]++;
    }
}

void excused_add(struct excused *sum, const struct excused *part)
{
    sum->not_expected += part->not_expected;
    for (uint32_t i = 0; i < ROUNDS_MAX; i++) {
        sum->no_signal[i] += part->no_signal[i];
    }
}
