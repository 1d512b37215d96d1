/* Reports and answers as JSON. jansson reads; this file knows the fields, and names the one to blame. */
#include <turnout/wire/report_json.h>

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <jansson.h>

#include <turnout/wire/json_writer.h>

#include "base64url.h"
#include "json_object.h"

enum field {
    FIELD_ELECTION,
    FIELD_UNIT,
    FIELD_SEQ,
    FIELD_AS_OF,
    FIELD_VOTED,
    FIELD_REQUIRED_COUNT, /* the fields above must be there */
    FIELD_REGISTERED = FIELD_REQUIRED_COUNT,
    FIELD_KIND,
    FIELD_REASON,
    FIELD_NOTE,
    FIELD_KEY,
    FIELD_SIG,
    FIELD_COUNT,
};

static const char *const field_names[FIELD_COUNT] = {
    [FIELD_ELECTION] = "election", [FIELD_UNIT] = "unit",   [FIELD_SEQ] = "seq",
    [FIELD_AS_OF] = "as_of",       [FIELD_VOTED] = "voted", [FIELD_KIND] = "kind",
    [FIELD_REASON] = "reason",     [FIELD_NOTE] = "note",   [FIELD_REGISTERED] = "registered",
    [FIELD_KEY] = "key",           [FIELD_SIG] = "sig",
};

/* A parse in progress. */
struct reading {
    struct slice text;
    const json_t *values[FIELD_COUNT]; /* NULL where absent; borrowed from the parsed object */
    const char *unknown_key;           /* the first one, or NULL */
    struct report *report;
    struct error *error;
};

static enum turnout_error malformed(const struct reading *reading, enum field field, const char *advice)
{
    return error_fail(reading->error, TURNOUT_BAD_INPUT, field_names[field], "%s", advice);
}

json_t *json_object_load(struct slice text, struct error *error)
{
    /* jansson takes a NUL between two tokens for the end of the text. */
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

static struct slice slice_of_string(const json_t *string)
{
    return (struct slice){json_string_value(string), json_string_length(string)};
}

static bool find_field(const char *key, enum field *ret_field)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(key, field_names[i]) == 0) {
            *ret_field = (enum field)i;
            return true;
        }
    }
    return false;
}

static void sort_fields(struct reading *reading, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        enum field field;
        if (find_field(key, &field)) {
            reading->values[field] = value;
        } else if (reading->unknown_key == NULL) {
            reading->unknown_key = key;
        }
    }
}

/* Whether a minus stands outside of the strings. Needed for `-0` alone, which jansson reads as a plain 0. */
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

static bool read_integer(const struct reading *reading, enum field field, int32_t least, int32_t most,
                         int32_t *ret_value)
{
    const json_t *value = reading->values[field];
    if (!json_is_integer(value)) {
        return false;
    }
    json_int_t integer = json_integer_value(value);
    if (integer < least || integer > most || (integer == 0 && has_minus(reading->text))) {
        return false;
    }
    *ret_value = (int32_t)integer;
    return true;
}

static bool read_code(const struct reading *reading, enum field field, char ret_code[AREA_CODE_BYTES])
{
    const json_t *value = reading->values[field];
    return json_is_string(value) && text_is_code(slice_of_string(value)) &&
           slice_copy(slice_of_string(value), ret_code, AREA_CODE_BYTES);
}

/* So that even a refusal can say which report it is about. */
static void read_identity(const struct reading *reading)
{
    if (!read_code(reading, FIELD_UNIT, reading->report->unit)) {
        reading->report->unit[0] = '\0';
    }
    if (!read_integer(reading, FIELD_SEQ, 1, SEQ_MAX, &reading->report->seq)) {
        reading->report->seq = 0;
    }
}

/* The key may be anything, and is going into logs and answers: shown as a field only when it looks like one. */
static enum turnout_error refuse_unknown_key(const struct reading *reading)
{
    struct slice key = slice_of(reading->unknown_key);
    bool showable = text_is_key_id(key);
    return error_fail(reading->error, TURNOUT_BAD_INPUT, showable ? reading->unknown_key : NULL,
                      showable ? "not a field of a report" : "has a key that is not a field of a report");
}

