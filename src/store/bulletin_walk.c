/* One question a province and bulletin. What belongs to a bulletin was written before its number, and never changes. */
#include <turnout/store/bulletin_walk.h>

#include <inttypes.h>

#include <hiredis/hiredis.h>

#include <turnout/store/frozen_files.h>
#include <turnout/wire/bundle.h>
#include <turnout/wire/frozen.h>
#include <turnout/wire/frozen_register.h>

#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"
#include "walk_link.h"

/* ---- bulletins ---- */

struct reading {
    struct redisContext *redis;
    const struct bulletin_walk_of *of;
    bulletin_walk_fn *on_file;
    void *context;
};

static enum turnout_error hand_on(const struct reading *reading, int64_t number, const char *key,
                                  struct slice bundle, struct error *error)
{
    struct slice name;
    struct slice bytes;
    enum turnout_error failed = TURNOUT_OK;
    bool is_empty = bundle.length == 0;
    while (failed == TURNOUT_OK && bundle_next(&bundle, &name, &bytes)) {
        if (!slice_equals(name, FROZEN_FILE) && !slice_equals(name, FROZEN_REGISTER_FILE)) {
            failed = reading->on_file(reading->context, number, name, bytes, error);
        }
    }
    if (failed == TURNOUT_OK && (is_empty || bundle.length > 0)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "%s %" PRId64 ": no part of a bulletin", key,
                          number);
    }
    return failed;
}

/* *ret_is_there is false, and nothing handed on, where Redis has nothing under this number. */
static enum turnout_error read_part(const struct reading *reading, int64_t number, const char *key,
                                    bool *ret_is_there, struct error *error)
{
    char name[STORE_FROZEN_NAME_BYTES];
    redisReply *reply;
    store_bulletin_name(number, name);
    const struct slice arguments[] = {slice_of("HGET"), slice_of(key), slice_of(name)};
    enum turnout_error failed = redis_sync_command(reading->redis, 3, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        *ret_is_there = reply->type != REDIS_REPLY_NIL;
        failed = *ret_is_there ? hand_on(reading, number, key, reply_text(reply), error) : TURNOUT_OK;
        freeReplyObject(reply);
    }
    return failed;
}

/* A number that was passed over has nothing. The newest has. */
static enum turnout_error read_bulletin(const struct reading *reading, int64_t number, bool is_newest,
                                        struct error *error)
{
    const struct election_register *reg = reading->of->reg;
    char key[REDIS_KEY_BYTES];
    redis_key_bulletins(reading->of->election, key);
    bool is_there = true;
    enum turnout_error failed = read_part(reading, number, key, &is_there, error);
    if (failed == TURNOUT_OK && !is_there && !is_newest) {
        return TURNOUT_OK;
    }
    for (uint32_t i = 1; i <= reg->province_count && failed == TURNOUT_OK && is_there; i++) {
        struct province_keys keys;
        province_keys_init(&keys, reading->of->election, reg->areas[i].code);
        failed = read_part(reading, number, keys.text[KEY_BULLETINS], &is_there, error);
    }
    return failed != TURNOUT_OK || is_there ? failed
                                            : error_fail(error, TURNOUT_CONFLICT, "redis",
                                                         "a part of bulletin %" PRId64 " is gone", number);
}

static enum turnout_error read_meta(const struct reading *reading, int64_t *ret_newest,
                                    char ret_key[PUBLIC_KEY_TEXT_BYTES + 1], struct error *error)
{
    char meta[REDIS_KEY_BYTES];
    redisReply *reply;
    redis_key_meta(reading->of->election, meta);
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta), slice_of("bulletin"),
                                      slice_of("signing_key")};
    enum turnout_error failed = redis_sync_command(reading->redis, 4, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_list = reply_is_list_of(reply, 2);
    int64_t count = is_list ? reply_count(reply->element[0]) : 0;
    if (!is_list || count < 0 ||
        !slice_copy(reply_text(reply->element[1]), ret_key, PUBLIC_KEY_TEXT_BYTES + 1)) {
        failed =
            error_fail(error, TURNOUT_CONFLICT, "redis", "%s: no key that bulletins are signed with", meta);
    } else {
        *ret_newest = count;
    }
    freeReplyObject(reply);
    return failed;
}

enum turnout_error bulletin_walk(const struct bulletin_walk_of *of, int64_t patience_ms,
                                 bulletin_walk_fn *on_file, void *context,
                                 char ret_key[PUBLIC_KEY_TEXT_BYTES + 1], struct error *error)
{
    struct reading reading = {.of = of, .on_file = on_file, .context = context};
    int64_t newest = 0;
    enum turnout_error failed =
        walk_link_open(&of->address, of->election, of->reg, patience_ms, &reading.redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = read_meta(&reading, &newest, ret_key, error);
    for (int64_t number = 1; number <= newest && failed == TURNOUT_OK; number++) {
        failed = read_bulletin(&reading, number, number == newest, error);
    }
    redisFree(reading.redis);
    return failed;
}

/* ---- the ledger ---- */

struct ledger_reading {
    const char *key;
    ledger_walk_fn *on_line;
    void *context;
};

static enum turnout_error take_entry(void *context, const redisReply *entry, struct error *error)
{
    const struct ledger_reading *reading = context;
    if (!reply_is_list_of(entry->element[1], 2)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "%s: holds what is no entry of a ledger",
                          reading->key);
    }
    reading->on_line(reading->context, reply_text(entry->element[1]->element[1]));
    return TURNOUT_OK;
}

enum turnout_error ledger_walk(const struct bulletin_walk_of *of, int64_t patience_ms,
                               ledger_walk_fn *on_line, void *context, struct error *error)
{
    struct redisContext *redis;
    char key[REDIS_KEY_BYTES];
    char read_to[STORE_STREAM_ID_BYTES] = "";
    struct ledger_reading reading = {key, on_line, context};
    enum turnout_error failed =
        walk_link_open(&of->address, of->election, of->reg, patience_ms, &redis, error);
    if (failed == TURNOUT_OK) {
        redis_key_ledger(of->election, key);
        failed = walk_stream(redis, key, read_to, take_entry, &reading, error);
        redisFree(redis);
    }
    return failed;
}
