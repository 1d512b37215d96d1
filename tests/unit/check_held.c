/* Held reports: how they are spelt, and what a committee's decision makes of one. */
#include <turnout/election/held.h>

#include <string.h>

#include <check.h>

#include <turnout/election/rules.h>

#include "suite.h"

TEST(test_states)
{
    static const char *const names[] = {"held", "released", "rejected", "superseded"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum held_state state;
        ck_assert_str_eq(held_state_name((enum held_state)i), names[i]);
        ck_assert(held_state_parse(slice_of(names[i]), &state));
        ck_assert_int_eq(state, (int)i);
    }
    enum held_state state;
    ck_assert(!held_state_parse(slice_of(""), &state));
    ck_assert(!held_state_parse(slice_of("waiting"), &state));
}

TEST(test_places)
{
    struct held_place place = {.order = held_order(2, 1773561603123), .id = "01.1-001.12"};
    char text[HELD_PLACE_BYTES];
    held_place_write(&place, text);
    ck_assert_str_eq(text, "21773561603123:01.1-001.12");
    struct held_place read;
    ck_assert(held_place_parse(slice_of(text), &read));
    ck_assert_int_eq(read.order, place.order);
    ck_assert_str_eq(read.id, place.id);
    ck_assert_int_lt(held_order(0, 1773561603123), held_order(1, 5));
    static const char *const none[] = {
        "", ":", "1", "1:", ":u.1", "x:u.1", "-1:u.1", "1:u", "1:u.1:", "1:u/.1", "9999999999999999999:u.1"};
    for (size_t i = 0; i < COUNT(none); i++) {
        ck_assert_msg(!held_place_parse(slice_of(none[i]), &read), "%s", none[i]);
    }
}

static const struct {
    const char *id;
    const char *unit; /* NULL: is no id */
    int32_t seq;
} ids[] = {
    {"19804-003.7", "19804-003", 7},
    {"01.1-001.12", "01.1-001", 12},
    {"u.1", "u", 1},
    {".-.2147483647", ".-", 2147483647},
    {"..3", ".", 3},
    {"u.2147483648", NULL, 0},
    {"u.0", NULL, 0},
    {"u.07", NULL, 0},
    {"u.-1", NULL, 0},
    {"u.", NULL, 0},
    {".7", NULL, 0},
    {"u", NULL, 0},
    {"7", NULL, 0},
    {"", NULL, 0},
    {"u/v.7", NULL, 0},
    {"123456789012345678901234567890123.7", NULL, 0},
};

LOOP_TEST(test_ids, COUNT(ids))
{
    struct slice unit;
    int32_t seq;
    bool is_id = held_id_parse(slice_of(ids[_i].id), &unit, &seq);
    ck_assert_msg(is_id == (ids[_i].unit != NULL), "%s", ids[_i].id);
    if (is_id) {
        char id[HELD_ID_BYTES];
        ck_assert(slice_equals(unit, ids[_i].unit));
        ck_assert_int_eq(seq, ids[_i].seq);
        held_id_write(ids[_i].unit, seq, id);
        ck_assert_str_eq(id, ids[_i].id);
    }
}

TEST(test_the_longest_id_fits)
{
    char unit[AREA_CODE_BYTES];
    char id[HELD_ID_BYTES];
    memset(unit, 'u', sizeof unit - 1);
    unit[sizeof unit - 1] = '\0';
    held_id_write(unit, SEQ_MAX, id);
    ck_assert_str_eq(id + sizeof unit - 1, ".2147483647");
}

/* ---- a committee decides ---- */

enum { OPENS = 1773529200, LAST_AS_OF = OPENS + 7200 };

/* A unit that has reported 50 of 100 in round 2, by seq 7. */
static const struct unit_state prior_state = {
    .seq = 7, .voted = 50, .registered = 100, .round = 2, .as_of = LAST_AS_OF};

static const struct {
    const char *what;
    int32_t seq;
    int32_t voted;
    int32_t registered;
    enum report_status status;
    enum report_code code;
    struct totals change;
} releases[] = {
    {"fewer, long ago", 8, 40, -1, STATUS_ACCEPTED, CODE_NONE, {.voted = -10, .held = -1, .revision = 1}},
    {"the whole roll",
     9,
     100,
     -1,
     STATUS_ACCEPTED,
     CODE_NONE,
     {.voted = 50, .units_complete = 1, .held = -1, .revision = 1}},
    {"another roll, and a seq far away",
     SEQ_MAX,
     300,
     400,
     STATUS_ACCEPTED,
     CODE_NONE,
     {.voted = 250, .registered = 300, .registered_reported = 300, .held = -1, .revision = 1}},
    {"over the roll", 8, 101, -1, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, {.voted = 0}},
    {"over its own roll", 8, 40, 39, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED, {.voted = 0}},
    {"the unit has reported since", 6, 40, -1, STATUS_SUPERSEDED, CODE_NONE, {.held = -1, .revision = 1}},
    {"the unit has that seq", 7, 101, -1, STATUS_SUPERSEDED, CODE_NONE, {.held = -1, .revision = 1}},
};

