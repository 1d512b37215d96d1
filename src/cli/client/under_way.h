/* The reports of one connection of the sender: each is free, on an unanswered line, or waiting to be sent again.
 * Lines are numbered from 1 as they are sent; answers free reports from their lines in any order. Pure bookkeeping:
 * no clock, no socket. */
#ifndef TURNOUT_UNDER_WAY_H
#define TURNOUT_UNDER_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>

/* One report, with its serialized bytes until it is answered, so that it can be sent again. */
struct pending {
    struct pending *next; /* private: in the list of free or of waiting ones */
    uint64_t tag;
    int64_t first_sent_us;
    int64_t sent_us;
    int64_t retry_at_ms; /* while waiting */
    int64_t back_off_ms; /* 0 until the server answers `unavailable` */
    struct buffer line;  /* the report as JSON, newline included */
};

struct pending_queue {
    struct pending *first;
    struct pending *last;
};

struct under_way {
    uint64_t last_line;   /* the number of the line sent last */
    uint64_t oldest_line; /* all lines below it are answered */
    uint64_t ring_mask;
    struct pending **lines; /* ring: the report on line n is lines[n & ring_mask], NULL once answered */
    struct pending *pendings;
    uint32_t window;
    struct pending *free;
    struct pending_queue waiting;
};

/* For up to `window` reports at a time. */
void under_way_init(struct under_way *under_way, uint32_t window);
void under_way_done(struct under_way *under_way);

/* Whether another line may be sent: answers may be ahead of the oldest missing one, but not without limit. */
bool under_way_has_line(const struct under_way *under_way);

/* A free report, its line empty; NULL when all are in use. It must be put on a line, or released. */
struct pending *under_way_take_free(struct under_way *under_way);
void under_way_release(struct under_way *under_way, struct pending *pending);

/* Puts a report on the next line; needs under_way_has_line(). */
void under_way_put_on_line(struct under_way *under_way, struct pending *pending);

/* Takes the report off the line that was answered; NULL when no unanswered report is on it. It must be released,
 * or wait. */
struct pending *under_way_take_off_line(struct under_way *under_way, uint64_t line);

/* The report that has been on its line for longest; NULL when none is. */
const struct pending *under_way_oldest(const struct under_way *under_way);

/* Lets a report wait until its `retry_at_ms`, after those that wait already. */
void under_way_wait(struct under_way *under_way, struct pending *pending);

/* The first waiting report, if it is due; else NULL. */
struct pending *under_way_take_due(struct under_way *under_way, int64_t now_ms);

/* The connection is lost: every report on a line waits, due at once, in the order of sending and before those that
 * waited already. Lines begin at 1 again. Returns the number of these reports. */
uint64_t under_way_take_back_lines(struct under_way *under_way);

#endif
