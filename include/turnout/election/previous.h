/* How many had voted at each hour of the previous election, from previous.csv. Filled once, then immutable and
 * reference-counted. */
#ifndef TURNOUT_ELECTION_PREVIOUS_H
#define TURNOUT_ELECTION_PREVIOUS_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/election/election.h>

/* An area's figures at a time of the day. */
struct previous_figures {
    char area[AREA_CODE_BYTES];
    int32_t minute;     /* since midnight of the first polling day */
    int64_t registered; /* -1, as is `voted`, when only the percentage is known */
    int64_t voted;
    int32_t percent; /* hundredths; PERCENT_NONE where nobody was registered */
    uint32_t line;   /* of the file */
};

struct previous;

/* The caller holds the first reference. */
struct previous *previous_new(void);
void previous_acquire(struct previous *previous); /* NULL-safe, as is the release */
void previous_release(struct previous *previous);

void previous_add(struct previous *previous, const struct previous_figures *figures);

/* Sorts the figures, so that they can be found. Returns the first duplicate (same area and time as an earlier line);
 * NULL: none. */
const struct previous_figures *previous_sort(struct previous *previous);

/* The area's figures at exactly this time of the first polling day; NULL: none. `previous` may be NULL. */
const struct previous_figures *previous_find(const struct previous *previous, const struct election *election,
                                             const char *area, int64_t as_of);

#endif
