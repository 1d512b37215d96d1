/* The milestones of all areas, as they were told to Redis, and telling more. Belongs to the publisher.
 *
 * Servers agree by comparing: a call names the last entry that its server knows, and Redis takes it only while that is
 * the last. A server that was not first reads what was told, and decides again. It decides about an area only by
 * figures that are no older than those of the last entry about the area. */
#ifndef TURNOUT_SERVICE_MILESTONE_BOARD_H
#define TURNOUT_SERVICE_MILESTONE_BOARD_H

#include <stdbool.h>

#include <turnout/store/milestone_stream.h>
#include <turnout/wire/figures.h>

struct milestone_board;

struct milestone_board *milestone_board_new(struct store *store, const struct election_register *reg);
void milestone_board_free(struct milestone_board *board); /* NULL-safe; free the store before */

/* TURNOUT_UNAVAILABLE: Redis did not answer; `why` says why. What it holds and must not is logged once; what was known
 * stays. */
typedef void milestone_board_fn(void *context, enum turnout_error error, const char *why);

/* Reads all that was told since the last time. `on_read` is called exactly once, later. */
void milestone_board_read(struct milestone_board *board, milestone_board_fn *on_read, void *context);

/* Whether there is something new since the last call. */
bool milestone_board_take_moved(struct milestone_board *board);

/* Puts what is known into the areas' figures, one an area of the register. */
void milestone_board_put(const struct milestone_board *board, struct area_figures *areas);

/* The public is shown these figures: tells what that changes. */
void milestone_board_show(struct milestone_board *board, const struct area_figures *areas);

#endif
