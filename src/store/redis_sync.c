/* Blocking commands over hiredis. */
#include "redis_sync.h"

#include <assert.h>
#include <poll.h>
#include <stdbool.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "redis_login.h"
#include "redis_reply.h"

enum { ASK_AGAIN_MS = 50, COMMAND_MS = 10000 };

static enum turnout_error fail_with(const char *command, const char *redis_error, struct error *error)
{
    const char *advice = redis_login_advice(redis_error);
    if (advice != NULL) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "%s: %s (%s)", command, redis_error, advice);
    }
    return error_fail(error, reply_is_about_content(redis_error) ? TURNOUT_CONFLICT : TURNOUT_UNAVAILABLE,
                      "redis", "%s: %s", command, redis_error);
}

enum turnout_error redis_sync_send(struct redisContext *redis, const char *name,
                                   struct redis_command *command, struct redisReply **ret_reply,
                                   struct error *error)
{
    struct slice bytes = redis_command_bytes(command);
    void *answer = NULL;
    bool answered = redisAppendFormattedCommand(redis, bytes.bytes, bytes.length) == REDIS_OK &&
                    redisGetReply(redis, &answer) == REDIS_OK;
    redis_command_done(command);
    redisReply *reply = answer;
    if (!answered || reply == NULL) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "%s: %s", name, redis->errstr);
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        enum turnout_error failed = fail_with(name, reply->str, error);
        freeReplyObject(reply);
        return failed;
    }
    *ret_reply = reply;
    return TURNOUT_OK;
}

static void put_words(struct redis_command *command, int argument_count, const struct slice *arguments)
{
    redis_command_begin(command, arguments[0].bytes);
    for (int i = 1; i < argument_count; i++) {
        redis_command_put(command, arguments[i]);
    }
}

enum turnout_error redis_sync_command(struct redisContext *redis, int argument_count,
                                      const struct slice *arguments, struct redisReply **ret_reply,
                                      struct error *error)
{
    struct redis_command command;
    put_words(&command, argument_count, arguments);
    return redis_sync_send(redis, arguments[0].bytes, &command, ret_reply, error);
}

enum turnout_error redis_sync_send_number(struct redisContext *redis, const char *name,
                                          struct redis_command *command, int64_t *ret_number,
                                          struct error *error)
{
    redisReply *reply = NULL;
    enum turnout_error failed = redis_sync_send(redis, name, command, &reply, error);
    if (reply != NULL && ret_number != NULL) {
        *ret_number = reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0;
    }
    freeReplyObject(reply); /* which copes with NULL */
    return failed;
}

enum turnout_error redis_sync_number(struct redisContext *redis, int argument_count,
                                     const struct slice *arguments, int64_t *ret_number, struct error *error)
{
    struct redis_command command;
    put_words(&command, argument_count, arguments);
    return redis_sync_send_number(redis, arguments[0].bytes, &command, ret_number, error);
}

static enum turnout_error open_link(const struct store_address *address, int64_t timeout_ms,
                                    struct redisContext **ret_redis, struct error *error)
{
    struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    redisContext *redis = address->path[0] != '\0'
                              ? redisConnectUnixWithTimeout(address->path, timeout)
                              : redisConnectWithTimeout(address->host, address->port, timeout);
    assert(redis != NULL);
    if (redis->err != 0 || redisSetTimeout(redis, timeout) != REDIS_OK) {
        enum turnout_error failed = error_fail(error, TURNOUT_UNAVAILABLE, "redis", "%s", redis->errstr);
        redisFree(redis);
        return failed;
    }
    *ret_redis = redis;
    return TURNOUT_OK;
}

/* A command whose answer says nothing but that it was taken. Takes the command. */
static enum turnout_error run(struct redisContext *redis, const char *name, struct redis_command *command,
                              struct error *error)
{
    redisReply *reply = NULL;
    enum turnout_error failed = redis_sync_send(redis, name, command, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}

enum turnout_error redis_sync_connect(const struct store_address *address, int64_t timeout_ms,
                                      struct redisContext **ret_redis, struct error *error)
{
    struct redis_command login;
    struct redisContext *redis = NULL;
    enum turnout_error failed = open_link(address, timeout_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (redis_login_command(address, &login)) {
        failed = run(redis, "AUTH", &login, error);
    }
    if (failed != TURNOUT_OK) {
        redisFree(redis);
        return failed;
    }
    *ret_redis = redis;
    return TURNOUT_OK;
}

enum turnout_error redis_sync_connect_serving(const struct store_address *address, int64_t timeout_ms,
                                              struct redisContext **ret_redis, struct error *error)
{
    struct redis_command ping;
    struct redisContext *redis = NULL;
    enum turnout_error failed = redis_sync_connect(address, timeout_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    redis_command_begin(&ping, "PING");
    failed = run(redis, "PING", &ping, error);
    if (failed != TURNOUT_OK) {
        redisFree(redis);
        return failed;
    }
    *ret_redis = redis;
    return TURNOUT_OK;
}

enum turnout_error redis_sync_connect_patiently(const struct store_address *address, int64_t patience_ms,
                                                struct redisContext **ret_redis, struct error *error)
{
    int64_t deadline_ms = clock_monotonic_ms() + patience_ms;
    for (;;) {
        enum turnout_error failed = redis_sync_connect_serving(address, COMMAND_MS, ret_redis, error);
        if (failed == TURNOUT_OK || failed == TURNOUT_CONFLICT || clock_monotonic_ms() >= deadline_ms) {
            return failed; /* on a conflict it serves, but not us */
        }
        (void)poll(NULL, 0, ASK_AGAIN_MS); /* nothing announces that Redis has begun to serve */
    }
}
