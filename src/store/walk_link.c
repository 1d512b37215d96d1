/* Connects for a walk, and looks whether the election there is the one that is meant. */
#include "walk_link.h"

#include <stdio.h>

#include <hiredis/hiredis.h>

#include "meta_words.h"
#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"

static enum turnout_error recognise(struct redisContext *redis, const struct election *election,
                                    const struct election_register *reg, struct error *error)
{
    char meta[REDIS_KEY_BYTES];
    redis_key_meta(election, meta);
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta), slice_of("schema"),
                                      slice_of("digest"), slice_of("files")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 5, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_list = reply_is_list_of(reply, 3);
    struct slice schema = is_list ? reply_text(reply->element[0]) : slice_of("");
    if (schema.length == 0) {
        failed = error_fail(error, TURNOUT_NOT_FOUND, "election", "Redis holds nothing of an election %s",
                            election->id);
    } else {
        failed = meta_words_judge(schema, reply_text(reply->element[1]), reply_text(reply->element[2]),
                                  election, reg, "use those that are in force", error);
    }
    freeReplyObject(reply);
    return failed;
}

enum turnout_error walk_link_open(const struct store_address *address, const struct election *election,
                                  const struct election_register *reg, int64_t patience_ms,
                                  struct redisContext **ret_redis, struct error *error)
{
    struct redisContext *redis;
    enum turnout_error failed = redis_sync_connect_patiently(address, patience_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = recognise(redis, election, reg, error);
    if (failed != TURNOUT_OK) {
        redisFree(redis);
        return failed;
    }
    *ret_redis = redis;
    return TURNOUT_OK;
}

enum turnout_error walk_stream(struct redisContext *redis, const char *key,
                               char read_to[STORE_STREAM_ID_BYTES], walk_entry_fn *on_entry, void *context,
                               struct error *error)
{
    enum turnout_error failed;
    bool is_end = false;
    do {
        char from[STORE_STREAM_ID_BYTES + 1];
        struct redis_command command;
        redisReply *reply;
        (void)snprintf(from, sizeof from, "(%s", read_to);
        redis_command_begin(&command, "XRANGE");
        redis_command_put_text(&command, key);
        redis_command_put_text(&command, read_to[0] == '\0' ? "-" : from);
        redis_command_put_text(&command, "+");
        redis_command_put_text(&command, "COUNT");
        redis_command_put_integer(&command, STORE_LOG_ENTRIES_MAX);
        failed = redis_sync_send(redis, "XRANGE", &command, &reply, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        for (size_t i = 0; i < reply->elements && failed == TURNOUT_OK; i++) {
            const redisReply *entry = reply->element[i];
            failed =
                reply_is_list_of(entry, 2) &&
                        slice_copy(reply_text(entry->element[0]), read_to, STORE_STREAM_ID_BYTES)
                    ? on_entry(context, entry, error)
                    : error_fail(error, TURNOUT_UNAVAILABLE, "redis", "XRANGE answered something unexpected");
        }
        is_end = reply->elements < STORE_LOG_ENTRIES_MAX;
        freeReplyObject(reply);
    } while (failed == TURNOUT_OK && !is_end);
    return failed;
}
