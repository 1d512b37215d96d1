/* Connects for a walk, and looks whether the election there is the one that is meant. */
#include "walk_link.h"

#include <hiredis/hiredis.h>

#include "meta_words.h"
#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"

enum { COMMAND_MS = 10000 };

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
    enum turnout_error failed = redis_sync_connect_patiently(address, COMMAND_MS, patience_ms, &redis, error);
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
