/* Checking the files of a bulletin, each by itself and against what a commune's log comes to. Pure. Errors are
 * TURNOUT_BAD_INPUT; their text begins with the line: `line 3: ...`. */
#ifndef TURNOUT_WIRE_BULLETIN_CHECK_H
#define TURNOUT_WIRE_BULLETIN_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/wire/bulletin_files.h>
#include <turnout/wire/log_replay.h>
#include <turnout/wire/register_past.h>

/* Whose bulletins. Borrowed for the call. */
struct bulletin_check_of {
    const struct election *election;
    const struct election_register *reg;
    const struct register_past *past;
    int64_t cut_ms; /* when the bulletin was cut, Unix milliseconds */
};

/* The file of the nation or a province (index of an area): it has the children that the register had then, and their sum.
 * `ret_children` is one a child in the register, in its order; the code of one that was not there yet is empty. */
enum turnout_error bulletin_check_area(const struct bulletin_check_of *of, uint32_t area, struct slice file,
                                       struct bulletin_child *ret_children, struct error *error);

/* How the log of a commune stood, as its file says. False when it does not say. */
bool bulletin_read_log(struct slice file, int64_t *ret_lines, unsigned char ret_head[LOG_HEAD_BYTES]);

/* The file of a commune, when exactly the lines that it names have been replayed: each unit is as they leave it, and the
 * sums are theirs. *ret_own is the commune's own line. */
enum turnout_error bulletin_check_commune(const struct bulletin_check_of *of, const struct log_replay *replay,
                                          struct slice file, struct bulletin_line *ret_own,
                                          struct error *error);

#endif
