/* The words of the wire and what HTTP makes of them: the tables of proto/report.md, written out once more. */
#include <turnout/election/report.h>

#include <string.h>

#include <check.h>

#include <turnout/base/text.h>

#include "suite.h"

static const struct {
    enum report_code code;
    const char *name;
    int http_status;
} codes[] = {
    {CODE_MALFORMED, "malformed", 400},
    {CODE_BAD_SIGNATURE, "bad-signature", 401},
    {CODE_UNKNOWN_KEY, "unknown-key", 401},
    {CODE_OUT_OF_SCOPE, "out-of-scope", 403},
    {CODE_UNKNOWN_UNIT, "unknown-unit", 404},
    {CODE_WRONG_ELECTION, "wrong-election", 404},
    {CODE_SEQ_CONFLICT, "seq-conflict", 409},
    {CODE_SEQ_BEHIND, "seq-behind", 409},
    {CODE_VOIDED, "voided", 409},
    {CODE_TOO_LARGE, "too-large", 413},
    {CODE_SEQ_TOO_FAR, "seq-too-far", 422},
    {CODE_VOTED_EXCEEDS_REGISTERED, "voted-exceeds-registered", 422},
    {CODE_AS_OF_IN_FUTURE, "as-of-in-future", 422},
    {CODE_AS_OF_BEFORE_OPENING, "as-of-before-opening", 422},
    {CODE_AS_OF_BEFORE_LAST, "as-of-before-last", 422},
    {CODE_REASON_REQUIRED, "reason-required", 422},
    {CODE_COUNT_DECREASED, "count-decreased", 422},
    {CODE_ROLL_CHANGED, "roll-changed", 422},
    {CODE_TOO_FAST, "too-fast", 422},
    {CODE_COMPLETE_TOO_EARLY, "complete-too-early", 422},
    {CODE_SAME_FIGURES, "same-figures", 422},
    {CODE_CORRECTION, "correction", 422},
    {CODE_NOT_OPEN, "not-open", 409},
    {CODE_CLOSED, "closed", 409},
    {CODE_TEST_REPORT, "test-report", 409},
    {CODE_TOO_MANY, "too-many", 429},
    {CODE_STORE_UNAVAILABLE, "store-unavailable", 503},
    {CODE_CLOCK_IN_DOUBT, "clock-in-doubt", 503},
};

TEST(every_code_is_listed_here)
{
    ck_assert_uint_eq(sizeof codes / sizeof codes[0], CODE_COUNT - 1);
}

LOOP_TEST(codes_have_name_title_and_http_status, COUNT(codes))
{
    enum report_code parsed;
    ck_assert_str_eq(report_code_name(codes[_i].code), codes[_i].name);
    ck_assert(report_code_parse(slice_of(codes[_i].name), &parsed));
    ck_assert_int_eq(parsed, codes[_i].code);
    ck_assert_uint_gt(strlen(report_code_title(codes[_i].code)), 0);

    struct report_result result;
    report_reject(&result, NULL, codes[_i].code, NULL, "x");
    ck_assert_int_eq(report_result_http_status(&result), codes[_i].http_status);
    ck_assert_int_eq(result.status == STATUS_UNAVAILABLE, codes[_i].http_status == 503);
}

static const struct {
    enum report_status status;
    const char *name;
    int http_status; /* 0: depends on the code */
} statuses[] = {
    {STATUS_ACCEPTED, "accepted", 201},     {STATUS_DUPLICATE, "duplicate", 200},
    {STATUS_SUPERSEDED, "superseded", 200}, {STATUS_HELD, "held", 202},
    {STATUS_REJECTED, "rejected", 0},       {STATUS_UNAVAILABLE, "unavailable", 503},
};

LOOP_TEST(statuses_have_name_and_http_status, COUNT(statuses))
{
    ck_assert_uint_eq(sizeof statuses / sizeof statuses[0], STATUS_COUNT);
    enum report_status parsed;
    ck_assert_str_eq(report_status_name(statuses[_i].status), statuses[_i].name);
    ck_assert(report_status_parse(slice_of(statuses[_i].name), &parsed));
    ck_assert_int_eq(parsed, statuses[_i].status);
    struct report_result result = {.status = statuses[_i].status};
    if (statuses[_i].http_status != 0) {
        ck_assert_int_eq(report_result_http_status(&result), statuses[_i].http_status);
    }
}

