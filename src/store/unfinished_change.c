/* The change as it was noted down: a step for each province, and then its end. */
#include "unfinished_change.h"

#include <assert.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/buffer.h>

#include "redis_reply.h"
#include "redis_sync.h"
#include "register_calls.h"

static struct slice field_of(const redisReply *change, const char *name)
{
    for (size_t i = 0; i + 1 < change->elements; i += 2) {
        if (slice_equals(reply_text(change->element[i]), name)) {
            return reply_text(change->element[i + 1]);
        }
    }
    return slice_of("");
}

static struct slice steps_of(const redisReply *change, const char *province)
{
    struct buffer field = {0};
    buffer_append_text(&field, REGISTER_STEPS_FIELD);
    buffer_append_text(&field, province);
    struct slice steps = field_of(change, field.bytes);
    buffer_done(&field);
    return steps;
}

static enum turnout_error take_step(struct redisContext *redis, const struct store_options *options,
                                    const char *province, const struct register_digests *digests,
                                    struct slice steps, struct error *error)
{
    struct province_keys keys;
    struct redis_command command;
    redisReply *reply;
    province_keys_init(&keys, options->election, province);
    register_put_step(&command, &keys, digests, steps, false);
    enum turnout_error failed = redis_sync_send(redis, "FCALL", &command, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_list = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0;
    struct slice head = is_list ? reply_text(reply->element[0]) : slice_of("");
    if (slice_equals(head, "heard") && reply->elements > 1) {
        char shown[TEXT_SHOWN_BYTES];
        failed = error_fail(
            error, TURNOUT_CONFLICT, "election",
            "a change of the register was interrupted, and unit %s has reported since: start with the "
            "files of before; asking for the change again takes back what was done of it",
            text_show(reply_text(reply->element[1]), shown));
    } else if (!slice_equals(head, "done")) {
        failed =
            error_fail(error, TURNOUT_CONFLICT, "redis", "%s is of a third register", keys.text[KEY_TOTALS]);
    }
    freeReplyObject(reply);
    return failed;
}

static enum turnout_error end(struct redisContext *redis, const struct store_options *options,
                              const struct register_digests *digests, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    register_put_end(&command, options->election, digests, true);
    enum turnout_error failed = redis_sync_send(redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}

static enum turnout_error continue_change(struct redisContext *redis, const struct store_options *options,
                                          const redisReply *change, struct error *error)
{
    struct register_digests digests;
    sodium_bin2hex(digests.to, sizeof digests.to, options->reg->digest, REGISTER_DIGEST_BYTES);
    if (!slice_equals(field_of(change, "to"), digests.to) ||
        !slice_copy(field_of(change, "from"), digests.from, sizeof digests.from)) {
        return TURNOUT_OK;
    }
    for (uint32_t province = 1; province <= options->reg->province_count; province++) {
        const char *code = options->reg->areas[province].code;
        enum turnout_error failed = take_step(redis, options, code, &digests, steps_of(change, code), error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return end(redis, options, &digests, error);
}

enum turnout_error unfinished_change_end(struct redisContext *redis, const struct store_options *options,
                                         struct error *error)
{
    char key[REDIS_KEY_BYTES];
    redis_key_change(options->election, key);
    const struct slice arguments[] = {slice_of("HGETALL"), slice_of(key)};
    redisReply *change;
    enum turnout_error failed = redis_sync_command(redis, 2, arguments, &change, error);
    if (failed == TURNOUT_OK) {
        failed =
            change->type == REDIS_REPLY_ARRAY ? continue_change(redis, options, change, error) : TURNOUT_OK;
        freeReplyObject(change);
    }
    return failed;
}
