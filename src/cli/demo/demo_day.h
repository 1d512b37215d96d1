/* The timetable of the demo's day: when each province's wave of reports begins and ends, and how far turnout and
 * the roll have come at a moment.
 *
 * A wave is one report from every unit, for one round. All waves k begin halfway between rounds k - 1 and k, so
 * that the server counts them to round k; they end at the round's time, or where a figure was published at another
 * time near that round, then. So a wave is over everywhere before the next begins, and at the time of a checkpoint
 * no wave is under way in its area. */
#ifndef TURNOUT_COMMAND_DEMO_DAY_H
#define TURNOUT_COMMAND_DEMO_DAY_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>

#include "demo/checkpoints.h"

enum { DAY_WHOLE = 1000000 }; /* shares of the day's figures are in millionths */

struct demo_day {
    int64_t opens; /* Unix seconds, as all moments here */
    int64_t last;  /* the last wave's latest end */
    uint32_t wave_count;
    const int64_t *rounds;      /* [wave], from 0; borrowed of the election */
    int64_t starts[ROUNDS_MAX]; /* [wave] */
    int64_t *ends;              /* [province * wave_count + wave], provinces from 0 */
};

/* Borrows the election until demo_day_done(). Fails with the line of a checkpoint whose time cannot end a wave: before the first report, or where another
 * checkpoint of the same province and round has a different time. */
enum turnout_error demo_day_init(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_day *ret_day,
                                 struct error *error);
void demo_day_done(struct demo_day *day);

/* The wave that a moment lies in or comes after. */
uint32_t demo_day_wave_at(const struct demo_day *day, int64_t moment);

/* `province` is an index in the register. */
int64_t demo_day_end(const struct demo_day *day, uint32_t province, uint32_t wave);

/* How much of the day's turnout has come by then: an S-curve from 0 at the opening to DAY_WHOLE at the end, as
 * nothing was published of most provinces. Strictly rising in between. */
int64_t demo_day_turnout_at(const struct demo_day *day, int64_t moment);

/* How much of its highest surplus the roll has gained by then: it rises through the morning as voters are added at
 * the polling units, and falls back to the list as double entries are struck off. */
int64_t demo_day_surplus_at(const struct demo_day *day, int64_t moment);

#endif
