/* The election: name, date, opening hours, rounds and rules. Pure data, filled from election.ini; immutable once the
 * server runs. */
#ifndef TURNOUT_ELECTION_ELECTION_H
#define TURNOUT_ELECTION_ELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/election/rule_set.h>

/* The previous election, whose figures are in previous.h. */
struct previous_election {
    char name[NAME_BYTES_MAX + 1]; /* empty when there is none */
    char name_en[NAME_BYTES_MAX + 1];
    char date[sizeof "2021-05-23"];
    bool is_incomparable;
    char reason[NAME_BYTES_MAX + 1]; /* why it is incomparable; else empty */
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
    int32_t bulletin_delay_s; /* from a round to the publication of its bulletin */
    bool hides_unit_figures;  /* the figures of single units are for committees only */
    struct rules rules;
    /* Texts for readers, each may be empty: what the figures count, how, and the licence of the documents. */
    char counted[NAME_BYTES_MAX + 1];
    char how_counted[NAME_BYTES_MAX + 1];
    char licence[NAME_BYTES_MAX + 1];
    struct previous_election previous;
};

/* The round that a count taken at `as_of` belongs to: the nearest in time, of two equally near the later. 1 to
 * round_count, or 0 when the election has no rounds. */
uint32_t election_round_at(const struct election *election, int64_t as_of);

/* Whether a count of this round was taken too late (rules.late_after_s). False for a round that does not exist. */
bool election_is_late(const struct election *election, uint32_t round, int64_t as_of);

#endif