static enum turnout_error read_required(const struct reading *reading)
{
    struct report *report = reading->report;
    for (size_t i = 0; i < FIELD_REQUIRED_COUNT; i++) {
        if (reading->values[i] == NULL) {
            return malformed(reading, (enum field)i, "missing");
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
    const json_t *as_of = reading->values[FIELD_AS_OF];
    if (!json_is_string(as_of) || !rfc3339_parse(slice_of_string(as_of), &report->as_of, NULL) ||
        !slice_copy(slice_of_string(as_of), report->as_of_text, sizeof report->as_of_text)) {
        return malformed(reading, FIELD_AS_OF, "must be a time such as 2026-03-15T15:00:00+07:00");
    }
    if (!read_integer(reading, FIELD_VOTED, 0, VOTERS_MAX, &report->voted)) {
        return malformed(reading, FIELD_VOTED, "must be a whole number, 0 to 10000000");
    }
    return TURNOUT_OK;
}

static bool is_note(const json_t *value)
{
    size_t characters;
    return json_is_string(value) && text_is_utf8(slice_of_string(value), &characters) &&
           characters <= NOTE_CHARACTERS_MAX && !text_has_control(slice_of_string(value));
}

static enum turnout_error read_optional(const struct reading *reading)
{
    struct report *report = reading->report;
    const json_t *const *values = reading->values;
    report->registered = REGISTERED_ABSENT;
    if (values[FIELD_REGISTERED] != NULL &&
        !read_integer(reading, FIELD_REGISTERED, 0, VOTERS_MAX, &report->registered)) {
        return malformed(reading, FIELD_REGISTERED, "must be a whole number, 0 to 10000000, or absent");
    }

    report->kind = KIND_PROGRESS;
    report->kind_given = values[FIELD_KIND] != NULL;
    if (report->kind_given && !(json_is_string(values[FIELD_KIND]) &&
                                report_kind_parse(slice_of_string(values[FIELD_KIND]), &report->kind))) {
        return malformed(reading, FIELD_KIND, "must be progress, final or correction, or absent");
    }

    report->reason = REASON_NONE;
    if (values[FIELD_REASON] != NULL) {
        if (report->kind != KIND_CORRECTION) {
            return malformed(reading, FIELD_REASON, "only a correction has one: leave it out");
        }
        if (!json_is_string(values[FIELD_REASON]) ||
            !report_reason_parse(slice_of_string(values[FIELD_REASON]), &report->reason)) {
            return malformed(reading, FIELD_REASON,
                             "must be miscount, mistyped, wrong-unit, roll-changed or other");
        }
    }

    report->note[0] = '\0';
    if (values[FIELD_NOTE] != NULL &&
        !(is_note(values[FIELD_NOTE]) &&
          slice_copy(slice_of_string(values[FIELD_NOTE]), report->note, sizeof report->note))) {
        return malformed(reading, FIELD_NOTE, "must be a text of at most 200 characters without line breaks");
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
    const json_t *key = reading->values[FIELD_KEY];
    const json_t *sig = reading->values[FIELD_SIG];
    report->key[0] = '\0';
    report->sig[0] = '\0';
    if (key == NULL && sig == NULL) {
        return TURNOUT_OK;
    }
    if (key == NULL || sig == NULL) {
        return malformed(reading, key == NULL ? FIELD_KEY : FIELD_SIG, "missing: key and sig go together");
    }
    if (!json_is_string(key) || !text_is_key_id(slice_of_string(key)) ||
        !slice_copy(slice_of_string(key), report->key, sizeof report->key)) {
        return malformed(reading, FIELD_KEY, "must be a text of 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    if (!json_is_string(sig) || !is_signature(slice_of_string(sig)) ||
        !slice_copy(slice_of_string(sig), report->sig, sizeof report->sig)) {
        return malformed(reading, FIELD_SIG, "must be 86 characters of base64url without padding");
    }
    return TURNOUT_OK;
}

enum turnout_error report_json_parse(const char *bytes, size_t length, struct report *ret_report,
                                     struct error *error)
{
    ret_report->unit[0] = '\0';
    ret_report->seq = 0;
    if (length > REPORT_BYTES_MAX) {
        return error_fail(error, TURNOUT_TOO_LARGE, NULL, "%zu bytes, a report has at most %d", length,
                          REPORT_BYTES_MAX);
    }
    struct reading reading = {.text = {bytes, length}, .report = ret_report, .error = error};
    json_t *object = json_object_load(reading.text, error);
    if (object == NULL) {
        return TURNOUT_BAD_INPUT;
    }
    sort_fields(&reading, object);
    read_identity(&reading);
    enum turnout_error failed =
        reading.unknown_key != NULL ? refuse_unknown_key(&reading) : read_required(&reading);
    if (failed == TURNOUT_OK) {
        failed = read_optional(&reading);
    }
    if (failed == TURNOUT_OK) {
        failed = read_signature(&reading);
    }
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
    json_close_object(&json);
}

/* An absent text is an empty one. */
static bool copy_member(const json_t *object, const char *key, char *ret_text, size_t capacity)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL) {
        ret_text[0] = '\0';
        return true;
    }
    return json_is_string(value) && slice_copy(slice_of_string(value), ret_text, capacity);
}

/* Likewise, an absent number is 0. */
static bool copy_number(const json_t *object, const char *key, json_int_t most, json_int_t *ret_number)
{
    const json_t *value = json_object_get(object, key);
    *ret_number = json_integer_value(value);
    return value == NULL || (json_is_integer(value) && *ret_number >= 0 && *ret_number <= most);
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

/* Returns the member that is not as it should be, or NULL. */
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
    return copy_member(object, "detail", result->detail, sizeof result->detail) ? NULL : "detail";
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
        return error_fail(error, TURNOUT_BAD_INPUT, blamed, "not what the answer to a report may hold");
    }
    *ret_result = result;
    *ret_line = (uint64_t)line;
    return TURNOUT_OK;
}