static const struct election election_of_rounds = {.opens = OPENS};

LOOP_TEST(test_a_release_goes_past_every_rule_but_the_roll, COUNT(releases))
{
    struct report_received received = {.seq = releases[_i].seq,
                                       .voted = releases[_i].voted,
                                       .registered = releases[_i].registered,
                                       .as_of = OPENS,
                                       .round = 1};
    struct decision decision;
    rules_release(&election_of_rounds, &prior_state, &received, &decision);
    ck_assert_msg(decision.status == releases[_i].status, "%s", releases[_i].what);
    ck_assert_msg(decision.code == releases[_i].code, "%s", releases[_i].what);
    ck_assert_msg(totals_equal(&decision.change, &releases[_i].change), "%s", releases[_i].what);
    if (decision.status == STATUS_ACCEPTED) {
        ck_assert_int_eq(decision.after.seq, releases[_i].seq);
        ck_assert_int_eq(decision.after.voted, releases[_i].voted);
        ck_assert_int_eq(decision.after.as_of, OPENS);
        ck_assert_uint_eq(decision.after.round, 2);
    }
}

TEST(a_report_that_is_turned_down_only_stops_waiting)
{
    struct totals change = rules_turned_down();
    struct totals wanted = {.held = -1, .revision = 1};
    ck_assert(totals_equal(&change, &wanted));
    ck_assert_int_eq(change.as_of, 0);
}

/* ---- the next seq ---- */

/* Up to four held reports, by seq; one that is 0 ends them. */
static const struct {
    const char *what;
    int32_t last;
    int32_t seqs[4];
    enum held_state states[4];
    int32_t next;
} next_cases[] = {
    {"silent", 0, {0}, {HELD_WAITING}, 1},
    {"none held", 7, {0}, {HELD_WAITING}, 8},
    {"one waits", 7, {8}, {HELD_WAITING}, 9},
    {"one was rejected", 7, {8}, {HELD_REJECTED}, 9},
    {"a gap", 7, {8, 10}, {HELD_WAITING, HELD_REJECTED}, 9},
    {"in any order", 7, {10, 9, 8}, {HELD_WAITING, HELD_REJECTED, HELD_WAITING}, 11},
    {"of those below nothing is left", 7, {3, 7}, {HELD_WAITING, HELD_WAITING}, 8},
    {"what was released or came late is the unit's last one", 7, {8, 9}, {HELD_RELEASED, HELD_SUPERSEDED}, 8},
    {"the last two", SEQ_MAX - 2, {SEQ_MAX - 1}, {HELD_WAITING}, SEQ_MAX},
    {"the last one", SEQ_MAX - 1, {0}, {HELD_WAITING}, SEQ_MAX},
    {"none is left", SEQ_MAX - 1, {SEQ_MAX}, {HELD_WAITING}, SEQ_MAX},
    {"none was left before", SEQ_MAX, {0}, {HELD_WAITING}, SEQ_MAX},
};

LOOP_TEST(the_next_seq_is_free, COUNT(next_cases))
{
    struct unit_state unit = {.seq = next_cases[_i].last};
    struct held_report held[4];
    size_t count = 0;
    for (; count < 4 && next_cases[_i].seqs[count] != 0; count++) {
        held[count] = (struct held_report){.received = {.seq = next_cases[_i].seqs[count]},
                                           .state = next_cases[_i].states[count]};
    }
    ck_assert_msg(rules_next_seq(&unit, count == 0 ? NULL : held, count) == next_cases[_i].next, "%s",
                  next_cases[_i].what);
}

/* As the header says: a report that is sent with this seq is none that was seen before. */
TEST(the_next_seq_can_be_sent)
{
    static struct election election = {.opens = OPENS};
    static const struct held_report held[] = {
        {.received = {.seq = 9}, .state = HELD_REJECTED},
        {.received = {.seq = 8}, .state = HELD_WAITING},
    };
    rules_init(&election.rules);
    struct rules_context context = {
        .phase = PHASE_OPEN, .unit = &prior_state, .listed = 100, .held = held, .held_count = COUNT(held)};
    struct report_received received = {.seq = rules_next_seq(&prior_state, held, COUNT(held)),
                                       .voted = 50,
                                       .registered = REGISTERED_ABSENT,
                                       .as_of = LAST_AS_OF,
                                       .received_ms = LAST_AS_OF * INT64_C(1000)};
    struct decision decision;
    rules_decide(&election, &context, &received, &decision);
    ck_assert_int_eq(decision.status, STATUS_ACCEPTED);
    ck_assert_int_eq(decision.after.seq, 10);
}

SUITE("held");
