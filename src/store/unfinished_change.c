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

enum step { STEP_DONE, STEP_HEARD, STEP_OTHER };

/* A change that is under way. */
struct unfinished {
    struct redisContext *redis;
    const struct election *election;
    const struct election_register *reg; /* that it is to */
    const redisReply *change;
    struct register_digests digests;
};

static enum step step_of(const redisReply *reply)
{
    bool is_list = reply->type == REDIS_REPLY_ARRAY && reply->elements > 0;
    struct slice head = is_list ? reply_text(reply->element[0]) : slice_of("");
    return slice_equals(head, "done") ? STEP_DONE : slice_equals(head, "heard") ? STEP_HEARD : STEP_OTHER;
}

static enum turnout_error take_step(const struct unfinished *unfinished, const char *province, bool undoes,
                                    enum step *ret_step, struct error *error)
{
    struct province_keys keys;
    struct redis_command command;
    redisReply *reply;
    province_keys_init(&keys, unfinished->election, province);
    register_put_step(&command, &keys, &unfinished->digests, steps_of(unfinished->change, province), undoes);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        *ret_step = step_of(reply);
        freeReplyObject(reply);
    }
    return failed;
}

/* In every province, as far as each does it. Back in one that has not done it changes nothing. */
static enum turnout_error take_steps(const struct unfinished *unfinished, bool undoes, enum step *ret_step,
                                     struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    *ret_step = STEP_DONE;
    for (uint32_t province = 1; failed == TURNOUT_OK && province <= unfinished->reg->province_count;
         province++) {
        const char *code = unfinished->reg->areas[province].code;
        failed = take_step(unfinished, code, undoes, ret_step, error);
        if (failed == TURNOUT_OK && *ret_step != STEP_DONE && !undoes) {
            return TURNOUT_OK;
        }
    }
    return failed;
}

static enum turnout_error end(const struct unfinished *unfinished, bool is_taken_up, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    register_put_end(&command, unfinished->election, &unfinished->digests, is_taken_up);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}

/* A unit that must be silent may have reported since: then all goes back. */
static enum turnout_error continue_change(struct unfinished *unfinished, struct error *error)
{
    struct register_digests *digests = &unfinished->digests;
    enum step step;
    sodium_bin2hex(digests->to, sizeof digests->to, unfinished->reg->digest, REGISTER_DIGEST_BYTES);
    if (!slice_equals(field_of(unfinished->change, "to"), digests->to) ||
        !slice_copy(field_of(unfinished->change, "from"), digests->from, sizeof digests->from)) {
        return TURNOUT_OK;
    }
    enum turnout_error failed = take_steps(unfinished, false, &step, error);
    if (failed == TURNOUT_OK && step == STEP_OTHER) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "a change of the register was interrupted, and a province is of a third register");
    }
    bool goes_back = step == STEP_HEARD;
    if (failed == TURNOUT_OK && goes_back) {
        failed = take_steps(unfinished, true, &step, error);
    }
    return failed == TURNOUT_OK ? end(unfinished, !goes_back, error) : failed;
}

enum turnout_error unfinished_change_end(struct redisContext *redis, const struct election *election,
                                         const struct election_register *reg, struct error *error)
{
    char key[REDIS_KEY_BYTES];
    redis_key_change(election, key);
    const struct slice arguments[] = {slice_of("HGETALL"), slice_of(key)};
    redisReply *change;
    enum turnout_error failed = redis_sync_command(redis, 2, arguments, &change, error);
    if (failed == TURNOUT_OK) {
        struct unfinished unfinished = {.redis = redis, .election = election, .reg = reg, .change = change};
        failed = change->type == REDIS_REPLY_ARRAY ? continue_change(&unfinished, error) : TURNOUT_OK;
        freeReplyObject(change);
    }
    return failed;
}
