/* Past states of the register, from the changes in the election's ledger, so that lines and bulletins from before a
 * change can be checked against the register after it. */
#ifndef TURNOUT_WIRE_REGISTER_PAST_H
#define TURNOUT_WIRE_REGISTER_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/election/register.h>
#include <turnout/wire/log_line.h>

struct register_past {
    struct log_line *changes; /* LOG_REGISTER, oldest first */
    size_t count, capacity;
};

/* Embedded: a zeroed struct has no change. */
void register_past_done(struct register_past *past);

/* Add lines in the order of the ledger. Those about something else are ignored. */
void register_past_add(struct register_past *past, const struct log_line *line);

/* The roll listed at that time. False for a unit that is neither in the register nor in a change. */
bool register_past_roll(const struct register_past *past, const struct election_register *reg,
                        struct slice unit, int64_t when_ms, int32_t *ret_listed);

/* Whether the unit may have moved from another commune, or was withdrawn. */
bool register_past_has_moved(const struct register_past *past, struct slice unit);

/* Whether a commune's or province's children differ from those at that time. */
bool register_past_has_other_children(const struct register_past *past, const struct election_register *reg,
                                      uint32_t area, int64_t when_ms);

#endif
