/* Sends the reports of a plan by an election clock that runs faster than real time and stops at given moments. */
#ifndef TURNOUT_COMMAND_DEMO_REPLAY_H
#define TURNOUT_COMMAND_DEMO_REPLAY_H

#include <stdint.h>

#include "demo/demo_plan.h"
#include "demo/demo_server.h"
#include "keys/unit_keys.h"

struct demo_replay;

/* `rate` is the speed of the election clock; `keys` has one for every unit. Borrows all; the clock stands at `opens`
 * until the first run. */
struct demo_replay *demo_replay_new(const struct demo_plan *plan, const struct unit_keys *keys, int64_t opens,
                                    uint32_t rate, const struct demo_server *server);
void demo_replay_free(struct demo_replay *replay); /* NULL-safe */

/* Runs the clock from where it stopped last, up to `moment`. DEMO_TIME_IS_UP: the moment is reached, and every report
 * due by then is answered. DEMO_STALLED: reports are due, but no answer has arrived for a long time. */
enum demo_event demo_replay_run(struct demo_replay *replay, int64_t moment);

enum { DEMO_REFUSAL_BYTES = 320 };

struct demo_counts {
    uint64_t applied;                       /* reports that the server has counted */
    uint64_t refused;                       /* all other answers; none is expected */
    char first_refusal[DEMO_REFUSAL_BYTES]; /* for a person; empty: none */
};

const struct demo_counts *demo_replay_counts(const struct demo_replay *replay);

#endif
