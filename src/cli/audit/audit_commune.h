/* Audits one commune: replays its log from the first line and compares it with Redis. */
#ifndef TURNOUT_CLI_AUDIT_COMMUNE_H
#define TURNOUT_CLI_AUDIT_COMMUNE_H

#include <turnout/base/buffer.h>
#include <turnout/store/store.h>
#include <turnout/wire/log_replay.h>

struct commune_audit {
    struct buffer log;           /* its lines, each ended by a newline */
    bool log_is_whole;           /* false: only the lines are checked */
    struct store_commune stands; /* the commune in Redis; the log may be longer by now */
    struct unit_state *units;    /* its units in Redis; borrowed */
    struct log_replay_counts counts;
    struct error fault; /* the first; its text is empty when there is none */
};

/* Fills in the last two members of `audit`; the others are set. Thread-safe. */
void audit_commune(const struct log_replay_of *of, struct commune_audit *audit);

#endif
