/* Splits a byte stream into lines (NDJSON). A line ends with LF; a CR before it is dropped. A line above the bound is
 * skipped to its end and reported once, so that one bad line does not cost the connection. */
#ifndef TURNOUT_WIRE_LINE_FRAMER_H
#define TURNOUT_WIRE_LINE_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>

struct line_framer {
    size_t line_bytes_max;
    uint64_t line_number; /* of the line last returned, from 1; empty lines count */
    bool skipping;        /* inside a line that was too long */
};

enum line_found {
    LINE_WHOLE,    /* *ret_line is a line, without its end */
    LINE_NONE,     /* no complete line yet: call again with the rest and more */
    LINE_TOO_LONG, /* the line `line_number` is above the bound; its bytes are being skipped */
};

void line_framer_init(struct line_framer *framer, size_t line_bytes_max);

/* Reads bytes[0..length). *ret_taken is how many of them were consumed (also for LINE_NONE, when skipping). *ret_line
 * borrows `bytes`. Empty lines are returned as lines of length 0. */
enum line_found line_framer_next(struct line_framer *framer, const char *bytes, size_t length,
                                 struct slice *ret_line, size_t *ret_taken);

#endif
