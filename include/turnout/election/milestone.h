/* Milestones: an area's first report, and the marks that its percentage reaches. Plain values.
 *
 * A mark is reached, or not, by the figures that the public is shown. The first server that shows them tells it to Redis
 * (store/milestone_stream.h), so that all servers say the same of when that was. Where figures fall below a mark again (a
 * correction, a void, a roll that grew), it is withdrawn. */
#ifndef TURNOUT_ELECTION_MILESTONE_H
#define TURNOUT_ELECTION_MILESTONE_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/text.h>
#include <turnout/election/totals.h>

enum mark {
    MARK_FIRST_REPORT, /* a unit was heard */
    MARK_50,           /* from here: per cent, as published */
    MARK_90,
    MARK_100,
    MARK_COUNT,
};

/* What was last told of a mark of an area. */
struct milestone {
    int64_t told_ms;      /* Unix milliseconds; 0: nothing was ever told of it */
    uint32_t told_number; /* among those of the same millisecond */
    bool is_reached;      /* false: withdrawn */
    int64_t as_of;        /* of the figures that showed it, Unix seconds */
    int64_t revision;     /* of the area's figures then */
};

const char *mark_name(enum mark mark); /* "first-report", "50", "90", "100" */
bool mark_parse(struct slice name, enum mark *ret_mark);

/* Whether figures have reached it. */
bool mark_is_reached(enum mark mark, const struct totals *totals);

#endif
