/* Accepting a loss, in an order that is safe after a crash at any point:
 *   1. HSETNX meta `renewing`: the generation to be; where it stands, no server starts
 *   2. each province that is there (turnout_renew)
 *   3. meta: the generation, the ones that are given up, and the ledger's line, in one step (turnout_accept)
 * The provinces are those that the server knows. In an empty Redis only meta is made: the next server seeds the rest,
 * with the generation that stands there. */
#include <turnout/store/loss.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>
#include <turnout/wire/log_line.h>

#include "function_library.h"
#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"
#include "seeding.h"

static struct election election_of(const struct last_known *known)
{
    struct election election = {.name = ""};
    bool fits = slice_copy(slice_of(known->election), election.id, sizeof election.id);
    assert(fits);
    return election;
}

/* ---- looking ---- */

/* What is no count is for the publisher to refuse. */
static enum turnout_error look_at_province(struct redisContext *redis, const char *totals_key,
                                           struct loss_survey *survey, struct error *error)
{
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(totals_key), slice_of("revision"),
                                      slice_of("voted")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 4, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        if (reply_is_list_of(reply, 2)) {
            survey->is_there = survey->is_there || reply->element[0]->type == REDIS_REPLY_STRING;
            survey->revision += reply_count(reply->element[0]);
            survey->voted += reply_count(reply->element[1]);
        }
        freeReplyObject(reply);
    }
    return failed;
}

static enum turnout_error look_at_meta(struct redisContext *redis, const char *meta_key,
                                       struct loss_survey *survey, struct error *error)
{
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta_key), slice_of("phase"),
                                      slice_of("renewing")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 4, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        bool is_list = reply_is_list_of(reply, 2);
        if (!is_list || !election_phase_parse(reply_text(reply->element[0]), &survey->phase)) {
            survey->phase = PHASE_REHEARSAL; /* in which it begins */
        }
        survey->is_interrupted = is_list && reply_text(reply->element[1]).length > 0;
        freeReplyObject(reply);
    }
    return failed;
}

enum turnout_error loss_look(const struct store_address *address, const struct last_known *known,
                             int64_t patience_ms, struct loss_survey *ret_survey, struct error *error)
{
    struct election election = election_of(known);
    struct loss_survey survey = {.is_there = false};
    char meta_key[REDIS_KEY_BYTES];
    struct redisContext *redis;
    enum turnout_error failed = redis_sync_connect_patiently(address, patience_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    redis_key_meta(&election, meta_key);
    failed = look_at_meta(redis, meta_key, &survey, error);
    for (size_t i = 0; i < known->province_count && failed == TURNOUT_OK; i++) {
        struct province_keys keys;
        province_keys_init(&keys, &election, known->provinces[i].code);
        failed = look_at_province(redis, keys.text[KEY_TOTALS], &survey, error);
    }
    redisFree(redis);
    if (failed == TURNOUT_OK) {
        *ret_survey = survey;
    }
    return failed;
}

/* ---- accepting ---- */

/* Gets the new generation: ours, or that of an acceptance that was begun before. */
static enum turnout_error begin(struct redisContext *redis, const char *meta_key,
                                char ret_generation[GENERATION_BYTES], struct error *error)
{
    char generation[GENERATION_BYTES];
    seeding_make_generation(generation);
    const struct slice set[] = {slice_of("HSETNX"), slice_of(meta_key), slice_of("renewing"),
                                slice_of(generation)};
    const struct slice get[] = {slice_of("HGET"), slice_of(meta_key), slice_of("renewing")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_number(redis, 4, set, NULL, error);
    if (failed == TURNOUT_OK) {
        failed = redis_sync_command(redis, 3, get, &reply, error);
    }
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct slice renewing = reply_text(reply);
    if (renewing.length == 0 || !slice_copy(renewing, ret_generation, GENERATION_BYTES)) {
        failed = error_fail(error, TURNOUT_CONFLICT, "redis", "%s `renewing` is no generation", meta_key);
    }
    freeReplyObject(reply);
    return failed;
}

static enum turnout_error renew_provinces(struct redisContext *redis, const struct election *election,
                                          const struct last_known *known, const char *generation,
                                          struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < known->province_count && failed == TURNOUT_OK; i++) {
        struct province_keys keys;
        province_keys_init(&keys, election, known->provinces[i].code);
        const struct slice arguments[] = {slice_of("FCALL"), slice_of("turnout_renew"), slice_of("1"),
                                          slice_of(keys.text[KEY_TOTALS]), slice_of(generation)};
        failed = redis_sync_number(redis, 5, arguments, NULL, error);
    }
    return failed;
}

static void write_line(struct buffer *line, const struct last_known *known, const struct loss_survey *found,
                       const char *who, int64_t now_ms)
{
    char from[LOG_WORD_BYTES];
    char to[LOG_WORD_BYTES];
    (void)snprintf(from, sizeof from, "%" PRId64, known->revision);
    (void)snprintf(to, sizeof to, "%" PRId64, found->revision);
    log_line_write_change(line, LOG_LOSS, from, to, who, now_ms);
}

static enum turnout_error finish(struct redisContext *redis, const struct election *election,
                                 const char *meta_key, const char *generation, const char *given_up,
                                 struct slice line, struct error *error)
{
    char ledger_key[REDIS_KEY_BYTES];
    char change_key[REDIS_KEY_BYTES];
    int64_t is_done;
    redis_key_ledger(election, ledger_key);
    redis_key_change(election, change_key);
    const struct slice arguments[] = {slice_of("FCALL"),    slice_of("turnout_accept"), slice_of("3"),
                                      slice_of(meta_key),   slice_of(ledger_key),       slice_of(change_key),
                                      slice_of(generation), slice_of(given_up),         line};
    enum turnout_error failed = redis_sync_number(redis, 9, arguments, &is_done, error);
    if (failed == TURNOUT_OK && is_done != 1) {
        failed = error_fail(error, TURNOUT_CONFLICT, "redis", "somebody else does the same: begin again");
    }
    return failed;
}

enum turnout_error loss_accept(const struct store_address *address, const struct last_known *known,
                               const struct loss_survey *found, const char *who, int64_t now_ms,
                               char ret_generation[GENERATION_BYTES], struct error *error)
{
    struct election election = election_of(known);
    char meta_key[REDIS_KEY_BYTES];
    char generation[GENERATION_BYTES];
    struct redisContext *redis;
    redis_key_meta(&election, meta_key);
    enum turnout_error failed = redis_sync_connect_patiently(address, 0, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = function_library_ensure(redis, error);
    if (failed == TURNOUT_OK) {
        failed = begin(redis, meta_key, generation, error);
    }
    if (failed == TURNOUT_OK) {
        failed = renew_provinces(redis, &election, known, generation, error);
    }
    if (failed == TURNOUT_OK) {
        struct buffer line = {0};
        write_line(&line, known, found, who, now_ms);
        failed = finish(redis, &election, meta_key, generation, known->generation,
                        (struct slice){line.bytes, line.length}, error);
        buffer_done(&line);
    }
    redisFree(redis);
    if (failed == TURNOUT_OK) {
        memcpy(ret_generation, generation, sizeof generation);
    }
    return failed;
}
