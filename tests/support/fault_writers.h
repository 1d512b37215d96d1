/* Eight writers, one a unit of the small election, four over HTTP and four by the stream, in one poll loop. They behave
 * as units do: whoever gets no answer, or `unavailable`, sends the same report again. Each notes every report that it
 * sent and its answer. */
#ifndef TURNOUT_TESTS_FAULT_WRITERS_H
#define TURNOUT_TESTS_FAULT_WRITERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/election/report.h>

#include "turnoutd.h"

enum { FAULT_WRITERS = 8 };

/* A report; its seq is its place among the writer's notes, from 1. */
struct fault_note {
    int32_t voted;
    int32_t registered; /* or REGISTERED_ABSENT */
    enum report_kind kind;
    bool is_in_flight;
    bool is_answered; /* for good: with anything but `unavailable` */
    enum report_status answer;
};

struct fault_writer {
    const char *unit;
    int32_t roll;
    bool is_stream;
    uint16_t port;
    int fd;                 /* -1: no link */
    struct buffer received; /* and not read yet */
    struct buffer unsent;
    int64_t wait_until_us; /* nothing is sent before */
    struct fault_note *notes;
    size_t count;
    size_t capacity;
    size_t first_open; /* all notes before are answered */
    size_t cursor;     /* the next to be sent, where it is neither answered nor in flight */
    size_t in_flight;
};

struct fault_writers {
    struct fault_writer each[FAULT_WRITERS];
    uint64_t random;
    uint64_t acknowledged; /* accepted, duplicate or held */
    uint64_t unavailable;
};

void fault_writers_init(struct fault_writers *writers, uint64_t seed);
void fault_writers_done(struct fault_writers *writers);

/* From now on they send there. What was in flight elsewhere was not answered. */
void fault_writers_point(struct fault_writers *writers, const struct turnoutd *turnoutd);

/* They send new reports, and old ones that were not answered, for so long. */
void fault_writers_run(struct fault_writers *writers, int64_t for_us);

/* The same until so many of their reports are acknowledged in all; fails the test where that takes too long. */
void fault_writers_run_until(struct fault_writers *writers, uint64_t acknowledged);

/* They send nothing, and wait until nothing is in flight: all was answered, or its link was lost. */
void fault_writers_drain(struct fault_writers *writers);

/* They send again what was not answered, each writer one report at a time, until all is answered; fails the test where
 * that takes too long. */
void fault_writers_settle(struct fault_writers *writers);

/* Reports made so far. */
uint64_t fault_writers_sent(const struct fault_writers *writers);

/* Adds a report to a writer's notes. Most count a voter more or none; some are corrections, which the election holds,
 * some move the roll, are final, or are over the roll, which the election refuses. */
void fault_note_make(struct fault_writer *writer, uint64_t *random);

/* A report as it is sent, without a line end. */
void fault_note_write(struct buffer *out, const struct fault_writer *writer, size_t note);

/* The next number of a sequence that a seed fixes (splitmix64). */
uint64_t fault_random(uint64_t *state);

/* From `least` to `most`, both included. */
int64_t fault_random_between(uint64_t *state, int64_t least, int64_t most);

#endif
