/* The progress of long work, on standard error when that is a terminal: `12 of 34 provinces`. */
#ifndef TURNOUT_CLI_PROGRESS_H
#define TURNOUT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* the unit that is counted; borrowed */
    uint32_t total;
    bool is_shown;
    int64_t drawn_ms;
};

struct progress progress_begin(uint32_t total, const char *what);

/* Cheap: redraws at most ten times a second. */
void progress_draw(struct progress *progress, uint32_t done);

/* Erases the line. */
void progress_end(struct progress *progress);

#endif
