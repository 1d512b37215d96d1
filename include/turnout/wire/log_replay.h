/* A commune's log decided again, line by line, from nothing: whether each report was sent by somebody who may, whether the
 * rules make of it what the line says, and what then stands of the units. Pure: for who has the lines and nothing else. */
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

/* How many lines there were, and on what they stand. */
struct log_replay_counts {
    int64_t lines;
    int64_t is_signed; /* reports whose signature is good */
    int64_t revoked;   /* of these, by a key that is revoked by now, as of a moment before the report came */
    int64_t vouched;   /* reports that an office has vouched for: its name stands there, and no proof */
    int64_t unsigned_tests; /* test reports that nobody has signed or vouched for */
    int64_t decisions;      /* of committees: their names stand there, and no proof */
    int64_t tests;          /* test reports, signed, vouched or neither */
};

struct replayed_unit;

struct log_replay {
    struct log_replay_of of;
    struct log_replay_counts counts;
    unsigned char head[LOG_HEAD_BYTES]; /* of the chain of these lines */
    struct totals totals;               /* what these lines have added to those of the commune */
    struct replayed_unit
        *units; /* private; those of the commune in the register, then others by now elsewhere */
    size_t unit_count;
};

void log_replay_init(struct log_replay *replay, const struct log_replay_of *of);
void log_replay_done(struct log_replay *replay);

/* The next line, without its newline. TURNOUT_BAD_INPUT when it is no line of the log, or what it says cannot be; the
 * error's text says why. Nothing more can be said of the commune then. */
enum turnout_error log_replay_take(struct log_replay *replay, struct slice text, struct error *error);

/* What stands of a unit after the lines so far. A silent one stands at its roll as it was listed at `when_ms`. False when
 * it is no unit of the commune, now or in any line. */
bool log_replay_find(const struct log_replay *replay, struct slice unit, int64_t when_ms,
                     struct unit_state *ret_state);

/* How many reports wait for a committee. */
int64_t log_replay_waiting(const struct log_replay *replay);

#endif
