/* Blocking commands over hiredis. */
#include "redis_sync.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "redis_login.h"

enum { ARGUMENTS_MAX = 16 };

static enum turnout_error fail_with(const char *command, const char *redis_error, struct error *error)
{
    const char *advice = redis_login_advice(redis_error);
    if (advice != NULL) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "%s: %s (%s)", command, redis_error, advice);
    }
    bool is_about_content =
        strncmp(redis_error, "TURNOUT ", 8) == 0 || strncmp(redis_error, "WRONGTYPE ", 10) == 0;
    return error_fail(error, is_about_content ? TURNOUT_CONFLICT : TURNOUT_UNAVAILABLE, "redis", "%s: %s",
                      command, redis_error);
}

enum turnout_error redis_sync_command(struct redisContext *redis, int argument_count,
                                      const struct slice *arguments, struct redisReply **ret_reply,
                                      struct error *error)
{
    const char *texts[ARGUMENTS_MAX];
    size_t lengths[ARGUMENTS_MAX];
    assert(argument_count <= ARGUMENTS_MAX);
    for (int i = 0; i < argument_count; i++) {
        texts[i] = arguments[i].bytes;
        lengths[i] = arguments[i].length;
    }
    redisReply *reply = redisCommandArgv(redis, argument_count, texts, lengths);
    if (reply == NULL) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "%s: %s", texts[0], redis->errstr);
    }
    if (reply->type == REDIS_REPLY_ERROR) {
        enum turnout_error failed = fail_with(texts[0], reply->str, error);
        freeReplyObject(reply);
        return failed;
    }
    *ret_reply = reply;
    return TURNOUT_OK;
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

/* A command whose answer says nothing but that it was taken. */
static enum turnout_error run(struct redisContext *redis, int argument_count, const struct slice *arguments,
                              struct error *error)
{
    redisReply *reply = NULL;
    enum turnout_error failed = redis_sync_command(redis, argument_count, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}

enum turnout_error redis_sync_connect(const struct store_address *address, int64_t timeout_ms,
                                      struct redisContext **ret_redis, struct error *error)
{
    struct slice login[REDIS_LOGIN_WORDS];
    struct redisContext *redis = NULL;
    enum turnout_error failed = open_link(address, timeout_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (redis_login_command(address, login)) {
        failed = run(redis, REDIS_LOGIN_WORDS, login, error);
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
    const struct slice ping = slice_of("PING");
    struct redisContext *redis = NULL;
    enum turnout_error failed = redis_sync_connect(address, timeout_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = run(redis, 1, &ping, error);
    if (failed != TURNOUT_OK) {
        redisFree(redis);
        return failed;
    }
    *ret_redis = redis;
    return TURNOUT_OK;
}
