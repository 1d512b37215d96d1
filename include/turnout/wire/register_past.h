/* What the register was before it was changed, as far as the ledger of the election tells: so that lines and bulletins from
 * before a change can be checked against the register from after it. */
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

/* Embedded: a zeroed struct knows of no change. */
void register_past_done(struct register_past *past);

/* Lines come in the order of the ledger. Those about something else are passed over. */
void register_past_add(struct register_past *past, const struct log_line *line);

/* The roll as it was listed at that moment. False for a unit that neither the register nor a change tells of. */
bool register_past_roll(const struct register_past *past, const struct election_register *reg,
                        struct slice unit, int64_t when_ms, int32_t *ret_listed);

/* Whether the unit may have been of another commune once, or is gone. */
bool register_past_has_moved(const struct register_past *past, struct slice unit);

/* Whether the children of a commune or province are others now than they were at that moment. */
bool register_past_has_other_children(const struct register_past *past, const struct election_register *reg,
                                      uint32_t area, int64_t when_ms);

#endif
