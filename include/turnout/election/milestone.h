/* Milestones: an area's first report, and the percentages that its turnout reaches. Plain values.
 *
 * Whether a mark is reached follows from the figures that the public is shown. The first server that shows them
 * records it in Redis (store/milestone_stream.h), so that all servers give the same time. A mark is withdrawn where
 * figures fall below it again (a correction, a void, a roll that grew). */
#ifndef TURNOUT_ELECTION_MILESTONE_H
#define TURNOUT_ELECTION_MILESTONE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/totals.h>

enum mark {
    MARK_FIRST_REPORT, /* a unit has reported */
    MARK_50,           /* from here: percentages, as published */
    MARK_90,
    MARK_100,
    MARK_COUNT,
};

/* The last record of an area's mark. */
struct milestone {
    int64_t told_ms;      /* Unix milliseconds; 0: never recorded */
    uint32_t told_number; /* distinguishes records of the same millisecond */
    bool is_reached;      /* false: withdrawn */
    int64_t as_of;        /* of the figures that reached it, Unix seconds */
    int64_t revision;     /* of those figures */
};

const char *mark_name(enum mark mark); /* "first-report", "50", "90", "100" */
bool mark_parse(struct slice name, enum mark *ret_mark);

/* Whether the figures reach the mark. */
bool mark_is_reached(enum mark mark, const struct totals *totals);

#endif
