/* How reports and their answers are spelt on the wire, and what HTTP makes of an answer. */
#include <turnout/election/report.h>

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/text.h>

static const char *const kind_names[] = {
    [KIND_PROGRESS] = "progress",
    [KIND_FINAL] = "final",
    [KIND_CORRECTION] = "correction",
};

static const char *const reason_names[] = {
    [REASON_NONE] = "",
    [REASON_MISCOUNT] = "miscount",
    [REASON_MISTYPED] = "mistyped",
    [REASON_WRONG_UNIT] = "wrong-unit",
    [REASON_ROLL_CHANGED] = "roll-changed",
    [REASON_OTHER] = "other",
};

static const struct {
    const char *name;
    int http_status; /* of a single report; a rejected one has its code's */
} statuses[STATUS_COUNT] = {
    [STATUS_ACCEPTED] = {"accepted", 201},     [STATUS_DUPLICATE] = {"duplicate", 200},
    [STATUS_SUPERSEDED] = {"superseded", 200}, [STATUS_HELD] = {"held", 202},
    [STATUS_REJECTED] = {"rejected", 400},     [STATUS_UNAVAILABLE] = {"unavailable", 503},
};

static const struct {
    const char *name;
    int http_status;
    const char *title;
} codes[CODE_COUNT] = {
    [CODE_NONE] = {"", 400, ""},
    [CODE_MALFORMED] = {"malformed", 400, "The report is not well-formed"},
    [CODE_BAD_SIGNATURE] = {"bad-signature", 401, "The signature does not fit the report"},
    [CODE_UNKNOWN_KEY] = {"unknown-key", 401, "The signing key is not known"},
    [CODE_OUT_OF_SCOPE] = {"out-of-scope", 403, "The sender may not report for this unit"},
    [CODE_UNKNOWN_UNIT] = {"unknown-unit", 404, "The polling unit is not in the register"},
    [CODE_WRONG_ELECTION] = {"wrong-election", 404, "The report is for another election"},
    [CODE_SEQ_CONFLICT] = {"seq-conflict", 409, "This seq is taken by a report with other content"},
    [CODE_SEQ_BEHIND] = {"seq-behind", 409, "The report is newer than the last one, and its seq is lower"},
    [CODE_VOIDED] = {"voided", 409, "A committee has taken this report out of the count"},
    [CODE_TOO_LARGE] = {"too-large", 413, "The report is too large"},
    [CODE_SEQ_TOO_FAR] = {"seq-too-far", 422, "The seq is far beyond the last one"},
    [CODE_VOTED_EXCEEDS_REGISTERED] = {"voted-exceeds-registered", 422,
                                       "More have voted than are registered"},
    [CODE_AS_OF_IN_FUTURE] = {"as-of-in-future", 422, "The count was taken in the future"},
    [CODE_AS_OF_BEFORE_OPENING] = {"as-of-before-opening", 422,
                                   "The count was taken before the polls opened"},
    [CODE_AS_OF_BEFORE_LAST] = {"as-of-before-last", 422, "The count was taken before the last one"},
    [CODE_REASON_REQUIRED] = {"reason-required", 422, "A correction needs a reason"},
    [CODE_COUNT_DECREASED] = {"count-decreased", 422, "Fewer have voted than in the last report"},
    [CODE_ROLL_CHANGED] = {"roll-changed", 422, "The roll has changed by much"},
    [CODE_TOO_FAST] = {"too-fast", 422, "More have voted than a polling unit can serve in that time"},
    [CODE_COMPLETE_TOO_EARLY] = {"complete-too-early", 422, "The whole roll has voted too early in the day"},
    [CODE_SAME_FIGURES] = {"same-figures", 422, "Other units of the commune report the same count"},
    [CODE_CORRECTION] = {"correction", 422, "A correction waits for a second person"},
    [CODE_NOT_OPEN] = {"not-open", 409, "The election does not take reports yet"},
    [CODE_CLOSED] = {"closed", 409, "The election takes no more reports"},
    [CODE_TEST_REPORT] = {"test-report", 409, "A test report, and the election is open"},
    [CODE_TOO_MANY] = {"too-many", 429, "Too many reports at once"},
    [CODE_STORE_UNAVAILABLE] = {"store-unavailable", 503, "The report could not be stored just now"},
    [CODE_CLOCK_IN_DOUBT] = {"clock-in-doubt", 503, "The server doubts its clock"},
};

enum {
    KIND_COUNT = sizeof kind_names / sizeof kind_names[0],
    REASON_COUNT = sizeof reason_names / sizeof reason_names[0],
};

const char *report_kind_name(enum report_kind kind)
{
    assert((size_t)kind < KIND_COUNT);
    return kind_names[kind];
}

const char *report_reason_name(enum report_reason reason)
{
    assert((size_t)reason < REASON_COUNT);
    return reason_names[reason];
}

const char *report_status_name(enum report_status status)
{
    assert(status < STATUS_COUNT);
    return statuses[status].name;
}

const char *report_code_name(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].name;
}

bool report_kind_parse(struct slice name, enum report_kind *ret_kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (slice_equals(name, kind_names[i])) {
            *ret_kind = (enum report_kind)i;
            return true;
        }
    }
    return false;
}

/* Of these two tables the first row stands for "none" and has no spelling. */

bool report_reason_parse(struct slice name, enum report_reason *ret_reason)
{
    for (size_t i = REASON_NONE + 1; i < REASON_COUNT; i++) {
        if (slice_equals(name, reason_names[i])) {
            *ret_reason = (enum report_reason)i;
            return true;
        }
    }
    return false;
}

bool report_code_parse(struct slice name, enum report_code *ret_code)
{
    for (size_t i = CODE_NONE + 1; i < CODE_COUNT; i++) {
        if (slice_equals(name, codes[i].name)) {
            *ret_code = (enum report_code)i;
            return true;
        }
    }
    return false;
}

bool report_status_parse(struct slice name, enum report_status *ret_status)
{
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        if (slice_equals(name, statuses[i].name)) {
            *ret_status = (enum report_status)i;
            return true;
        }
    }
    return false;
}

int report_result_http_status(const struct report_result *result)
{
    assert(result->status < STATUS_COUNT && result->code < CODE_COUNT);
    return result->status == STATUS_REJECTED ? codes[result->code].http_status
                                             : statuses[result->status].http_status;
}

const char *report_code_title(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].title;
}

void report_reject(struct report_result *ret_result, const struct report *report, enum report_code code,
                   const char *field, const char *detail_format, ...)
{
    assert(code > CODE_NONE && code < CODE_COUNT);
    *ret_result = (struct report_result){
        .status = codes[code].http_status == statuses[STATUS_UNAVAILABLE].http_status ? STATUS_UNAVAILABLE
                                                                                      : STATUS_REJECTED,
        .code = code,
    };
    if (report != NULL) {
        memcpy(ret_result->unit, report->unit, sizeof ret_result->unit);
        ret_result->seq = report->seq;
        ret_result->test = report->test;
    }
    struct slice blamed = {field, field == NULL ? 0 : strnlen(field, sizeof ret_result->field - 1)};
    blamed.length = text_whole_length(blamed);
    bool fits = slice_copy(blamed, ret_result->field, sizeof ret_result->field);
    assert(fits);

    va_list arguments;
    va_start(arguments, detail_format);
    int written = vsnprintf(ret_result->detail, sizeof ret_result->detail, detail_format, arguments);
    va_end(arguments);
    if (written < 0) {
        ret_result->detail[0] = '\0';
    }
    ret_result->detail[text_whole_length(slice_of(ret_result->detail))] = '\0';
}
