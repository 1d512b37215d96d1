/* The figures published on election day, and comparing ours with them.
 *
 * checkpoints.csv: `as_of,code,level,registered,voted,remaining,percent,communes_complete,communes,standing`; an
 * empty cell was not published and is not compared. */
#ifndef TURNOUT_COMMAND_CHECKPOINTS_H
#define TURNOUT_COMMAND_CHECKPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <turnout/base/buffer.h>
#include <turnout/base/error.h>
#include <turnout/election/register.h>

/* In the order of their columns. */
enum figure {
    FIGURE_REGISTERED,
    FIGURE_VOTED,
    FIGURE_REMAINING,
    FIGURE_PERCENT, /* hundredths */
    FIGURE_COMMUNES_COMPLETE,
    FIGURE_COMMUNES,
    FIGURE_COUNT,
};

enum { FIGURE_UNPUBLISHED = -1 };

/* The known figures of an area at a time; FIGURE_UNPUBLISHED where unknown. */
struct checkpoint_figures {
    int64_t of[FIGURE_COUNT];
};

struct checkpoint {
    uint32_t line; /* in the file, for messages */
    int64_t as_of; /* Unix seconds */
    uint32_t area; /* index in the register */
    struct checkpoint_figures published;
};

struct checkpoints {
    struct checkpoint *rows; /* sorted by as_of, then line */
    size_t count;
};

/* The error names file, line and cell. checkpoints_done() frees the rows. */
enum turnout_error checkpoints_read(const char *path, const struct election_register *reg,
                                    struct checkpoints *ret_checkpoints, struct error *error);
void checkpoints_done(struct checkpoints *checkpoints);

/* Reads the figures of an area object as served (DESIGN section 7); a null figure becomes FIGURE_UNPUBLISHED. */
enum turnout_error checkpoint_figures_of_document(const json_t *area, struct checkpoint_figures *ret_figures,
                                                  struct error *error);

/* Whether every published figure equals the one given. */
bool checkpoint_holds(const struct checkpoint *checkpoint, const struct checkpoint_figures *got);

/* Appends the figures that the checkpoint publishes, in words: "voted 948877, remaining 21050, 97.83%". */
void checkpoint_write_figures(struct buffer *out, const struct checkpoint *checkpoint,
                              const struct checkpoint_figures *figures);

#endif
