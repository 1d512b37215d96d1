/* One commune: its log replayed from the first line, against what stands of it. */
#ifndef TURNOUT_CLI_AUDIT_COMMUNE_H
#define TURNOUT_CLI_AUDIT_COMMUNE_H

#include <turnout/base/buffer.h>
#include <turnout/store/store.h>
#include <turnout/wire/log_replay.h>

struct commune_audit {
    struct buffer log;           /* its lines, each ended by a newline */
    bool log_is_whole;           /* or else only the lines are checked */
    struct store_commune stands; /* what Redis says of it; the log may have gone on from there */
    struct unit_state *units;    /* what Redis says of its units; borrowed */
    struct log_replay_counts counts;
    struct error fault; /* the first; its text is empty where there is none */
};

/* `audit` has all but the last two members, which are filled in. Thread-safe. */
void audit_commune(const struct log_replay_of *of, struct commune_audit *audit);

#endif
