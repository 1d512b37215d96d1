/* How answers are spelt on the wire, what HTTP makes of them, and what people are told: the tables of statuses and
 * codes. */
#include <turnout/election/report_codes.h>

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/text.h>
#include <turnout/election/rules.h>

static const struct {
    const char *name;
    int http_status; /* of a single report; a rejected one has its code's */
} statuses[STATUS_COUNT] = {
    [STATUS_ACCEPTED] = {"accepted", 201},     [STATUS_DUPLICATE] = {"duplicate", 200},
    [STATUS_SUPERSEDED] = {"superseded", 200}, [STATUS_HELD] = {"held", 202},
    [STATUS_REJECTED] = {"rejected", 400},     [STATUS_UNAVAILABLE] = {"unavailable", 503},
};

/* The reader of a sentence has a telephone in one hand. So the fault comes first, with its values; then what to do. */
static const struct {
    const char *name;
    int http_status;
    const char *title;
    const char *field;
    const char *fault;
    const char *remedy;
} codes[CODE_COUNT] = {
    [CODE_NONE] = {"", 400, "", "", "seq {last_seq} stands with {last_voted} voted as of {last_as_of}",
                   "that is newer, and nothing is to be done"},
    [CODE_MALFORMED] = {"malformed", 400, "The report is not well-formed", "", "{why}",
                        "mend it and send it again"},
    [CODE_BAD_SIGNATURE] = {"bad-signature", 401, "The signature does not fit the report", "sig", "{why}",
                            "sign exactly what is sent, with the unit's own key, and send it again"},
    [CODE_UNKNOWN_KEY] = {"unknown-key", 401, "The signing key is not known", "key", "{why}",
                          "ask the commune's office for one that is good now"},
    [CODE_OUT_OF_SCOPE] = {"out-of-scope", 403, "The sender may not report for this unit", "unit", "{why}",
                           "check the unit's code, or send it with the unit's own key"},
    [CODE_UNKNOWN_UNIT] = {"unknown-unit", 404, "The polling unit is not in the register", "unit",
                           "no unit {unit} in this election",
                           "check the code, leading zeros too, or ask the commune's office"},
    [CODE_WRONG_ELECTION] = {"wrong-election", 404, "The report is for another election", "election",
                             "this is the election {why}",
                             "check which election the report names, and to which server it is sent"},
    [CODE_SEQ_CONFLICT] = {"seq-conflict", 409, "This seq is taken by a report with other content", "seq",
                           "seq {last_seq} stands with {last_voted} voted as of {last_as_of}",
                           "if this is another count, send it again with seq {next_seq}"},
    [CODE_SEQ_BEHIND] = {"seq-behind", 409, "The report is newer than the last one, and its seq is lower",
                         "seq", "seq {last_seq} stands with {last_voted} voted as of {last_as_of}",
                         "send this count again with seq {next_seq}"},
    [CODE_VOIDED] = {"voided", 409, "A committee has taken this report out of the count", "",
                     "a committee has taken this report out of the count",
                     "a new count, with its own time, is taken"},
    [CODE_TOO_LARGE] = {"too-large", 413, "The report is too large", "", "{why}",
                        "shorten it and send it again"},
    [CODE_SEQ_TOO_FAR] = {"seq-too-far", 422, "The seq is far beyond the last one", "seq",
                          "seq {seq} is more than 1000 beyond the unit's last one, {last_seq}",
                          "send it again with seq {next_seq}"},
    [CODE_VOTED_EXCEEDS_REGISTERED] =
        {"voted-exceeds-registered", 422, "More have voted than are registered", "voted",
         "{voted} voted, {registered} registered",
         "if the count is right, send it again with `registered`, the roll as it is now"},
    [CODE_AS_OF_IN_FUTURE] = {"as-of-in-future", 422, "The count was taken in the future", "as_of",
                              "{as_of} is {ahead_s} s ahead of the server's clock",
                              "set your clock, and send the count with the time at which it was taken"},
    [CODE_AS_OF_BEFORE_OPENING] = {"as-of-before-opening", 422, "The count was taken before the polls opened",
                                   "as_of", "{as_of} is before the polls open, at {opens}",
                                   "check date, time and offset, and send it again"},
    [CODE_AS_OF_BEFORE_LAST] = {"as-of-before-last", 422, "The count was taken before the last one", "as_of",
                                "{as_of} is before seq {last_seq}, as of {last_as_of}",
                                "check your clock, and send the count with the time at which it was taken"},
    [CODE_REASON_REQUIRED] = {"reason-required", 422, "A correction needs a reason", "reason",
                              "a correction needs a reason",
                              "send it again with miscount, mistyped, wrong-unit, roll-changed or other"},
    [CODE_COUNT_DECREASED] = {"count-decreased", 422, "Fewer have voted than in the last report", "voted",
                              "{voted} voted, but {last_voted} as of {last_as_of} (seq {last_seq})",
                              "count again; if the last count was wrong, send this one as a correction"},
    [CODE_ROLL_CHANGED] = {"roll-changed", 422, "The roll has changed by much", "registered",
                           "{registered} registered, and {listed} in the register",
                           "check the roll; if it is right, call the commune's committee"},
    [CODE_TOO_FAST] = {"too-fast", 422, "More have voted than a polling unit can serve in that time", "voted",
                       "{voted} voted as of {as_of}, and {last_voted} as of {last_as_of} (seq {last_seq})",
                       "check count and time; if both are right, call the commune's committee"},
    [CODE_COMPLETE_TOO_EARLY] = {"complete-too-early", 422, "The whole roll has voted too early in the day",
                                 "voted", "all {voted} registered have voted, as of {as_of}",
                                 "check that it is the count and not the roll; if it is right, call the "
                                 "commune's committee"},
    [CODE_SAME_FIGURES] = {"same-figures", 422, "Other units of the commune report the same count", "voted",
                           "other units of the commune report {voted} voted too",
                           "check that unit and count are yours; if they are, call the commune's committee"},
    [CODE_CORRECTION] = {"correction", 422, "A correction waits for a second person", "kind",
                         "a second person looks at every correction", "call the commune's committee"},
    [CODE_NOT_OPEN] = {"not-open", 409, "The election does not take reports yet", "",
                       "the election is in rehearsal, and takes test reports alone",
                       "keep this one, and send it again when the election is open"},
    [CODE_CLOSED] = {"closed", 409, "The election takes no more reports", "", "the election is closed",
                     "keep this report and call the commune's committee: it is taken if the election is "
                     "opened again"},
    [CODE_TEST_REPORT] = {"test-report", 409, "A test report, and the election is open", "test",
                          "the election is open, and takes no test reports",
                          "send the true count, without `test`"},
    [CODE_TOO_MANY] = {"too-many", 429, "Too many reports at once", "", "{why}",
                       "send the same report again later, one at a time"},
    [CODE_STORE_UNAVAILABLE] = {"store-unavailable", 503, "The report could not be stored just now", "",
                                "{why}", "send the same report again later"},
    [CODE_CLOCK_IN_DOUBT] = {"clock-in-doubt", 503, "The server doubts its clock", "",
                             "the server doubts its own clock", "send the same report again later"},
};

