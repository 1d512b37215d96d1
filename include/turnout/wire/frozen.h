/* What the public is shown of a province, as text, so that every server shows the same and goes on showing it after it was
 * started anew: kept beside a bulletin's files, and by itself where figures are held back (proto/redis.md). */
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

/* `areas` is one an area of the register. What the province is beside its counts is that of its communes, too. */
void frozen_write(struct buffer *out, const struct election_register *reg, uint32_t province,
                  const struct area_figures *areas, const struct frozen_head *head);

/* Fills those of the province and its communes. Communes that the register does not have are passed over, and those that
 * the text does not have are withheld. False when it is no such text; what the areas hold then is of no use. */
bool frozen_read(struct slice text, const struct election_register *reg, uint32_t province,
                 struct area_figures *areas, struct frozen_head *ret_head);

#endif
