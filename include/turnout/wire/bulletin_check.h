/* Checks the files of a bulletin, each by itself and against the replay of a commune's log. Pure. Errors are
 * TURNOUT_BAD_INPUT; their text begins with the line: `line 3: ...`. */
#ifndef TURNOUT_WIRE_BULLETIN_CHECK_H
#define TURNOUT_WIRE_BULLETIN_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/log_replay.h>
#include <turnout/wire/register_past.h>

/* The bulletin's context. Borrowed for the call. */
struct bulletin_check_of {
    const struct election *election;
    const struct election_register *reg;
    const struct register_past *past;
    int64_t cut_ms; /* when the bulletin was cut, Unix milliseconds */
};

/* Checks the file of the nation or a province (index of an area): it has the children that the register had then, and
 * their sum. `ret_children` has one entry a child in today's register, in its order, with an empty code for one that
 * did not exist yet. */
enum turnout_error bulletin_check_area(const struct bulletin_check_of *of, uint32_t area, struct slice file,
                                       struct bulletin_child *ret_children, struct error *error);

/* Reads the state of the log from a commune's file. False when it has none. */
bool bulletin_read_log(struct slice file, int64_t *ret_lines, unsigned char ret_head[LOG_HEAD_BYTES]);

/* Checks the file of a commune after exactly the lines that it names were replayed: units and sums must match.
 * *ret_own is the commune's own line. */
enum turnout_error bulletin_check_commune(const struct bulletin_check_of *of, const struct log_replay *replay,
                                          struct slice file, struct bulletin_line *ret_own,
                                          struct error *error);

#endif
