/* Continuing a change by what was noted down of it: a step in each province, and then the end. */
#include "unfinished_change.h"

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/buffer.h>

#include "redis_reply.h"
#include "redis_sync.h"
#include "register_calls.h"

static struct slice steps_of(const redisReply *change, const char *province)
{
    struct buffer field = {0};
    buffer_append_text(&field, REGISTER_STEPS_FIELD);
    buffer_append_text(&field, province);
    struct slice steps = reply_value(change, field.bytes);
    buffer_done(&field);
    return steps;
}

enum step { STEP_DONE, STEP_HEARD, STEP_OTHER, STEP_OVERTAKEN };

/* A change that is under way. */
struct unfinished {
    struct redisContext *redis;
    const struct election *election;
    const struct election_register *reg; /* the one after */
    const redisReply *change;            /* what was noted down of it */
    struct noted_change noted;
};

static enum turnout_error fail_overtaken(struct error *error)
{
    return error_fail(
        error, TURNOUT_UNAVAILABLE, "redis",
        "a change of the register was interrupted, and somebody else has just turned it round or "
        "ended it: start again");
}

/* ---- steps ---- */

static enum step step_of(const redisReply *reply)
{
    static const char *const heads[] = {
        [STEP_DONE] = "done", [STEP_HEARD] = "heard", [STEP_OVERTAKEN] = "overtaken"};
    size_t step;
    return text_find(reply_head(reply), heads, sizeof heads / sizeof heads[0], &step) ? (enum step)step
                                                                                      : STEP_OTHER;
}

static enum turnout_error take_step(const struct unfinished *unfinished, const char *province, bool undoes,
                                    enum step *ret_step, struct error *error)
{
    struct province_keys keys;
    struct redis_command command;
    redisReply *reply;
    province_keys_init(&keys, unfinished->election, province);
    register_put_step(&command, &keys, &unfinished->noted, steps_of(unfinished->change, province), undoes);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        *ret_step = step_of(reply);
        freeReplyObject(reply);
        failed = *ret_step == STEP_OVERTAKEN ? fail_overtaken(error) : TURNOUT_OK;
    }
    return failed;
}

/* Takes the step in every province, up to the first that does not take it. A step back changes nothing in a province
 * that has not taken the step forth. */
static enum turnout_error take_steps(const struct unfinished *unfinished, bool undoes, enum step *ret_step,
                                     struct error *error)
{
    const struct election_register *reg = unfinished->reg;
    enum turnout_error failed = TURNOUT_OK;
    *ret_step = STEP_DONE;
    for (uint32_t i = 1; failed == TURNOUT_OK && *ret_step == STEP_DONE && i <= reg->province_count; i++) {
        failed = take_step(unfinished, reg->areas[i].code, undoes, ret_step, error);
    }
    return failed;
}

/* ---- the change as a whole ---- */

/* Makes the change go forth. Sets *ret_is_begun to false where it has ended meanwhile, or another one is under way. */
static enum turnout_error begin(struct unfinished *unfinished, bool *ret_is_begun, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    register_put_begin(&command, unfinished->election, &unfinished->noted);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        *ret_is_begun =
            slice_equals(reply_head(reply), "begun") && reply->elements == 2 &&
            slice_copy(reply_text(reply->element[1]), unfinished->noted.turn, sizeof unfinished->noted.turn);
        freeReplyObject(reply);
    }
    return failed;
}

static enum turnout_error turn_back(struct unfinished *unfinished, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    register_put_back(&command, unfinished->election, &unfinished->noted);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        struct slice turn = reply_text(reply);
        bool is_turned =
            turn.length > 0 && slice_copy(turn, unfinished->noted.turn, sizeof unfinished->noted.turn);
        freeReplyObject(reply);
        failed = is_turned ? TURNOUT_OK : fail_overtaken(error);
    }
    return failed;
}

static enum turnout_error end(const struct unfinished *unfinished, bool undoes, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    register_put_end(&command, unfinished->election, &unfinished->noted, undoes);
    enum turnout_error failed = redis_sync_send(unfinished->redis, "FCALL", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        bool is_overtaken = reply->type != REDIS_REPLY_INTEGER || reply->integer < 0;
        freeReplyObject(reply);
        failed = is_overtaken ? fail_overtaken(error) : TURNOUT_OK;
    }
    return failed;
}

/* A unit that must be silent may have reported since: then the whole change goes back. */
static enum turnout_error continue_change(struct unfinished *unfinished, struct error *error)
{
    struct noted_change *noted = &unfinished->noted;
    enum step step;
    bool is_begun = false;
    sodium_bin2hex(noted->to, sizeof noted->to, unfinished->reg->digest, REGISTER_DIGEST_BYTES);
    if (!slice_equals(reply_value(unfinished->change, "to"), noted->to) ||
        !slice_copy(reply_value(unfinished->change, "from"), noted->from, sizeof noted->from)) {
        return TURNOUT_OK;
    }
    enum turnout_error failed = begin(unfinished, &is_begun, error);
    if (failed != TURNOUT_OK || !is_begun) {
        return failed;
    }
    failed = take_steps(unfinished, false, &step, error);
    bool goes_back = failed == TURNOUT_OK && step == STEP_HEARD;
    if (goes_back) {
        failed = turn_back(unfinished, error);
    }
    if (failed == TURNOUT_OK && goes_back) {
        failed = take_steps(unfinished, true, &step, error);
    }
    if (failed == TURNOUT_OK && step == STEP_HEARD) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "a change of the register was interrupted, and units have reported under either "
                          "register: start with the files of before, and void the units that it names");
    }
    if (failed == TURNOUT_OK && step == STEP_OTHER) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "a change of the register was interrupted, and a province is of a third register");
    }
    return failed == TURNOUT_OK ? end(unfinished, goes_back, error) : failed;
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
