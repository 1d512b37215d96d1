/* The calls by which Redis takes up another register (proto/turnout.lua), for blocking and for asynchronous callers. */
#ifndef TURNOUT_STORE_REGISTER_CALLS_H
#define TURNOUT_STORE_REGISTER_CALLS_H

#include <turnout/election/election.h>
#include <turnout/election/register_change.h>

#include "redis_command.h"
#include "redis_keys.h"

enum { REGISTER_DIGEST_TEXT_BYTES = 2 * REGISTER_DIGEST_BYTES + 1, REGISTER_TURN_BYTES = 64 };

/* A change as Redis has noted it down: what it is from and to, and the turn that its calls belong to. */
struct noted_change {
    char from[REGISTER_DIGEST_TEXT_BYTES];
    char to[REGISTER_DIGEST_TEXT_BYTES];
    char turn[REGISTER_TURN_BYTES];
};

#define REGISTER_STEPS_FIELD "province:" /* and the province's code: a field of the change */

/* The province of a row's unit or commune, as the register before numbers provinces. */
uint32_t register_row_province(const struct register_change *change, const struct register_row *row);

/* Goes on with a change that was noted down. Followed by register_put_change(), it also notes the change down where it
 * was not: with the steps of each province. */
void register_put_begin(struct redis_command *command, const struct election *election,
                        const struct noted_change *noted);
void register_put_change(struct redis_command *command, const struct register_change *change,
                         const struct buffer *steps, const char *who, const char *reason, int64_t now_ms);

/* Turns the change back. */
void register_put_back(struct redis_command *command, const struct election *election,
                       const struct noted_change *noted);

/* Appends the steps of a province. */
void register_write_steps(struct buffer *out, const struct register_change *change, uint32_t province);

/* A step of a province, and the end. `undoes`: back from `to` to `from`, in a turn that goes back. */
void register_put_step(struct redis_command *command, const struct province_keys *keys,
                       const struct noted_change *noted, struct slice steps, bool undoes);
void register_put_end(struct redis_command *command, const struct election *election,
                      const struct noted_change *noted, bool undoes);

#endif
