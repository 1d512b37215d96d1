/* The timetable of the demo's day: when each unit reports, when figures were published, and the progress of turnout
 * and roll at a time.
 *
 * A wave is one report from every unit, for one round: from halfway after the round before to halfway before the next
 * one, so that the server counts it to this round. Every unit has its own lateness, the same in all waves, and they
 * are spread evenly, so reports arrive all day. */
#ifndef TURNOUT_COMMAND_DEMO_DAY_H
#define TURNOUT_COMMAND_DEMO_DAY_H

#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/election/election.h>
#include <turnout/election/register.h>

#include "demo/checkpoints.h"

enum { DAY_WHOLE = 1000000 }; /* shares of the day's figures, in millionths */

struct demo_day {
    int64_t opens; /* Unix seconds, as all times here */
    uint32_t wave_count;
    int64_t starts[ROUNDS_MAX + 1]; /* [wave]; a wave ends a second before the next one starts */
    uint32_t moment_count;
    int64_t *moments; /* when figures were published, ascending; the last one is the day's end */
    uint32_t unit_count;
    uint32_t *order;    /* all units, the earliest first */
    uint32_t *lateness; /* [unit]: its index in `order` */
};

/* Fails, naming its line, for a checkpoint before the first possible report. */
enum turnout_error demo_day_init(const struct election *election, const struct election_register *reg,
                                 const struct checkpoints *checkpoints, struct demo_day *ret_day,
                                 struct error *error);
void demo_day_done(struct demo_day *day);

/* The last of the moments. */
int64_t demo_day_end(const struct demo_day *day);

/* When a unit reports in a wave; the last unit of the last wave reports at the day's end. */
int64_t demo_day_report_at(const struct demo_day *day, uint32_t wave, uint32_t unit);

/* How many reports a unit has sent by then. */
uint32_t demo_day_reports_by(const struct demo_day *day, uint32_t unit, int64_t moment);

/* The share of the day's turnout reached by then: an S-curve from 0 at the opening to DAY_WHOLE at the end, strictly
 * rising in between. Used where nothing was published. */
int64_t demo_day_turnout_at(const struct demo_day *day, int64_t moment);

/* The share of the roll's highest surplus reached by then: it rises in the morning as voters are added at the polling
 * units, and falls back to the list as double entries are removed. */
int64_t demo_day_surplus_at(const struct demo_day *day, int64_t moment);

#endif
