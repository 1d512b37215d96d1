/* The names of phases and publication modes. */
#include <turnout/election/phase.h>

#include <assert.h>
#include <stddef.h>

#include <turnout/election/election.h>

static const char *const phase_names[] = {
    [PHASE_REHEARSAL] = "rehearsal", [PHASE_OPEN] = "open", [PHASE_CLOSED] = "closed"};

static const char *const mode_names[] = {
    [PUBLICATION_LIVE] = "live", [PUBLICATION_ROUNDS] = "rounds", [PUBLICATION_HOLD] = "hold"};

enum {
    PHASE_COUNT = sizeof phase_names / sizeof phase_names[0],
    MODE_NAME_COUNT = sizeof mode_names / sizeof mode_names[0],
};

const char *election_phase_name(enum election_phase phase)
{
    assert((size_t)phase < PHASE_COUNT);
    return phase_names[phase];
}

bool election_phase_parse(struct slice name, enum election_phase *ret_phase)
{
    size_t phase;
    if (!text_find(name, phase_names, PHASE_COUNT, &phase)) {
        return false;
    }
    *ret_phase = (enum election_phase)phase;
    return true;
}

const char *election_phase_against_clock(const struct election *election, enum election_phase phase,
                                         int64_t now)
{
    bool is_polling = now >= election->opens && now < election->closes;
    if (is_polling && phase == PHASE_REHEARSAL) {
        return "the polls are open by the clock, and the phase is rehearsal: nothing counts until an admin "
               "opens the election (turnout phase open)";
    }
    if (is_polling && phase == PHASE_CLOSED) {
        return "the polls are open by the clock, and the phase is closed: no report is taken until an admin "
               "opens the election again (turnout phase open)";
    }
    if (now < election->opens && phase != PHASE_REHEARSAL) {
        return "the polls are not open yet by the clock, and the rehearsal is over: compare the clock with "
               "election.ini";
    }
    return NULL;
}

bool election_phase_may_follow(enum election_phase before, enum election_phase after)
{
    return after == PHASE_OPEN ? before != PHASE_OPEN : before == PHASE_OPEN && after == PHASE_CLOSED;
}

const char *publication_mode_name(enum publication_mode mode)
{
    assert((size_t)mode < MODE_NAME_COUNT);
    return mode_names[mode];
}

bool publication_mode_parse(struct slice name, enum publication_mode *ret_mode)
{
    size_t mode;
    if (!text_find(name, mode_names, MODE_NAME_COUNT, &mode)) {
        return false;
    }
    *ret_mode = (enum publication_mode)mode;
    return true;
}