_Static_assert((int)SEQ_STEP_MAX == 1000, "a sentence says so");

const char report_test_words[] = "a test report, which does not count";
static const char held_remedy[] = "a committee decides about it; go on with your next report";
static const char committee_fault[] = "a committee has rejected this report";
static const char committee_remedy[] = "call the committee, or send a new count with the next seq";

/* ---- the tables ---- */

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

const char *report_code_title(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].title;
}

const char *report_code_field(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].field;
}

const char *report_code_fault(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].fault;
}

const char *report_code_remedy(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].remedy;
}

int report_code_http_status(enum report_code code)
{
    assert(code < CODE_COUNT);
    return codes[code].http_status;
}

/* The first row has no spelling. */
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

/* ---- sentences ---- */

static const struct {
    const char *name;
    bool is_text; /* or a number */
    size_t offset;
} placeholders[] = {
    {"why", true, offsetof(struct code_values, why)},
    {"unit", true, offsetof(struct code_values, unit)},
    {"seq", false, offsetof(struct code_values, seq)},
    {"voted", false, offsetof(struct code_values, voted)},
    {"registered", false, offsetof(struct code_values, registered)},
    {"listed", false, offsetof(struct code_values, listed)},
    {"as_of", true, offsetof(struct code_values, as_of)},
    {"ahead_s", false, offsetof(struct code_values, ahead_s)},
    {"opens", true, offsetof(struct code_values, opens)},
    {"last_seq", false, offsetof(struct code_values, last_seq)},
    {"last_voted", false, offsetof(struct code_values, last_voted)},
    {"last_as_of", true, offsetof(struct code_values, last_as_of)},
    {"next_seq", false, offsetof(struct code_values, next_seq)},
};

