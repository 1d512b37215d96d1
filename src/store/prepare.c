/* Preparing Redis, once at start: wait until it serves, check that it is durable, load the function library,
 * seed the election. Blocking, because nothing else can be done before. */
#include <turnout/store/prepare.h>

#include <poll.h>
#include <stdio.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include "durability.h"
#include "function_library.h"
#include "redis_loading.h"
#include "redis_rights.h"
#include "redis_sync.h"
#include "seeding.h"

enum { ASK_AGAIN_MS = 50, WORDS_BYTES = 200 };

/* What is waited for. */
struct waiting {
    int64_t deadline_ms;
    int64_t loaded_bytes; /* the most that Redis had loaded */
    char words[WORDS_BYTES];
};

/* As long as Redis gets on with loading, it is waited for. */
static void look_at_loading(const struct store_options *options, const struct store_preparation *preparation,
                            struct waiting *waiting)
{
    struct redisContext *redis = NULL;
    struct redis_command question;
    redisReply *info = NULL;
    struct error unknown;
    int64_t loaded_bytes = 0;
    if (redis_sync_connect(&options->address, options->command_deadline_ms, &redis, &unknown) != TURNOUT_OK) {
        return;
    }
    redis_loading_put_question(&question);
    if (redis_sync_send(redis, "INFO", &question, &info, &unknown) == TURNOUT_OK) {
        redis_loading_read(info, waiting->words, sizeof waiting->words, &loaded_bytes);
        freeReplyObject(info);
    }
    redisFree(redis);
    if (loaded_bytes > waiting->loaded_bytes) {
        waiting->loaded_bytes = loaded_bytes;
        waiting->deadline_ms = clock_monotonic_ms() + preparation->patience_ms;
    }
}

static enum turnout_error wait_until_serving(const struct store_options *options,
                                             const struct store_preparation *preparation,
                                             struct redisContext **ret_redis, struct error *error)
{
    struct waiting waiting = {.deadline_ms = clock_monotonic_ms() + preparation->patience_ms};
    for (;;) {
        struct error refused;
        enum turnout_error failed =
            redis_sync_connect_serving(&options->address, options->command_deadline_ms, ret_redis, &refused);
        if (failed == TURNOUT_OK) {
            return TURNOUT_OK;
        }
        if (failed == TURNOUT_CONFLICT) { /* it serves, but not us */
            return error_fail(error, failed, refused.field, "%s", refused.text);
        }
        (void)snprintf(waiting.words, sizeof waiting.words, "%.*s", WORDS_BYTES - 1, refused.text);
        if (redis_loading_is(refused.text)) {
            look_at_loading(options, preparation, &waiting);
        }
        if (clock_monotonic_ms() >= waiting.deadline_ms) {
            return error_fail(error, failed, "redis",
                              "Redis does not serve, and has got no further for %lld ms: %s",
                              (long long)preparation->patience_ms, waiting.words);
        }
        if (preparation->goes_on_waiting != NULL &&
            !preparation->goes_on_waiting(preparation->context, waiting.words)) {
            return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "gave up waiting for Redis: %s",
                              waiting.words);
        }
        (void)poll(NULL, 0, ASK_AGAIN_MS); /* nothing announces that Redis has begun to listen */
    }
}

/* A function that is refused a command half-way has written what came before it. */
static enum turnout_error check_rights(struct redisContext *redis, const struct store_address *address,
                                       struct error *error)
{
    const char *user = redis_rights_user(address);
    const char *refused = NULL;
    struct error unknown; /* Redis does not tell: that is for durability_check to judge */
    if (redis_rights_check(redis, user, &refused, &unknown) != TURNOUT_OK || refused == NULL) {
        return TURNOUT_OK;
    }
    return redis_rights_fail(user, refused, error);
}

/* The links that committees read on. */
static enum turnout_error check_reader(const struct store_options *options, struct error *error)
{
    const struct store_address address = store_address_for_reading(&options->address);
    struct redisContext *redis = NULL;
    struct error refused;
    enum turnout_error failed =
        redis_sync_connect_serving(&address, options->command_deadline_ms, &redis, &refused);
    if (failed != TURNOUT_OK) {
        return error_fail(error, failed, "redis-user",
                          "%s, who reads for committees with the password of %s: %s", address.user,
                          options->address.user, refused.text);
    }
    redisFree(redis);
    return TURNOUT_OK;
}

static enum turnout_error prepare(struct redisContext *redis, const struct store_options *options,
                                  const struct store_preparation *preparation,
                                  struct store_prepared *ret_prepared, struct error *error)
{
    enum turnout_error durable = durability_check(redis, error);
    if (durable != TURNOUT_OK && (durable != TURNOUT_CONFLICT || !preparation->relaxed)) {
        return durable;
    }
    enum turnout_error failed = check_rights(redis, &options->address, error);
    if (failed == TURNOUT_OK) {
        failed = check_reader(options, error);
    }
    if (failed == TURNOUT_OK) {
        failed = function_library_ensure(redis, error);
    }
    if (failed == TURNOUT_OK) {
        struct seeding seeding = {preparation->known,
                                  preparation->files == NULL ? options->reg : preparation->files};
        failed = seeding_ensure(redis, options, &seeding, ret_prepared, error);
    }
    if (failed == TURNOUT_OK && preparation->bulletin_number > 0) {
        failed = seeding_pass_bulletins(redis, options->election, preparation->bulletin_number, error);
    }
    if (failed == TURNOUT_OK) {
        failed =
            seeding_agree_on_key(redis, options->election, preparation->signing_key, ret_prepared, error);
    }
    if (failed == TURNOUT_OK) {
        ret_prepared->is_durable = durable == TURNOUT_OK;
    }
    return failed;
}

enum turnout_error store_prepare(const struct store_options *options,
                                 const struct store_preparation *preparation,
                                 struct store_prepared *ret_prepared, struct error *error)
{
    struct redisContext *redis = NULL;
    enum turnout_error failed = wait_until_serving(options, preparation, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = prepare(redis, options, preparation, ret_prepared, error);
    redisFree(redis);
    return failed;
}
