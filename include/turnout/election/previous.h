/* How many had voted at each hour of the election before, as previous.csv says. Filled once, then immutable and
 * reference-counted. */
#ifndef TURNOUT_ELECTION_PREVIOUS_H
#define TURNOUT_ELECTION_PREVIOUS_H

#include <stddef.h>
#include <stdint.h>

#include <turnout/base/limits.h>
#include <turnout/election/election.h>

/* An area at a time of the day. */
struct previous_figures {
    char area[AREA_CODE_BYTES];
    int32_t minute;     /* since midnight of the polls' first day */
    int64_t registered; /* -1: only the percentage is known, as of `voted` */
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

/* Puts all in order, after which they can be found. Returns the later one of two that are of the same area and time, of
 * several the first; NULL: there are none. */
const struct previous_figures *previous_sort(struct previous *previous);

/* Those of the area at just that hour and minute of the polls' first day; NULL: there are none. `previous` may be NULL. */
const struct previous_figures *previous_find(const struct previous *previous, const struct election *election,
                                             const char *area, int64_t as_of);

#endif