TEST(kinds_and_reasons_are_spelt)
{
    static const struct {
        enum report_kind kind;
        const char *name;
    } kinds[] = {{KIND_PROGRESS, "progress"}, {KIND_FINAL, "final"}, {KIND_CORRECTION, "correction"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        enum report_kind parsed;
        ck_assert_str_eq(report_kind_name(kinds[i].kind), kinds[i].name);
        ck_assert(report_kind_parse(slice_of(kinds[i].name), &parsed));
        ck_assert_int_eq(parsed, kinds[i].kind);
    }
    static const struct {
        enum report_reason reason;
        const char *name;
    } reasons[] = {{REASON_MISCOUNT, "miscount"},
                   {REASON_MISTYPED, "mistyped"},
                   {REASON_WRONG_UNIT, "wrong-unit"},
                   {REASON_ROLL_CHANGED, "roll-changed"},
                   {REASON_OTHER, "other"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        enum report_reason parsed;
        ck_assert_str_eq(report_reason_name(reasons[i].reason), reasons[i].name);
        ck_assert(report_reason_parse(slice_of(reasons[i].name), &parsed));
        ck_assert_int_eq(parsed, reasons[i].reason);
    }
}

TEST(other_words_are_none)
{
    static const char *const words[] = {"", "Final", "final ", "fina", "finals", "none", "ACCEPTED"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        enum report_kind kind;
        enum report_reason reason;
        enum report_status status;
        enum report_code code;
        struct slice word = slice_of(words[i]);
        ck_assert(!report_kind_parse(word, &kind) && !report_reason_parse(word, &reason));
        ck_assert(!report_status_parse(word, &status) && !report_code_parse(word, &code));
    }
    ck_assert_str_eq(report_reason_name(REASON_NONE), "");
    ck_assert_str_eq(report_code_name(CODE_NONE), "");
}

TEST(a_rejection_names_the_report_and_the_fault)
{
    struct report report = {.unit = "19804-003", .seq = 8, .test = true};
    struct report_result result;
    memset(&result, 'x', sizeof result);
    report_reject(&result, &report, CODE_MALFORMED, "voted", "%d is %s", 912, "too many");
    ck_assert_int_eq(result.status, STATUS_REJECTED);
    ck_assert_int_eq(result.code, CODE_MALFORMED);
    ck_assert(result.test);
    ck_assert_int_eq(result.next_seq, 0);
    ck_assert_str_eq(result.generation, "");
    ck_assert_str_eq(result.unit, "19804-003");
    ck_assert_int_eq(result.seq, 8);
    ck_assert_str_eq(result.field, "voted");
    ck_assert_str_eq(result.detail,
                     "a test report, which does not count: 912 is too many; mend it and send it again");
    ck_assert_str_eq(result.receipt, "");
}

TEST(a_store_that_is_away_rejects_nothing)
{
    struct report_result result;
    report_reject(&result, NULL, CODE_STORE_UNAVAILABLE, NULL, "try again");
    ck_assert_int_eq(result.status, STATUS_UNAVAILABLE);
    ck_assert_str_eq(result.unit, "");
    ck_assert_int_eq(result.seq, 0);
    ck_assert_str_eq(result.field, "");
}

LOOP_TEST(long_words_are_cut_between_characters, 3)
{
    char much[1000] = "";
    memset(much, 'a', (size_t)_i);
    for (size_t at = (size_t)_i; at + sizeof "ệ" <= sizeof much; at += sizeof "ệ" - 1) {
        memcpy(much + at, "ệ", sizeof "ệ");
    }
    struct report_result result;
    report_reject(&result, NULL, CODE_MALFORMED, much, "%s", much);
    ck_assert_uint_ge(strlen(result.field), sizeof result.field - 3);
    ck_assert_uint_ge(strlen(result.detail), sizeof result.detail - 3);
    ck_assert(text_is_utf8(slice_of(result.field), NULL));
    ck_assert(text_is_utf8(slice_of(result.detail), NULL));
}

SUITE("report");
