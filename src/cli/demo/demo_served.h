/* What the public is served during the demo: fetched, printed as a line for each round, and compared with the
 * checkpoints. Knows nothing of the plan. */
#ifndef TURNOUT_COMMAND_DEMO_SERVED_H
#define TURNOUT_COMMAND_DEMO_SERVED_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/register.h>

#include "demo/checkpoints.h"
#include "demo/demo_server.h"

struct demo_served;

/* Borrows the server until freed. */
enum turnout_error demo_served_new(const struct demo_server *server, struct demo_served **ret_served,
                                   struct error *error);
void demo_served_free(struct demo_served *served); /* NULL-safe */

/* Fetches /v1/turnout until it shows at least this many reports. TURNOUT_UNAVAILABLE when that takes too long, or
 * another event ended the wait; then *ret_event is the event. */
enum turnout_error demo_served_await(struct demo_served *served, uint64_t revision,
                                     enum demo_event *ret_event, struct error *error);

/* The number of counted reports in the last fetched document. */
int64_t demo_served_revision(const struct demo_served *served);

/* Prints the last fetched document. `clock` is a time of day as text. */
void demo_served_print_round(const struct demo_served *served, const char *clock);

/* Fetches the checkpoint's area, compares it and prints the result. Returns whether all figures match. */
bool demo_served_check(struct demo_served *served, const struct checkpoint *checkpoint,
                       const struct area *area, const char *clock);

/* Prints the nation of the last fetched document: `VN 76043527/76516637 99.38% at 2026-03-15T20:00:00+07:00`. */
void demo_served_print_nation(const struct demo_served *served);

#endif
