/* Reports and answers as JSON: the allowed values of each field, and which one to blame. */
#include <turnout/wire/report_json.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include <turnout/wire/json_writer.h>

#include "base64url.h"
#include "json_object.h"
#include "report_members.h"

/* A parse in progress. */
struct reading {
    struct report_members members;
    struct report *report;
    struct error *error;
};

static enum turnout_error malformed(const struct reading *reading, enum report_field field,
                                    const char *advice)
{
    return error_fail(reading->error, TURNOUT_BAD_INPUT, report_field_name(field), "%s", advice);
}

static bool is_given(const struct reading *reading, enum report_field field)
{
    return reading->members.of[field].kind != MEMBER_ABSENT;
}

/* False when it is absent or not a text. */
static bool read_text(const struct reading *reading, enum report_field field, struct slice *ret_text)
{
    const struct report_member *member = &reading->members.of[field];
    *ret_text = member->text;
    return member->kind == MEMBER_TEXT;
}

static bool read_integer(const struct reading *reading, enum report_field field, int32_t least, int32_t most,
                         int32_t *ret_value)
{
    const struct report_member *member = &reading->members.of[field];
    if (member->kind != MEMBER_INTEGER || member->integer < least || member->integer > most) {
        return false;
    }
    *ret_value = (int32_t)member->integer;
    return true;
}

static bool read_code(const struct reading *reading, enum report_field field, char ret_code[AREA_CODE_BYTES])
{
    struct slice text;
    return read_text(reading, field, &text) && text_is_code(text) &&
           slice_copy(text, ret_code, AREA_CODE_BYTES);
}

/* Read first, so that even a refusal can name the report. */
static void read_identity(const struct reading *reading)
{
    if (!read_code(reading, FIELD_UNIT, reading->report->unit)) {
        reading->report->unit[0] = '\0';
    }
    if (!read_integer(reading, FIELD_SEQ, 1, SEQ_MAX, &reading->report->seq)) {
        reading->report->seq = 0;
    }
    reading->report->test = reading->members.of[FIELD_TEST].kind == MEMBER_TRUE;
}

/* The key goes into logs and answers: it is shown as a field only when it looks like one. */
static enum turnout_error refuse_unknown_key(const struct reading *reading)
{
    const char *key = reading->members.unknown_key;
    bool showable = text_is_key_id(slice_of(key));
    return error_fail(reading->error, TURNOUT_BAD_INPUT, showable ? key : NULL,
                      showable ? "not a field of a report" : "has a key that is not a field of a report");
}

static enum turnout_error read_required(const struct reading *reading)
{
    struct report *report = reading->report;
    for (size_t i = 0; i < FIELD_REQUIRED_COUNT; i++) {
        if (!is_given(reading, (enum report_field)i)) {
            return malformed(reading, (enum report_field)i, "missing");
        }
    }
    if (!read_code(reading, FIELD_ELECTION, report->election)) {
        return malformed(reading, FIELD_ELECTION, "must be a text of 1 to 32 of A-Z a-z 0-9 . _ -");
    }
    if (report->unit[0] == '\0') {
        return malformed(reading, FIELD_UNIT, "must be a text of 1 to 32 of A-Z a-z 0-9 . _ -");
    }
    if (report->seq == 0) {
        return malformed(reading, FIELD_SEQ, "must be a whole number, 1 to 2147483647");
    }
    struct slice as_of;
    if (!read_text(reading, FIELD_AS_OF, &as_of) || !rfc3339_parse(as_of, &report->as_of, NULL) ||
        !slice_copy(as_of, report->as_of_text, sizeof report->as_of_text)) {
        return malformed(reading, FIELD_AS_OF, "must be a time such as 2026-03-15T15:00:00+07:00");
    }
    if (!read_integer(reading, FIELD_VOTED, 0, VOTERS_MAX, &report->voted)) {
        return malformed(reading, FIELD_VOTED, "must be a whole number, 0 to 10000000");
    }
    return TURNOUT_OK;
}

static bool is_note(struct slice text)
{
    size_t characters;
    return text_is_utf8(text, &characters) && characters <= NOTE_CHARACTERS_MAX && !text_has_control(text);
}

static enum turnout_error read_kind(const struct reading *reading)
{
    struct report *report = reading->report;
    struct slice text;
    report->kind = KIND_PROGRESS;
    report->kind_given = is_given(reading, FIELD_KIND);
    if (report->kind_given &&
        !(read_text(reading, FIELD_KIND, &text) && report_kind_parse(text, &report->kind))) {
        return malformed(reading, FIELD_KIND, "must be progress, final or correction, or absent");
    }

