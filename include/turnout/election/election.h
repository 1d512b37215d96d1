/* The election itself: what it is called, when it is, when its polls are open, its rounds and its rules.
 * Pure data, filled from election.ini; immutable once the server runs. */
#ifndef TURNOUT_ELECTION_ELECTION_H
#define TURNOUT_ELECTION_ELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/election/rule_set.h>

/* The one before, of which previous.h has the figures. */
struct previous_election {
    char name[NAME_BYTES_MAX + 1]; /* empty when there is none */
    char name_en[NAME_BYTES_MAX + 1];
    char date[sizeof "2021-05-23"];
    bool is_incomparable;
    char reason[NAME_BYTES_MAX + 1]; /* why; else empty */
};

struct election {
    char id[AREA_CODE_BYTES];
    char name[NAME_BYTES_MAX + 1];
    char name_en[NAME_BYTES_MAX + 1]; /* empty when there is none */
    char date[sizeof "2026-03-15"];   /* on which the polls open */
    char timezone[64];                /* IANA name, for readers; never used to compute */
    int32_t offset_s;                 /* the day's offset from UTC, taken from `opens` */
    int64_t opens;                    /* Unix seconds */
    int64_t closes;
    int64_t rounds[ROUNDS_MAX]; /* Unix seconds, ascending; round k (from 1) is rounds[k - 1] */
    uint32_t round_count;
    int32_t bulletin_delay_s; /* from a round to the bulletin that is published for it */
    bool hides_unit_figures;  /* the figures of single units are for committees */
    struct rules rules;
    /* Words for readers, each empty when there are none: what the figures count, how it is counted, and under which
     * licence the documents may be used. */
    char counted[NAME_BYTES_MAX + 1];
    char how_counted[NAME_BYTES_MAX + 1];
    char licence[NAME_BYTES_MAX + 1];
    struct previous_election previous;
};

/* The round that a count taken at `as_of` belongs to: the nearest in time, the later one of two equally near.
 * 1 to round_count, or 0 when the election has no rounds. */
uint32_t election_round_at(const struct election *election, int64_t as_of);

/* Whether a count of this round was taken later than the election allows (rules.late_after_s). None is of a round
 * that it does not have. */
bool election_is_late(const struct election *election, uint32_t round, int64_t as_of);

#endif
