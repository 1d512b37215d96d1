/* The Redis of a daemon that starts: where it is, and getting it prepared. What stands in the way goes to health. */
#ifndef TURNOUT_APP_REDIS_KEEPER_H
#define TURNOUT_APP_REDIS_KEEPER_H

#include <stdbool.h>

#include <turnout/service/health.h>
#include <turnout/store/managed_redis.h>
#include <turnout/store/prepare.h>

#include "server_settings.h"

/* The first four are the daemon's, borrowed. */
struct redis_keeper {
    const struct server_settings *settings;
    struct event_base *base; /* is turned while something is waited for */
    struct health *health;
    const bool *is_stopping;
    struct managed_redis *managed; /* NULL: Redis is somebody else's */
    bool is_prepared;
    char gave_up_why[ERROR_TEXT_BYTES]; /* the managed one, before it was prepared; empty: it has not */
};

/* Starts the managed one, or looks up where the other one is. */
enum turnout_error redis_keeper_find(struct redis_keeper *keeper, struct store_address *ret_address,
                                     struct error *error);

/* Waits for it, as long as it gets on, and prepares it (store/prepare.h). *preparation lacks only how long to wait. */
enum turnout_error redis_keeper_prepare(struct redis_keeper *keeper, const struct store_options *options,
                                        struct store_preparation *preparation,
                                        struct store_prepared *ret_prepared, struct error *error);

/* Ends the managed one. A zeroed keeper is passed over. */
void redis_keeper_stop(struct redis_keeper *keeper);

#endif
