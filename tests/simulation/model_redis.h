/* The model of a Redis process and of the connections to it. Redis works in turns, as its event loop does with
 * `appendfsync always`: it runs what has arrived, writes its file, completes an fdatasync, and only then sends the
 * replies of the turn. It can end after each of these. What it has when it is started again is what its file holds,
 * which is not all on the disk: a loss of power may still take the end of it away. */
#ifndef TURNOUT_SIMULATION_MODEL_REDIS_H
#define TURNOUT_SIMULATION_MODEL_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/text.h>

/* A connection, as its client has it. */
struct model_peer;

struct model_calls {
    void (*on_open)(void *context);
    void (*on_reply)(void *context, struct slice reply); /* RESP, one whole reply */
    void (*on_closed)(void *context);                    /* last; also when it could not be opened */
    void *context;
};

void model_redis_begin(void);
void model_redis_end(void);

struct model_peer *model_open(const struct model_calls *calls);
void model_send(struct model_peer *peer, struct slice command);
void model_close(
    struct model_peer *peer); /* nothing is called any more; what is on its way may still arrive */

/* Every connection that was cut is seen to be closed. */
void model_show_cuts(void);

/* Nothing is under way between two stages of a turn: what is changed now is changed by nobody's command. */
bool model_is_idle(void);
uint64_t model_crashes(void);
uint64_t model_power_losses(void);

/* What was changed from outside is written and synced, as if somebody had asked for it. */
void model_change_from_outside(void (*change)(void));

/* Called when Redis has gone back to what its file holds. */
typedef void model_went_back_fn(void);
/* Called after each command that changed something. */
typedef void model_changed_fn(void);
void model_observe(model_went_back_fn *on_went_back, model_changed_fn *on_changed);

#endif
