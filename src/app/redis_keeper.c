/* Finding and preparing Redis. */
#include "redis_keeper.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/log.h>

enum {
    PATIENCE_MS = 60000, /* for a Redis that gets no further */
    LOOK_UP_AGAIN_MS = 200,
};

static void on_redis_event(void *context, const char *event, pid_t pid, const char *detail)
{
    struct redis_keeper *keeper = context;
    bool gave_up = strcmp(event, "gave-up") == 0;
    bool has_ended = gave_up || strcmp(event, "ended") == 0;
    log_info("managed-redis", log_text("is", event), log_number("pid", pid), log_text("detail", detail));
    if (strcmp(event, "restarting") != 0) { /* why it is, stays until it runs */
        struct error text = {.text = ""};
        (void)error_fail(&text, TURNOUT_UNAVAILABLE, "redis", "redis-server has ended (%s)", detail);
        health_post(keeper->health, HEALTH_REDIS, !has_ended, has_ended ? text.text : "");
        if (gave_up && !keeper->is_prepared) {
            memcpy(keeper->gave_up_why, text.text, sizeof keeper->gave_up_why);
        }
    }
}

/* Whatever takes long: a signal, or the end of Redis, is heard meanwhile. */
static bool goes_on_waiting(void *context, const char *why)
{
    struct redis_keeper *keeper = context;
    health_post(keeper->health, HEALTH_PUBLISHER_LINK, false, why);
    int failed = event_base_loop(keeper->base, EVLOOP_NONBLOCK);
    assert(failed >= 0);
    return !*keeper->is_stopping && keeper->gave_up_why[0] == '\0';
}

/* A system that cannot tell yet may be able to in a moment, as after a boot. */
static enum turnout_error look_up(struct redis_keeper *keeper, struct store_address *address,
                                  struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + PATIENCE_MS;
    enum turnout_error failed;
    for (;;) {
        failed = store_address_resolve(address, goes_on_waiting, keeper, error);
        if (failed != TURNOUT_UNAVAILABLE || clock_monotonic_ms() >= deadline_ms ||
            !goes_on_waiting(keeper, error->text)) {
            return failed;
        }
        (void)poll(NULL, 0, LOOK_UP_AGAIN_MS);
    }
}

enum turnout_error redis_keeper_find(struct redis_keeper *keeper, struct store_address *ret_address,
                                     struct error *error)
{
    const struct server_settings *settings = keeper->settings;
    if (!settings->redis_is_managed) {
        struct store_address address = settings->redis;
        health_post(keeper->health, HEALTH_REDIS, true, "");
        enum turnout_error failed = look_up(keeper, &address, error);
        if (failed == TURNOUT_OK) {
            *ret_address = address;
        }
        return failed;
    }
    enum turnout_error failed =
        managed_redis_start(settings->data, on_redis_event, keeper, &keeper->managed, ret_address, error);
    if (failed == TURNOUT_OK) {
        managed_redis_watch(keeper->managed, keeper->base);
    }
    return failed;
}

enum turnout_error redis_keeper_prepare(struct redis_keeper *keeper, const struct store_options *options,
                                        struct store_preparation *preparation,
                                        struct store_prepared *ret_prepared, struct error *error)
{
    preparation->patience_ms = PATIENCE_MS;
    preparation->goes_on_waiting = goes_on_waiting;
    preparation->context = keeper;
    enum turnout_error failed = store_prepare(options, preparation, ret_prepared, error);
    if (failed != TURNOUT_OK && keeper->gave_up_why[0] != '\0') {
        return error_fail(error, TURNOUT_SYSTEM, "redis", "%s", keeper->gave_up_why);
    }
    keeper->is_prepared = failed == TURNOUT_OK;
    return failed;
}

void redis_keeper_stop(struct redis_keeper *keeper)
{
    managed_redis_stop(keeper->managed);
    keeper->managed = NULL;
}
