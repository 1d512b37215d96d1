/* Blocking commands over hiredis. */
#include "redis_sync.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <hiredis/hiredis.h>

enum { ARGUMENTS_MAX = 16 };

enum turnout_error redis_sync_connect(const struct store_address *address, int64_t timeout_ms,
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
        bool is_about_content =
            strncmp(reply->str, "TURNOUT ", 8) == 0 || strncmp(reply->str, "WRONGTYPE ", 10) == 0;
        enum turnout_error failed =
            error_fail(error, is_about_content ? TURNOUT_CONFLICT : TURNOUT_UNAVAILABLE, "redis", "%s: %s",
                       texts[0], reply->str);
        freeReplyObject(reply);
        return failed;
    }
    *ret_reply = reply;
    return TURNOUT_OK;
}

enum turnout_error redis_sync_connect_serving(const struct store_address *address, int64_t timeout_ms,
                                              struct redisContext **ret_redis, struct error *error)
{
    const struct slice ping = slice_of("PING");
    redisReply *reply = NULL;
    struct redisContext *redis = NULL;
    enum turnout_error failed = redis_sync_connect(address, timeout_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = redis_sync_command(redis, 1, &ping, &reply, error);
    if (failed != TURNOUT_OK) {
        redisFree(redis);
        return failed;
    }
    freeReplyObject(reply);
    *ret_redis = redis;
    return TURNOUT_OK;
}
