/* Replays a commune's log from nothing: whether the sender of each report was allowed to, whether the rules give the
 * outcome in the line, and the resulting state of the units. Pure: needs only the lines. */
#ifndef TURNOUT_WIRE_LOG_REPLAY_H
#define TURNOUT_WIRE_LOG_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/keys.h>
#include <turnout/election/register.h>
#include <turnout/election/rules.h>
#include <turnout/wire/log_line.h>
#include <turnout/wire/register_past.h>

/* Borrowed for as long as the replay lives. */
struct log_replay_of {
    const struct election *election;
    const struct election_register *reg;
    const struct register_past *past;
    const struct signing_keys *keys;
    uint32_t commune; /* index of an area */
};

/* Counts of the lines, by their proof. */
struct log_replay_counts {
    int64_t lines;
    int64_t is_signed;      /* reports with a valid signature */
    int64_t revoked;        /* of these, by a key revoked as of a time before the report arrived */
    int64_t vouched;        /* reports that an office vouched for: the line has its name, but no proof */
    int64_t unsigned_tests; /* test reports neither signed nor vouched for */
    int64_t decisions;      /* of committees: the line has their name, but no proof */
    int64_t tests;          /* all test reports */
};

struct replayed_unit;

struct log_replay {
    struct log_replay_of of;
    struct log_replay_counts counts;
    unsigned char head[LOG_HEAD_BYTES]; /* of the chain of these lines */
    struct totals totals;               /* the sum of what these lines add */
    struct replayed_unit *units; /* private; the commune's in the register, then those that have left it */
    size_t unit_count;
};

void log_replay_init(struct log_replay *replay, const struct log_replay_of *of);
void log_replay_done(struct log_replay *replay);

/* Replays the next line, without its newline. TURNOUT_BAD_INPUT when it is no line of the log, or its content is
 * impossible; the error says why. The replay is of no use after that. */
enum turnout_error log_replay_take(struct log_replay *replay, struct slice text, struct error *error);

/* The state of a unit after the lines so far. A silent unit has the roll that was listed at `when_ms`. False when it
 * is no unit of the commune, now or in any line. */
bool log_replay_find(const struct log_replay *replay, struct slice unit, int64_t when_ms,
                     struct unit_state *ret_state);

/* The number of reports that wait for a committee. */
int64_t log_replay_waiting(const struct log_replay *replay);

#endif
