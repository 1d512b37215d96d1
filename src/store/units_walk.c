/* Reads a province with its units, by one call of turnout_read_units. */
#include <turnout/store/units_walk.h>

#include <hiredis/hiredis.h>

#include "province_reply.h"
#include "redis_keys.h"
#include "redis_sync.h"
#include "walk_link.h"

static enum turnout_error ask(struct redisContext *redis, const struct log_walk_of *of,
                              redisReply **ret_reply, struct error *error)
{
    static const int keys[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_EXCUSED, KEY_LEDGER};
    enum { COUNT = sizeof keys / sizeof keys[0] };
    struct province_keys names;
    struct redis_command command;
    province_keys_init(&names, of->election, of->reg->areas[of->area].code);
    redis_command_begin_call(&command, "FCALL_RO", "turnout_read_units", COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        redis_command_put_text(&command, names.text[keys[i]]);
    }
    return redis_sync_send(redis, "FCALL_RO turnout_read_units", &command, ret_reply, error);
}

enum turnout_error units_walk(const struct log_walk_of *of, int64_t patience_ms, units_walk_fn *on_province,
                              void *context, struct error *error)
{
    struct redisContext *redis;
    redisReply *reply;
    enum turnout_error failed =
        walk_link_open(&of->address, of->election, of->reg, patience_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = ask(redis, of, &reply, error);
    redisFree(redis);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const struct province_reply_of reply_of = {of->reg, of->area, true};
    struct province_reply read;
    failed = province_reply_read(&reply_of, reply, &read, error);
    if (failed == TURNOUT_OK) {
        on_province(context, &read.province);
    }
    province_reply_done(&read);
    freeReplyObject(reply);
    return failed == TURNOUT_BAD_INPUT ? TURNOUT_CONFLICT : failed;
}
