/* Parses an answer by a fast path, else by a full parser.
 *
 * The fast path accepts exactly what the server writes for an accepted report:
 *
 *   {"line":12,"unit":"19804-003","seq":7,"status":"accepted","receipt":"7K4Q-9M2D","generation":"8c1f02d94ab7e653"}
 *
 * Anything spelled differently (a space, another order, another status) goes to the full parser. */
#include "client/stream_answer.h"

#include <string.h>

#include <turnout/election/report_codes.h>
#include <turnout/wire/report_json.h>

static bool pass(struct slice *rest, const char *expected)
{
    size_t length = strlen(expected);
    if (rest->length < length || memcmp(rest->bytes, expected, length) != 0) {
        return false;
    }
    *rest = (struct slice){rest->bytes + length, rest->length - length};
    return true;
}

/* A whole JSON number without a leading zero: the server never writes 0 here. */
static bool pass_number(struct slice *rest, uint64_t most, uint64_t *ret_number)
{
    struct slice digits = {rest->bytes, 0};
    while (digits.length < rest->length && digits.bytes[digits.length] >= '0' &&
           digits.bytes[digits.length] <= '9') {
        digits.length++;
    }
    *rest = (struct slice){rest->bytes + digits.length, rest->length - digits.length};
    return digits.length > 0 && digits.bytes[0] != '0' && text_parse_unsigned(digits, most, ret_number);
}

/* A text without escapes, up to its closing quote. */
static bool pass_code(struct slice *rest, struct slice *ret_code)
{
    *ret_code = text_split(rest, '"');
    return rest->bytes != NULL && text_is_code(*ret_code);
}

static bool pass_status(struct slice *rest, enum report_status *ret_status)
{
    if (pass(rest, "accepted")) {
        *ret_status = STATUS_ACCEPTED;
        return true;
    }
    *ret_status = STATUS_DUPLICATE;
    return pass(rest, "duplicate");
}

/* The words for a test report. */
static bool pass_test_words(struct slice *rest, struct report_result *result)
{
    return !pass(rest, ",\"detail\":\"") ||
           (pass(rest, report_test_words) && pass(rest, "\"") &&
            slice_copy(slice_of(report_test_words), result->detail, sizeof result->detail));
}

/* May be absent. */
static bool pass_generation(struct slice *rest, struct report_result *result)
{
    struct slice generation;
    return !pass(rest, ",\"generation\":\"") ||
           (pass_code(rest, &generation) &&
            slice_copy(generation, result->generation, sizeof result->generation));
}

/* May be absent. */
static bool pass_test(struct slice *rest, struct report_result *result)
{
    result->test = pass(rest, ",\"test\":true");
    return true;
}

static bool read_fast(struct slice answer, struct report_result *result, uint64_t *ret_line)
{
    struct slice rest = answer;
    struct slice unit;
    struct slice receipt;
    uint64_t seq;
    return pass(&rest, "{\"line\":") && pass_number(&rest, INT64_MAX, ret_line) &&
           pass(&rest, ",\"unit\":\"") && pass_code(&rest, &unit) && pass(&rest, ",\"seq\":") &&
           pass_number(&rest, SEQ_MAX, &seq) && pass(&rest, ",\"status\":\"") &&
           pass_status(&rest, &result->status) && pass(&rest, "\",\"receipt\":\"") &&
           pass_code(&rest, &receipt) && slice_copy(receipt, result->receipt, sizeof result->receipt) &&
           pass_test_words(&rest, result) && pass_generation(&rest, result) && pass_test(&rest, result) &&
           slice_equals(rest, "}");
}

enum turnout_error stream_answer_read(struct slice answer, struct report_result *ret_result,
                                      uint64_t *ret_line, struct error *error)
{
    *ret_result = (struct report_result){0};
    if (read_fast(answer, ret_result, ret_line)) {
        return TURNOUT_OK;
    }
    return result_json_parse(answer.bytes, answer.length, ret_result, ret_line, error);
}
