/* Phases and publication modes: their names, and which phase may follow which. */
#include <turnout/election/phase.h>

#include <string.h>

#include <check.h>

#include <turnout/election/election.h>

#include "suite.h"

static const char *const phases[] = {"rehearsal", "open", "closed"};
static const char *const modes[] = {"live", "rounds", "hold"};

TEST(phases_have_names)
{
    for (int i = 0; i < COUNT(phases); i++) {
        enum election_phase phase;
        ck_assert_str_eq(election_phase_name((enum election_phase)i), phases[i]);
        ck_assert(election_phase_parse(slice_of(phases[i]), &phase));
        ck_assert_int_eq((int)phase, i);
    }
}

TEST(publication_modes_have_names)
{
    for (int i = 0; i < COUNT(modes); i++) {
        enum publication_mode mode;
        ck_assert_str_eq(publication_mode_name((enum publication_mode)i), modes[i]);
        ck_assert(publication_mode_parse(slice_of(modes[i]), &mode));
        ck_assert_int_eq((int)mode, i);
    }
}

TEST(other_words_are_none)
{
    static const char *const words[] = {"",         "Open",    "open ",     " live",
                                        "rehearsa", "rounds2", "hold,live", "none"};
    for (size_t i = 0; i < COUNT(words); i++) {
        enum election_phase phase = PHASE_CLOSED;
        enum publication_mode mode = PUBLICATION_HOLD;
        ck_assert_msg(!election_phase_parse(slice_of(words[i]), &phase), "%s", words[i]);
        ck_assert_msg(!publication_mode_parse(slice_of(words[i]), &mode), "%s", words[i]);
        ck_assert_int_eq(phase, PHASE_CLOSED);
        ck_assert_int_eq(mode, PUBLICATION_HOLD);
    }
    enum election_phase phase;
    enum publication_mode mode;
    ck_assert(!election_phase_parse((struct slice){"open\0", 5}, &phase));
    ck_assert(!election_phase_parse(slice_of("live"), &phase));
    ck_assert(!publication_mode_parse(slice_of("open"), &mode));
}

TEST(only_the_next_phase_may_follow)
{
    static const bool may_follow[3][3] = {
        [PHASE_REHEARSAL] = {[PHASE_OPEN] = true},
        [PHASE_OPEN] = {[PHASE_CLOSED] = true},
        [PHASE_CLOSED] = {[PHASE_OPEN] = true},
    };
    for (int before = 0; before < 3; before++) {
        for (int after = 0; after < 3; after++) {
            ck_assert_msg(election_phase_may_follow((enum election_phase)before,
                                                    (enum election_phase)after) == may_follow[before][after],
                          "%s to %s", phases[before], phases[after]);
        }
    }
}

TEST(a_phase_against_the_clock_is_said)
{
    static const struct election election = {.opens = 1000, .closes = 2000};
    static const struct {
        enum election_phase phase;
        int64_t now;
        const char *words;
    } cases[] = {
        {PHASE_REHEARSAL, 999, NULL},
        {PHASE_REHEARSAL, 1000, "nothing counts"},
        {PHASE_REHEARSAL, 2000, NULL},
        {PHASE_OPEN, 999, "not open yet"},
        {PHASE_OPEN, 1000, NULL},
        {PHASE_OPEN, 2000, NULL},
        {PHASE_CLOSED, 999, "not open yet"},
        {PHASE_CLOSED, 1999, "no report is taken"},
        {PHASE_CLOSED, 2000, NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *odd = election_phase_against_clock(&election, cases[i].phase, cases[i].now);
        ck_assert((odd == NULL) == (cases[i].words == NULL));
        ck_assert(odd == NULL || strstr(odd, cases[i].words) != NULL);
    }
}

SUITE("phase");
