/* What a unit is told. */
#include <turnout/wire/report_result.h>

#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/wire/signature.h>

#include "suite.h"

enum { OPENS = 1773529200, FIVE_TO_TWO = 1773557700, TWO = 1773558000, THREE = 1773561600 };

/* Opens at 06:00 in Hanoi. */
static const struct election election = {.id = "vn-2026", .opens = OPENS, .offset_s = 7 * 3600};

/* 640 of 900 as of 15:00, by seq 7; 880 are listed. A report of 14:00 is sent after it. */
static const struct unit_state prior_state = {.seq = 7, .voted = 640, .registered = 900, .as_of = THREE};

#define AS_OF "2026-03-15T14:00:00+07:00"
#define LAST  "2026-03-15T15:00:00+07:00"

#define STANDS "seq 7 stands with 640 voted as of " LAST "; "
#define HELD   "; a committee decides about it; go on with your next report"

static const struct {
    int32_t seq;
    int32_t voted;
    int32_t registered;
    enum report_status status;
    enum report_code code;
    int32_t next_seq;
    const char *field;
    const char *detail;
} cases[] = {
    {8, 700, -1, STATUS_ACCEPTED, CODE_NONE, 0, "", ""},
    {7, 640, -1, STATUS_DUPLICATE, CODE_NONE, 0, "", ""},
    {6, 600, -1, STATUS_SUPERSEDED, CODE_NONE, 0, "", STANDS "that is newer, and nothing is to be done"},
    {7, 641, -1, STATUS_REJECTED, CODE_SEQ_CONFLICT, 9, "seq",
     STANDS "if this is another count, send it again with seq 9"},
    {6, 641, -1, STATUS_REJECTED, CODE_SEQ_BEHIND, 9, "seq", STANDS "send this count again with seq 9"},
    {6, 641, -1, STATUS_REJECTED, CODE_VOIDED, 0, "",
     "a committee has taken this report out of the count; a new count, with its own time, is taken"},
    {1008, 641, -1, STATUS_REJECTED, CODE_SEQ_TOO_FAR, 9, "seq",
     "seq 1008 is more than 1000 beyond the unit's last one, 7; send it again with seq 9"},
    {SEQ_MAX, 641, -1, STATUS_HELD, CODE_SEQ_TOO_FAR, 0, "seq",
     "seq 2147483647 is more than 1000 beyond the unit's last one, 7" HELD},
    {8, 912, -1, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, 0, "voted",
     "912 voted, 900 registered; if the count is right, send it again with `registered`, the roll as it is "
     "now"},
    {8, 912, 905, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, 0, "voted",
     "912 voted, 905 registered; if the count is right, send it again with `registered`, the roll as it is "
     "now"},
    {8, 912, 905, STATUS_HELD, CODE_VOTED_EXCEEDS_REGISTERED, 0, "voted", "912 voted, 905 registered" HELD},
    {8, 700, -1, STATUS_REJECTED, CODE_AS_OF_BEFORE_LAST, 0, "as_of",
     AS_OF " is before seq 7, as of " LAST
           "; check your clock, and send the count with the time at which it was taken"},
    {8, 600, -1, STATUS_REJECTED, CODE_COUNT_DECREASED, 0, "voted",
     "600 voted, but 640 as of " LAST
     " (seq 7); count again; if the last count was wrong, send this one as a correction"},
    {8, 600, -1, STATUS_HELD, CODE_COUNT_DECREASED, 0, "voted",
     "600 voted, but 640 as of " LAST " (seq 7)" HELD},
    {8, 700, 1200, STATUS_HELD, CODE_ROLL_CHANGED, 0, "registered",
     "1200 registered, and 880 in the register" HELD},
    {8, 700, 1200, STATUS_REJECTED, CODE_ROLL_CHANGED, 0, "registered",
     "1200 registered, and 880 in the register; check the roll; if it is right, call the commune's "
     "committee"},
    {8, 900, -1, STATUS_HELD, CODE_TOO_FAST, 0, "voted",
     "900 voted as of " AS_OF ", and 640 as of " LAST " (seq 7)" HELD},
    {8, 900, -1, STATUS_REJECTED, CODE_TOO_FAST, 0, "voted",
     "900 voted as of " AS_OF ", and 640 as of " LAST
     " (seq 7); check count and time; if both are right, call the commune's committee"},
    {8, 900, -1, STATUS_HELD, CODE_COMPLETE_TOO_EARLY, 0, "voted",
     "all 900 registered have voted, as of " AS_OF HELD},
    {8, 900, -1, STATUS_REJECTED, CODE_COMPLETE_TOO_EARLY, 0, "voted",
     "all 900 registered have voted, as of " AS_OF
     "; check that it is the count and not the roll; if it is right, call the commune's committee"},
    {8, 700, -1, STATUS_HELD, CODE_SAME_FIGURES, 0, "voted",
     "other units of the commune report 700 voted too" HELD},
    {8, 700, -1, STATUS_REJECTED, CODE_SAME_FIGURES, 0, "voted",
     "other units of the commune report 700 voted too; check that unit and count are yours; if they are, "
     "call the commune's committee"},
    {8, 700, -1, STATUS_HELD, CODE_CORRECTION, 0, "kind", "a second person looks at every correction" HELD},
    {8, 700, -1, STATUS_HELD, CODE_AS_OF_IN_FUTURE, 0, "as_of",
     AS_OF " is 300 s ahead of the server's clock" HELD},
    {8, 700, -1, STATUS_REJECTED, CODE_AS_OF_IN_FUTURE, 0, "as_of",
     AS_OF " is 300 s ahead of the server's clock; set your clock, and send the count with the time at which "
           "it was taken"},
    {8, 700, -1, STATUS_REJECTED, CODE_AS_OF_BEFORE_OPENING, 0, "as_of",
     AS_OF
     " is before the polls open, at 2026-03-15T06:00:00+07:00; check date, time and offset, and send it "
     "again"},
    {8, 700, -1, STATUS_REJECTED, CODE_REASON_REQUIRED, 0, "reason",
     "a correction needs a reason; send it again with miscount, mistyped, wrong-unit, roll-changed or other"},
    {8, 700, -1, STATUS_REJECTED, CODE_TOO_MANY, 0, "",
     "the unit has stored more reports than it may in a minute, or too many wait for a decision; send the "
     "same report again later, one at a time"},
    {8, 700, -1, STATUS_REJECTED, CODE_NOT_OPEN, 0, "",
     "the election is in rehearsal, and takes test reports alone; keep this one, and send it again when the "
     "election is open"},
    {8, 700, -1, STATUS_REJECTED, CODE_TEST_REPORT, 0, "test",
     "the election is open, and takes no test reports; send the true count, without `test`"},
    {8, 700, -1, STATUS_REJECTED, CODE_CLOSED, 0, "",
     "the election is closed; keep this report and call the commune's committee: it is taken if the election "
     "is opened again"},
};

