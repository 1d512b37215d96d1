/* What /readyz of a turnoutd says, and waiting for it to change. */
#ifndef TURNOUT_TESTS_READYZ_H
#define TURNOUT_TESTS_READYZ_H

#include <stdbool.h>
#include <stdint.h>

#include "turnoutd.h"

struct readyz_verdict {
    bool is_ready; /* all of it */
    bool is_ok;    /* the check */
    char why[512]; /* likewise */
};

/* Asks about one check, which must be there. */
void readyz_ask(const struct turnoutd *turnoutd, const char *check, struct readyz_verdict *ret_verdict);

/* Waits until the check fails for a reason that has these words in it; turnoutd is not ready then, and /metrics say so.
 * Two seconds are promised; fault/ready_matrix prints how many it were, because a crowded machine and sanitizers make
 * everything slower. */
void readyz_expect_broken(const struct turnoutd *turnoutd, const char *check, const char *words);
void readyz_expect_ready(const struct turnoutd *turnoutd);

/* Waits until turnoutd is ready, and finds in its log that the check failed and passed again. */
void readyz_expect_mended(struct turnoutd *turnoutd, const char *check);

/* Readers are served, or are not. */
void readyz_expect_for_readers(const struct turnoutd *turnoutd, int status);

#endif