    report->reason = REASON_NONE;
    if (!is_given(reading, FIELD_REASON)) {
        return TURNOUT_OK;
    }
    if (report->kind != KIND_CORRECTION) {
        return malformed(reading, FIELD_REASON, "only a correction has one: leave it out");
    }
    if (!read_text(reading, FIELD_REASON, &text) || !report_reason_parse(text, &report->reason)) {
        return malformed(reading, FIELD_REASON,
                         "must be miscount, mistyped, wrong-unit, roll-changed or other");
    }
    return TURNOUT_OK;
}

static enum turnout_error read_optional(const struct reading *reading)
{
    struct report *report = reading->report;
    report->registered = REGISTERED_ABSENT;
    if (is_given(reading, FIELD_REGISTERED) &&
        !read_integer(reading, FIELD_REGISTERED, 0, VOTERS_MAX, &report->registered)) {
        return malformed(reading, FIELD_REGISTERED, "must be a whole number, 0 to 10000000, or absent");
    }
    enum turnout_error failed = read_kind(reading);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct slice note;
    report->note[0] = '\0';
    if (is_given(reading, FIELD_NOTE) && !(read_text(reading, FIELD_NOTE, &note) && is_note(note) &&
                                           slice_copy(note, report->note, sizeof report->note))) {
        return malformed(reading, FIELD_NOTE, "must be a text of at most 200 characters without line breaks");
    }
    if (is_given(reading, FIELD_TEST) && !report->test) {
        return malformed(reading, FIELD_TEST, "must be true in a test report, and absent in any other");
    }
    return TURNOUT_OK;
}

static bool is_signature(struct slice text)
{
    return text.length == SIGNATURE_TEXT_BYTES && base64url_is_alphabet(text);
}

static enum turnout_error read_signature(const struct reading *reading)
{
    struct report *report = reading->report;
    bool has_key = is_given(reading, FIELD_KEY);
    report->key[0] = '\0';
    report->sig[0] = '\0';
    if (has_key != is_given(reading, FIELD_SIG)) {
        return malformed(reading, has_key ? FIELD_SIG : FIELD_KEY, "missing: key and sig go together");
    }
    if (!has_key) {
        return TURNOUT_OK;
    }
    struct slice text;
    if (!read_text(reading, FIELD_KEY, &text) || !text_is_key_id(text) ||
        !slice_copy(text, report->key, sizeof report->key)) {
        return malformed(reading, FIELD_KEY, "must be a text of 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    if (!read_text(reading, FIELD_SIG, &text) || !is_signature(text) ||
        !slice_copy(text, report->sig, sizeof report->sig)) {
        return malformed(reading, FIELD_SIG, "must be 86 characters of base64url without padding");
    }
    return TURNOUT_OK;
}

static enum turnout_error read_members(const struct reading *reading)
{
    read_identity(reading);
    enum turnout_error failed =
        reading->members.unknown_key != NULL ? refuse_unknown_key(reading) : read_required(reading);
    if (failed == TURNOUT_OK) {
        failed = read_optional(reading);
    }
    if (failed == TURNOUT_OK) {
        failed = read_signature(reading);
    }
    return failed;
}

enum turnout_error report_json_parse(const char *bytes, size_t length, struct report *ret_report,
                                     struct error *error)
{
    ret_report->unit[0] = '\0';
    ret_report->seq = 0;
    ret_report->test = false;
    if (length > REPORT_BYTES_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, NULL, "%zu bytes, a report has at most %d", length,
                          REPORT_BYTES_MAX);
    }
    struct slice text = {bytes, length};
    struct reading reading;
    reading.report = ret_report;
    reading.error = error;
    if (report_scan(text, &reading.members)) {
        return read_members(&reading);
    }
    json_t *object = report_load(text, &reading.members, error);
    if (object == NULL) {
        return TURNOUT_BAD_INPUT;
    }
    enum turnout_error failed = read_members(&reading);
    json_decref(object);
    return failed;
}

static void text_if_any(struct json_writer *json, const char *key, const char *text)
{
    if (text[0] != '\0') {
        json_put_text(json, key, text);
    }
}

void report_json_write(struct buffer *out, const struct report *report)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    json_put_text(&json, "election", report->election);
    json_put_text(&json, "unit", report->unit);
    json_put_integer(&json, "seq", report->seq);
    json_put_text(&json, "as_of", report->as_of_text);
    json_put_integer(&json, "voted", report->voted);
    if (report->registered != REGISTERED_ABSENT) {
        json_put_integer(&json, "registered", report->registered);
    }
    if (report->kind_given) {
        json_put_text(&json, "kind", report_kind_name(report->kind));
    }
    text_if_any(&json, "reason", report_reason_name(report->reason));
    text_if_any(&json, "note", report->note);
    if (report->test) {
        json_put_boolean(&json, "test", true);
    }
    text_if_any(&json, "key", report->key);
    text_if_any(&json, "sig", report->sig);
    json_close_object(&json);
}

