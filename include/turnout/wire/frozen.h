/* The published figures of a province as text, so that every server shows the same, also after a restart. Stored with
 * a bulletin's files, and by itself while figures are held back (proto/redis.md). */
#ifndef TURNOUT_WIRE_FROZEN_H
#define TURNOUT_WIRE_FROZEN_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/figures.h>

#define FROZEN_FILE "figures" /* its name in a bundle */

struct frozen_head {
    int64_t generated_at; /* Unix seconds */
    bool is_rehearsal;
};

/* `areas` has one entry an area of the register. All but the counts of the province is also written for its
 * communes. */
void frozen_write(struct buffer *out, const struct election_register *reg, uint32_t province,
                  const struct area_figures *areas, const struct frozen_head *head);

/* Fills in the province and its communes. Communes missing in the register are skipped; those missing in the text are
 * withheld. False when it is no such text; `areas` is undefined then. */
bool frozen_read(struct slice text, const struct election_register *reg, uint32_t province,
                 struct area_figures *areas, struct frozen_head *ret_head);

#endif
