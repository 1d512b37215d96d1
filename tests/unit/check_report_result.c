/* What a unit is told. */
#include <turnout/wire/report_result.h>

#include <check.h>

#include <turnout/wire/signature.h>

#include "suite.h"

static const unsigned char digest[REPORT_DIGEST_BYTES] = {0xde, 0xad, 0xbe, 0xef, 0x01};

/* 640 of 900 as of 15:00 in Hanoi, by seq 7. */
static const struct unit_state standing = {
    .seq = 7, .voted = 640, .registered = 900, .as_of = 1773561600, .kind = KIND_PROGRESS};

static struct report report_of(int32_t seq, int32_t voted, int32_t registered)
{
    struct report report = {.unit = "19804-003", .seq = seq, .voted = voted, .registered = registered};
    ck_assert(slice_copy(slice_of("2026-03-15T14:00:00+07:00"), report.as_of_text, sizeof report.as_of_text));
    return report;
}

static const struct {
    int32_t seq;
    int32_t voted;
    int32_t registered;
    enum report_status status;
    enum report_code code;
    const char *field;
    const char *detail;
} cases[] = {
    {8, 700, -1, STATUS_ACCEPTED, CODE_NONE, "", ""},
    {7, 640, -1, STATUS_DUPLICATE, CODE_NONE, "", ""},
    {6, 600, -1, STATUS_SUPERSEDED, CODE_NONE, "",
     "seq 7 stands with 640 voted as of 2026-03-15T15:00:00+07:00"},
    {7, 641, -1, STATUS_REJECTED, CODE_SEQ_CONFLICT, "seq",
     "seq 7 stands with 640 voted as of 2026-03-15T15:00:00+07:00"},
    {8, 912, -1, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, "voted", "912 voted, 900 registered"},
    {8, 912, 905, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, "voted", "912 voted, 905 registered"},
    {8, 700, -1, STATUS_REJECTED, CODE_AS_OF_BEFORE_LAST, "as_of",
     "2026-03-15T14:00:00+07:00 is before seq 7, as of 2026-03-15T15:00:00+07:00"},
    {8, 600, -1, STATUS_REJECTED, CODE_COUNT_DECREASED, "voted",
     "600 voted, but 640 as of 2026-03-15T15:00:00+07:00 (seq 7)"},
    {8, 700, 1200, STATUS_HELD, CODE_ROLL_CHANGED, "registered", "1200 registered, and 900 before"},
    {8, 900, -1, STATUS_HELD, CODE_TOO_FAST, "voted",
     "900 voted as of 2026-03-15T14:00:00+07:00, and 640 as of 2026-03-15T15:00:00+07:00 (seq 7)"},
    {8, 900, -1, STATUS_HELD, CODE_COMPLETE_TOO_EARLY, "voted",
     "all 900 registered have voted, as of 2026-03-15T14:00:00+07:00"},
    {8, 700, -1, STATUS_HELD, CODE_SAME_FIGURES, "voted", "other units of the commune report 700 voted too"},
    {8, 700, -1, STATUS_HELD, CODE_CORRECTION, "kind", "a second person looks at every correction"},
    {8, 600, -1, STATUS_HELD, CODE_COUNT_DECREASED, "voted",
     "600 voted, but 640 as of 2026-03-15T15:00:00+07:00 (seq 7)"},
    {8, 700, -1, STATUS_HELD, CODE_AS_OF_IN_FUTURE, "as_of",
     "2026-03-15T14:00:00+07:00 is ahead of the server's clock"},
    {8, 700, -1, STATUS_HELD, CODE_AS_OF_BEFORE_OPENING, "as_of",
     "2026-03-15T14:00:00+07:00 is before the polls open"},
    {8, 700, -1, STATUS_REJECTED, CODE_SAME_FIGURES, "voted",
     "other units of the commune report 700 voted too"},
    {8, 700, -1, STATUS_REJECTED, CODE_CLOSED, "", "The election takes no more reports"},
    {8, 700, -1, STATUS_REJECTED, CODE_MALFORMED, "",
     "The report is not well-formed"}, /* which no store should say */
    {8, 700, -1, STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE, "", "not confirmed as stored; send it again"},
};

LOOP_TEST(test_explain, COUNT(cases))
{
    struct report report = report_of(cases[_i].seq, cases[_i].voted, cases[_i].registered);
    struct report_result result;
    report_explain(&report, digest, cases[_i].status, cases[_i].code, &standing, &result);
    ck_assert_str_eq(result.unit, "19804-003");
    ck_assert_int_eq(result.seq, cases[_i].seq);
    ck_assert_int_eq(result.status, cases[_i].status);
    ck_assert_int_eq(result.code, cases[_i].code);
    ck_assert_str_eq(result.field, cases[_i].field);
    ck_assert_str_eq(result.detail, cases[_i].detail);
}

TEST(test_a_first_report_too_fast)
{
    static const struct unit_state silent = {.registered = 900};
    struct report report = report_of(1, 900, -1);
    struct report_result result;
    report_explain(&report, digest, STATUS_HELD, CODE_TOO_FAST, &silent, &result);
    ck_assert_str_eq(result.detail, "900 voted since the polls opened, as of 2026-03-15T14:00:00+07:00");
}

/* Whatever becomes of it, the answer says that it was a test report. */
LOOP_TEST(test_the_answer_to_a_test_report_says_so, COUNT(cases))
{
    struct report report = report_of(cases[_i].seq, cases[_i].voted, cases[_i].registered);
    struct report_result result;
    for (int test = 0; test <= 1; test++) {
        report.test = test == 1;
        report_explain(&report, digest, cases[_i].status, cases[_i].code, &standing, &result);
        ck_assert_int_eq(result.test, report.test);
    }
}

/* A receipt says: we have it. */
LOOP_TEST(test_receipt_only_for_what_is_kept, COUNT(cases))
{
    struct report report = report_of(8, 700, -1);
    struct report_result result;
    char receipt[RECEIPT_BYTES];
    receipt_from_digest(digest, receipt);
    report_explain(&report, digest, cases[_i].status, cases[_i].code, &standing, &result);
    bool is_kept = cases[_i].status != STATUS_REJECTED && cases[_i].status != STATUS_UNAVAILABLE;
    ck_assert_str_eq(result.receipt, is_kept ? receipt : "");
}

SUITE("report_result");
