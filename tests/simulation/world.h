/* The world of one run: virtual time, a queue of events, one source of chance, a trace. Everything that happens follows
 * from the seed, so a seed reproduces a run byte for byte. The clocks of turnout/base/clock.h and the log of
 * turnout/base/log.h are implemented here: the linker takes these instead of the real ones. */
#ifndef TURNOUT_SIMULATION_WORLD_H
#define TURNOUT_SIMULATION_WORLD_H

#include <stdbool.h>
#include <stdint.h>

enum { WORLD_SECOND_US = 1000000 };

typedef void world_event_fn(void *context);

void world_begin(uint64_t seed, bool is_traced);
void world_end(void);

int64_t world_now_us(void); /* since the run began */

/* A minute of wall-clock time passes in a second, so that a short run covers rounds of an election. */
void world_set_wall_clock(int64_t start_ms);

uint64_t world_random(uint64_t below);
int64_t world_between(int64_t least, int64_t most); /* both included */
bool world_chance(uint32_t in_a_thousand);

/* Events at the same time happen in the order in which they were planned. */
void world_after(int64_t delay_us, world_event_fn *on_event, void *context);
void world_at(int64_t at_us, world_event_fn *on_event, void *context);

/* The next event. False when there is none. */
bool world_step(void);
uint64_t world_steps(void);

void world_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t world_digest(void); /* of all that was traced */

/* A promise is broken: says which, with the seed, and ends the process with status 1. */
_Noreturn void world_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
