/* Reads answers strictly: a report leaves the spool only after an answer that is certainly about it. */
#include "client/report_answer.h"

#include <jansson.h>

#include <turnout/wire/report_json.h>

enum { HTTP_SERVER_ERROR = 500 };

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

/* Copies what fits: texts for people may be cut. */
static void copy_cut(const char *text, char *ret_text, size_t capacity)
{
    struct slice slice = slice_of(text);
    if (slice.length >= capacity) {
        slice.length = capacity - 1;
        slice.length = text_whole_length(slice);
    }
    (void)slice_copy(slice, ret_text, capacity);
    text_make_showable(ret_text);
}

/* 0 when absent or invalid. */
static int32_t next_seq_of(const json_t *problem)
{
    json_int_t seq = json_integer_value(json_object_get(problem, "next_seq"));
    return seq >= 1 && seq <= SEQ_MAX ? (int32_t)seq : 0;
}

static bool read_problem(struct slice body, struct report_result *ret_result)
{
    json_t *problem = json_loadb(body.bytes, body.length, JSON_REJECT_DUPLICATES, NULL);
    *ret_result = (struct report_result){.status = STATUS_REJECTED,
                                         .next_seq = next_seq_of(problem),
                                         .test = json_is_true(json_object_get(problem, "test"))};
    bool known = report_code_parse(slice_of(text_of(problem, "code")), &ret_result->code) &&
                 ret_result->code != CODE_NONE;
    copy_cut(text_of(problem, "detail"), ret_result->detail, sizeof ret_result->detail);
    copy_cut(text_of(problem, "field"), ret_result->field, sizeof ret_result->field);
    json_decref(problem);
    return known;
}

/* Whether the server may answer the same report differently later. */
static bool leaves_open(int http_status, const struct report_result *result)
{
    return http_status >= HTTP_SERVER_ERROR || result->status == STATUS_UNAVAILABLE ||
           result->code == CODE_STORE_UNAVAILABLE || result->code == CODE_TOO_MANY;
}

enum turnout_error report_answer_read(int http_status, struct slice body, struct report_result *ret_result,
                                      struct error *error)
{
    struct report_result result;
    uint64_t line = 0;
    bool good = http_status >= 200 && http_status < 300;
    bool understood = good ? result_json_parse(body.bytes, body.length, &result, &line, NULL) == TURNOUT_OK
                           : read_problem(body, &result);
    if (!understood) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "", "HTTP %d, not the answer of a Turnout intake",
                          http_status);
    }
    if (leaves_open(http_status, &result)) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "", "HTTP %d %s %s", http_status,
                          report_code_name(result.code), result.detail);
    }
    *ret_result = result;
    return TURNOUT_OK;
}