void result_json_write(struct buffer *out, const struct report_result *result, uint64_t line)
{
    struct json_writer json = json_writer_of(out);
    json_open_object(&json, NULL);
    if (line != 0) {
        json_put_integer(&json, "line", (int64_t)line);
    }
    text_if_any(&json, "unit", result->unit);
    if (result->seq != 0) {
        json_put_integer(&json, "seq", result->seq);
    }
    json_put_text(&json, "status", report_status_name(result->status));
    text_if_any(&json, "receipt", result->receipt);
    text_if_any(&json, "code", report_code_name(result->code));
    text_if_any(&json, "detail", result->detail);
    text_if_any(&json, "field", result->field);
    if (result->next_seq != 0) {
        json_put_integer(&json, "next_seq", result->next_seq);
    }
    text_if_any(&json, "generation", result->generation);
    if (result->test) {
        json_put_boolean(&json, "test", true);
    }
    json_close_object(&json);
}

static struct slice slice_of_string(const json_t *string)
{
    return (struct slice){json_string_value(string), json_string_length(string)};
}

/* An absent text is an empty one. */
static bool copy_member(const json_t *object, const char *key, char *ret_text, size_t capacity)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL) {
        ret_text[0] = '\0';
        return true;
    }
    if (!json_is_string(value) || !slice_copy(slice_of_string(value), ret_text, capacity)) {
        return false;
    }
    text_make_showable(ret_text);
    return true;
}

/* An absent number is 0. */
static bool copy_number(const json_t *object, const char *key, json_int_t most, json_int_t *ret_number)
{
    const json_t *value = json_object_get(object, key);
    *ret_number = json_integer_value(value);
    return value == NULL || (json_is_integer(value) && *ret_number >= 0 && *ret_number <= most);
}

/* An absent boolean is false. */
static bool copy_boolean(const json_t *object, const char *key, bool *ret_boolean)
{
    const json_t *value = json_object_get(object, key);
    *ret_boolean = json_is_true(value);
    return value == NULL || json_is_boolean(value);
}

static bool copy_verdict(const json_t *object, struct report_result *result)
{
    const json_t *status = json_object_get(object, "status");
    const json_t *code = json_object_get(object, "code");
    result->code = CODE_NONE;
    return json_is_string(status) && report_status_parse(slice_of_string(status), &result->status) &&
           (code == NULL ||
            (json_is_string(code) && report_code_parse(slice_of_string(code), &result->code)));
}

/* Returns the name of an invalid member, or NULL. */
static const char *read_result(const json_t *object, struct report_result *result, json_int_t *line)
{
    if (!copy_verdict(object, result)) {
        return "status";
    }
    json_int_t seq;
    if (!copy_number(object, "seq", SEQ_MAX, &seq)) {
        return "seq";
    }
    result->seq = (int32_t)seq;
    if (!copy_number(object, "line", INT64_MAX, line)) {
        return "line";
    }
    if (!copy_member(object, "unit", result->unit, sizeof result->unit)) {
        return "unit";
    }
    if (!copy_member(object, "receipt", result->receipt, sizeof result->receipt)) {
        return "receipt";
    }
    if (!copy_member(object, "field", result->field, sizeof result->field)) {
        return "field";
    }
    if (!copy_member(object, "detail", result->detail, sizeof result->detail)) {
        return "detail";
    }
    json_int_t next_seq;
    if (!copy_number(object, "next_seq", SEQ_MAX, &next_seq)) {
        return "next_seq";
    }
    result->next_seq = (int32_t)next_seq;
    if (!copy_member(object, "generation", result->generation, sizeof result->generation)) {
        return "generation";
    }
    return copy_boolean(object, "test", &result->test) ? NULL : "test";
}

enum turnout_error result_json_parse(const char *bytes, size_t length, struct report_result *ret_result,
                                     uint64_t *ret_line, struct error *error)
{
    json_t *object = json_object_load((struct slice){bytes, length}, error);
    if (object == NULL) {
        return TURNOUT_BAD_INPUT;
    }
    struct report_result result = {0};
    json_int_t line = 0;
    const char *blamed = read_result(object, &result, &line);
    json_decref(object);
    if (blamed != NULL) {
        return error_fail(error, TURNOUT_BAD_INPUT, blamed, "not a valid value in the answer to a report");
    }
    *ret_result = result;
    *ret_line = (uint64_t)line;
    return TURNOUT_OK;
}