/* A detail that is being written; what does not fit is cut off. */
struct wording {
    struct report_result *result;
    size_t length;
};

static void append(struct wording *wording, struct slice text)
{
    size_t room = sizeof wording->result->detail - 1 - wording->length;
    size_t length = text.length < room ? text.length : room;
    memcpy(wording->result->detail + wording->length, text.bytes, length);
    wording->length += length;
}

static void append_value(struct wording *wording, struct slice name, const struct code_values *values)
{
    for (size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
        const char *at = (const char *)values + placeholders[i].offset;
        const char *text;
        char digits[24];
        int64_t number;
        if (!slice_equals(name, placeholders[i].name)) {
            continue;
        }
        if (placeholders[i].is_text) {
            memcpy(&text, at, sizeof text);
            append(wording, slice_of(text == NULL ? "" : text));
        } else {
            memcpy(&number, at, sizeof number);
            (void)snprintf(digits, sizeof digits, "%" PRId64, number);
            append(wording, slice_of(digits));
        }
        return;
    }
    assert(!"a sentence names a value that there is none of");
}

static void append_sentence(struct wording *wording, const char *sentence, const struct code_values *values)
{
    struct slice rest = slice_of(sentence);
    while (rest.length > 0) {
        append(wording, text_split(&rest, '{'));
        if (rest.length > 0) {
            append_value(wording, text_split(&rest, '}'), values);
        }
    }
}

void report_result_say(struct report_result *result, bool by_committee, const struct code_values *values)
{
    struct wording wording = {.result = result};
    bool is_taken = result->status == STATUS_ACCEPTED || result->status == STATUS_DUPLICATE;
    if (result->test) {
        append(&wording, slice_of(report_test_words));
        append(&wording, slice_of(is_taken ? "" : ": "));
    }
    if (!is_taken) {
        append_sentence(&wording, by_committee ? committee_fault : codes[result->code].fault, values);
        append(&wording, slice_of("; "));
        append_sentence(&wording,
                        by_committee                    ? committee_remedy
                        : result->status == STATUS_HELD ? held_remedy
                                                        : codes[result->code].remedy,
                        values);
    }
    result->detail[wording.length] = '\0';
    result->detail[text_whole_length(slice_of(result->detail))] = '\0';
}

/* ---- answers ---- */

int report_result_http_status(const struct report_result *result)
{
    assert(result->status < STATUS_COUNT && result->code < CODE_COUNT);
    return result->status == STATUS_REJECTED ? report_code_http_status(result->code)
                                             : statuses[result->status].http_status;
}

void report_reject(struct report_result *ret_result, const struct report *report, enum report_code code,
                   const char *field, const char *why_format, ...)
{
    assert(code > CODE_NONE && code < CODE_COUNT);
    *ret_result = (struct report_result){
        .status = report_code_http_status(code) == statuses[STATUS_UNAVAILABLE].http_status
                      ? STATUS_UNAVAILABLE
                      : STATUS_REJECTED,
        .code = code,
    };
    if (report != NULL) {
        memcpy(ret_result->unit, report->unit, sizeof ret_result->unit);
        ret_result->seq = report->seq;
        ret_result->test = report->test;
    }
    const char *blames = field == NULL ? report_code_field(code) : field;
    struct slice blamed = {blames, strnlen(blames, sizeof ret_result->field - 1)};
    blamed.length = text_whole_length(blamed);
    bool fits = slice_copy(blamed, ret_result->field, sizeof ret_result->field);
    assert(fits);

    char why[sizeof ret_result->detail];
    va_list arguments;
    va_start(arguments, why_format);
    int written = vsnprintf(why, sizeof why, why_format, arguments);
    va_end(arguments);
    why[written < 0 ? 0 : text_whole_length(slice_of(why))] = '\0';
    report_result_say(ret_result, false, &(struct code_values){.why = why, .unit = ret_result->unit});
}