static struct report_received received_of(int32_t seq, int32_t voted, int32_t registered)
{
    return (struct report_received){.seq = seq,
                                    .voted = voted,
                                    .registered = registered,
                                    .as_of = TWO,
                                    .received_ms = FIVE_TO_TWO * INT64_C(1000),
                                    .digest = {0xde, 0xad, 0xbe, 0xef, 0x01}};
}

static struct report_outcome outcome_of(enum report_status status, enum report_code code)
{
    return (struct report_outcome){
        .status = status, .code = code, .standing = prior_state, .listed = 880, .next_seq = 9};
}

LOOP_TEST(test_explain, COUNT(cases))
{
    struct report_received received = received_of(cases[_i].seq, cases[_i].voted, cases[_i].registered);
    struct report_outcome outcome = outcome_of(cases[_i].status, cases[_i].code);
    struct report_result result;
    memset(&result, 'x', sizeof result);
    report_explain(&election, "19804-003", AS_OF, &received, &outcome, &result);
    ck_assert_str_eq(result.unit, "19804-003");
    ck_assert_int_eq(result.seq, cases[_i].seq);
    ck_assert_int_eq(result.status, cases[_i].status);
    ck_assert_int_eq(result.code, cases[_i].code);
    ck_assert_str_eq(result.field, cases[_i].field);
    ck_assert_str_eq(result.detail, cases[_i].detail);
    ck_assert_int_eq(result.next_seq, cases[_i].next_seq);
    ck_assert_str_eq(result.generation, "");
    ck_assert(!result.is_new);
}

/* Whatever becomes of it, the answer says that it was a test report, which does not count. */
LOOP_TEST(test_the_answer_to_a_test_report_says_so, COUNT(cases))
{
    struct report_received received = received_of(cases[_i].seq, cases[_i].voted, cases[_i].registered);
    struct report_outcome outcome = outcome_of(cases[_i].status, cases[_i].code);
    struct report_result result;
    char wanted[REPORT_DETAIL_BYTES];
    received.test = true;
    report_explain(&election, "19804-003", AS_OF, &received, &outcome, &result);
    (void)snprintf(wanted, sizeof wanted, "a test report, which does not count%s%s",
                   cases[_i].detail[0] == '\0' ? "" : ": ", cases[_i].detail);
    ck_assert(result.test);
    ck_assert_str_eq(result.detail, wanted);
}

