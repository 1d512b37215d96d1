/* A bulletin: the figures of all areas down to the units, frozen for a round and numbered (DESIGN section 7). Pure:
 * the content of a line, whether lines add up, and for which round a bulletin is due. The bytes:
 * wire/bulletin_files.h. */
#ifndef TURNOUT_ELECTION_BULLETIN_H
#define TURNOUT_ELECTION_BULLETIN_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/base/text.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>
#include <turnout/election/totals.h>

enum { BULLETIN_LABEL_BYTES_MAX = 96, BULLETIN_LABEL_BYTES = BULLETIN_LABEL_BYTES_MAX + 1 };

/* A bulletin's figures for an area. */
struct bulletin_line {
    char code[AREA_CODE_BYTES];
    int64_t registered;
    int64_t voted;
    int64_t units;
    int64_t units_reported;
    int64_t held;
};

/* A bulletin that was begun and is not frozen yet. */
struct bulletin_begun {
    int64_t number; /* 0: none */
    int64_t cut;    /* Unix seconds */
    bool is_rehearsal;
    char label[BULLETIN_LABEL_BYTES];
};

/* Whether the text is a valid label: 1 to BULLETIN_LABEL_BYTES_MAX bytes that can be shown on one line. */
bool bulletin_label_is_good(struct slice text);

struct bulletin_line bulletin_line_of(const struct area *area, const struct totals *totals);

/* Adds every count; the code stays. */
void bulletin_line_add(struct bulletin_line *sum, const struct bulletin_line *part);

/* Whether code and figures are equal. */
bool bulletin_line_equals(const struct bulletin_line *a, const struct bulletin_line *b);

/* The latest round, from 1, whose publication time has come; 0: none. */
uint32_t bulletin_round_due(const struct election *election, int64_t now);

/* When the figures of a round (from 1) are published; Unix seconds. */
int64_t bulletin_round_moment(const struct election *election, uint32_t round);

/* The change of the turnout in hundredths of a percentage point; negative where it fell. False where either has
 * none. */
bool bulletin_points_risen(const struct bulletin_line *before, const struct bulletin_line *after,
                           int32_t *ret_hundredths);

#endif
