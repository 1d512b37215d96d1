/* Which round a count belongs to. */
#include <turnout/election/election.h>

#include <check.h>

#include "suite.h"

TEST(without_rounds_there_is_none)
{
    struct election election = {0};
    ck_assert_uint_eq(election_round_at(&election, 0), 0);
    ck_assert_uint_eq(election_round_at(&election, INT64_C(1773540000)), 0);
}

TEST(the_only_round_takes_everything)
{
    struct election election = {.rounds = {1000}, .round_count = 1};
    ck_assert_uint_eq(election_round_at(&election, 0), 1);
    ck_assert_uint_eq(election_round_at(&election, 1000), 1);
    ck_assert_uint_eq(election_round_at(&election, INT64_MAX / 2), 1);
}

static const struct {
    int64_t as_of;
    uint32_t round;
} nearest[] = {
    {0, 1},    {1000, 1}, {1049, 1}, {1050, 2}, /* halfway: the later one */
    {1051, 2}, {1100, 2}, {1199, 2}, {1200, 3}, {1300, 3}, {1301, 3}, {99999, 3},
};

LOOP_TEST(the_nearest_round_is_taken, COUNT(nearest))
{
    struct election election = {.rounds = {1000, 1100, 1300}, .round_count = 3};
    ck_assert_uint_eq(election_round_at(&election, nearest[_i].as_of), nearest[_i].round);
}

TEST(a_day_full_of_rounds_finds_each)
{
    struct election election = {.round_count = ROUNDS_MAX};
    for (uint32_t k = 0; k < ROUNDS_MAX; k++) {
        election.rounds[k] = 1800 * (int64_t)(k + 1);
    }
    for (uint32_t k = 0; k < ROUNDS_MAX; k++) {
        ck_assert_uint_eq(election_round_at(&election, election.rounds[k]), k + 1);
        ck_assert_uint_eq(election_round_at(&election, election.rounds[k] + 899), k + 1);
        ck_assert_uint_eq(election_round_at(&election, election.rounds[k] - 900), k + 1);
    }
}

TEST(a_count_is_late_when_it_was_taken_long_after_its_round)
{
    struct election election = {.rounds = {1000, 2000}, .round_count = 2, .rules = {.late_after_s = 60}};
    ck_assert(!election_is_late(&election, 1, 900));
    ck_assert(!election_is_late(&election, 1, 1060));
    ck_assert(election_is_late(&election, 1, 1061));
    ck_assert(!election_is_late(&election, 2, 1061));
    ck_assert(election_is_late(&election, 2, 2061));
    ck_assert(!election_is_late(&election, 0, 99999));
    ck_assert(!election_is_late(&election, 3, 99999)); /* there is no such round */
}

SUITE("election");