/* A receipt says: we have it. */
LOOP_TEST(test_receipt_only_for_what_is_kept, COUNT(cases))
{
    struct report_received received = received_of(8, 700, -1);
    struct report_outcome outcome = outcome_of(cases[_i].status, cases[_i].code);
    struct report_result result;
    char receipt[RECEIPT_BYTES];
    receipt_from_digest(received.digest, receipt);
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_str_eq(result.receipt, cases[_i].status == STATUS_REJECTED ? "" : receipt);
}

TEST(test_a_first_report_too_fast)
{
    struct report_received received = received_of(1, 900, -1);
    struct report_outcome outcome = outcome_of(STATUS_HELD, CODE_TOO_FAST);
    outcome.standing = (struct unit_state){.registered = 900};
    struct report_result result;
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_str_eq(result.detail,
                     "900 voted as of " AS_OF ", and 0 as of 2026-03-15T06:00:00+07:00 (seq 0)" HELD);
    outcome.standing = (struct unit_state){.seq = 1, .registered = 900, .as_of = THREE};
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_str_eq(result.detail, "900 voted as of " AS_OF ", and 0 as of " LAST " (seq 1)" HELD);
}

TEST(what_a_committee_rejected_is_not_explained_by_the_rule)
{
    struct report_received received = received_of(8, 700, 1200);
    struct report_outcome outcome = outcome_of(STATUS_REJECTED, CODE_ROLL_CHANGED);
    outcome.by_committee = true;
    struct report_result result;
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_int_eq(result.code, CODE_ROLL_CHANGED);
    ck_assert_str_eq(result.field, "");
    ck_assert_str_eq(result.detail,
                     "a committee has rejected this report; call the committee, or send a new count "
                     "with the next seq");
    ck_assert_str_eq(result.receipt, "");
}

TEST(what_is_new_is_told)
{
    struct report_received received = received_of(8, 700, -1);
    struct report_outcome outcome = outcome_of(STATUS_ACCEPTED, CODE_NONE);
    outcome.is_new = true;
    struct report_result result;
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert(result.is_new);
}

/* The unit's people read their own clock. */
TEST(the_last_time_is_told_in_the_offset_of_the_report)
{
    static const struct {
        const char *as_of;
        const char *detail;
    } offsets[] = {
        {"2026-03-15T07:00:00Z", "seq 7 stands with 640 voted as of 2026-03-15T08:00:00+00:00"},
        {"2026-03-15T12:45:00+05:45", "seq 7 stands with 640 voted as of 2026-03-15T13:45:00+05:45"},
        {"2026-03-14T19:00:00-12:00", "seq 7 stands with 640 voted as of 2026-03-14T20:00:00-12:00"},
    };
    for (size_t i = 0; i < COUNT(offsets); i++) {
        struct report_received received = received_of(6, 600, -1);
        struct report_outcome outcome = outcome_of(STATUS_SUPERSEDED, CODE_NONE);
        struct report_result result;
        report_explain(&election, "u", offsets[i].as_of, &received, &outcome, &result);
        ck_assert_msg(strncmp(result.detail, offsets[i].detail, strlen(offsets[i].detail)) == 0, "%s",
                      result.detail);
    }
}

/* Part of a second counts whole: `0 s ahead` would say that there is nothing wrong. */
TEST(how_far_ahead_is_rounded_up)
{
    struct report_received received = received_of(8, 700, -1);
    struct report_outcome outcome = outcome_of(STATUS_REJECTED, CODE_AS_OF_IN_FUTURE);
    struct report_result result;
    received.received_ms = TWO * INT64_C(1000) - 1;
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, AS_OF " is 1 s ahead of the server's clock; "));
    received.received_ms = TWO * INT64_C(1000) - 121001;
    report_explain(&election, "u", AS_OF, &received, &outcome, &result);
    ck_assert_ptr_nonnull(strstr(result.detail, AS_OF " is 122 s ahead of the server's clock; "));
}

/* The longest of everything fits. */
TEST(no_sentence_is_cut)
{
    static const char unit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    for (int code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        struct report_received received = received_of(SEQ_MAX, VOTERS_MAX, VOTERS_MAX);
        struct report_outcome outcome = outcome_of(STATUS_REJECTED, (enum report_code)code);
        outcome.standing = (struct unit_state){
            .seq = SEQ_MAX, .voted = VOTERS_MAX, .registered = VOTERS_MAX, .as_of = THREE};
        outcome.listed = VOTERS_MAX;
        outcome.next_seq = SEQ_MAX;
        received.received_ms = 0;
        received.test = true;
        struct report_result result;
        report_explain(&election, unit, AS_OF, &received, &outcome, &result);
        ck_assert_str_eq(result.unit, unit);
        ck_assert_msg(strlen(result.detail) < sizeof result.detail - 1, "%s", result.detail);
    }
}

SUITE("report_result");
