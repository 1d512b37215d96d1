/* Clearing, in an order that a crash at any point can live with:
 *   1. meta: the digest becomes one that no register has, and `schema` goes, so that no server starts on what is left
 *   2. all other keys of the election
 *   3. meta itself */
#include <turnout/store/reset.h>

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"

enum { CURSOR_BYTES = 24 };

#define CLEARING    "clearing"
#define KEYS_A_SCAN "500"

/* What is done with each key that is found. */
typedef enum turnout_error found_fn(void *context, struct redisContext *redis, struct slice key,
                                    struct error *error);

/* ---- finding keys ---- */

/* Moves the cursor on. The keys are the reply's second element. NULL where it failed. */
static redisReply *scan_step(struct redisContext *redis, const char *pattern, char cursor[CURSOR_BYTES],
                             enum turnout_error *ret_failed, struct error *error)
{
    const struct slice arguments[] = {slice_of("SCAN"),  slice_of(cursor),  slice_of("MATCH"),
                                      slice_of(pattern), slice_of("COUNT"), slice_of(KEYS_A_SCAN)};
    redisReply *reply;
    *ret_failed = redis_sync_command(redis, 6, arguments, &reply, error);
    if (*ret_failed != TURNOUT_OK) {
        return NULL;
    }
    if (!reply_is_list_of(reply, 2) || reply->element[1]->type != REDIS_REPLY_ARRAY ||
        !slice_copy(reply_text(reply->element[0]), cursor, CURSOR_BYTES)) {
        freeReplyObject(reply);
        *ret_failed = error_fail(error, TURNOUT_UNAVAILABLE, "redis", "SCAN answered something unexpected");
        return NULL;
    }
    return reply;
}

/* SCAN may tell a key twice. */
static enum turnout_error for_each(struct redisContext *redis, const char *pattern, found_fn *on_found,
                                   void *context, struct error *error)
{
    char cursor[CURSOR_BYTES] = "0";
    enum turnout_error failed;
    do {
        redisReply *reply = scan_step(redis, pattern, cursor, &failed, error);
        if (reply == NULL) {
            return failed;
        }
        const redisReply *keys = reply->element[1];
        for (size_t i = 0; i < keys->elements && failed == TURNOUT_OK; i++) {
            failed = on_found(context, redis, reply_text(keys->element[i]), error);
        }
        freeReplyObject(reply);
    } while (failed == TURNOUT_OK && strcmp(cursor, "0") != 0);
    return failed;
}

/* Ids and codes hold nothing that means something in a pattern. */
static enum turnout_error for_each_key(struct redisContext *redis, const char *election, found_fn *on_found,
                                       void *context, struct error *error)
{
    static const char *const provinces[] = {"", ":*"}; /* of the election itself, of its provinces */
    assert(text_is_code(slice_of(election)));
    for (size_t i = 0; i < sizeof provinces / sizeof provinces[0]; i++) {
        char pattern[REDIS_KEY_BYTES];
        int length = snprintf(pattern, sizeof pattern, "turnout:{%s%s}:*", election, provinces[i]);
        assert(length > 0 && (size_t)length < sizeof pattern);
        enum turnout_error failed = for_each(redis, pattern, on_found, context, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

static void meta_key_of(const char *election, char ret_key[REDIS_KEY_BYTES])
{
    struct election named = {.name = ""};
    bool fits = slice_copy(slice_of(election), named.id, sizeof named.id);
    assert(fits);
    redis_key_meta(&named, ret_key);
}

/* ---- looking ---- */

static bool ends_with(struct slice key, const char *end)
{
    struct slice tail = slice_of(end);
    return key.length >= tail.length &&
           slice_equals((struct slice){key.bytes + key.length - tail.length, tail.length}, end);
}

static enum turnout_error count_key(void *context, struct redisContext *redis, struct slice key,
                                    struct error *error)
{
    struct reset_survey *survey = context;
    survey->keys++;
    if (!ends_with(key, "}:totals")) {
        return TURNOUT_OK;
    }
    const struct slice arguments[] = {slice_of("HGET"), key, slice_of("revision")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 3, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        survey->revision += reply_count(reply);
        freeReplyObject(reply);
    }
    return failed;
}

static enum turnout_error read_phase(struct redisContext *redis, const char *election,
                                     struct reset_survey *survey, struct error *error)
{
    char key[REDIS_KEY_BYTES];
    meta_key_of(election, key);
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(key), slice_of("phase"),
                                      slice_of("digest")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 4, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_there = reply_is_list_of(reply, 2);
    survey->is_interrupted = is_there && slice_equals(reply_text(reply->element[1]), CLEARING);
    if (!is_there || !election_phase_parse(reply_text(reply->element[0]), &survey->phase)) {
        survey->phase = PHASE_REHEARSAL; /* a seeding that a crash cut short: before any report */
    }
    freeReplyObject(reply);
    return TURNOUT_OK;
}

enum turnout_error reset_look(const struct store_address *address, const char *election, int64_t patience_ms,
                              struct reset_survey *ret_survey, struct error *error)
{
    struct redisContext *redis;
    struct reset_survey survey = {.phase = PHASE_REHEARSAL};
    enum turnout_error failed = redis_sync_connect_patiently(address, patience_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = for_each_key(redis, election, count_key, &survey, error);
    if (failed == TURNOUT_OK && survey.keys == 0) {
        failed = error_fail(error, TURNOUT_NOT_FOUND, "election", "Redis holds nothing of an election %s",
                            election);
    }
    if (failed == TURNOUT_OK) {
        failed = read_phase(redis, election, &survey, error);
    }
    redisFree(redis);
    if (failed == TURNOUT_OK) {
        *ret_survey = survey;
    }
    return failed;
}

/* ---- clearing ---- */

struct clearing {
    const char *meta_key;
    uint64_t deleted;
};

static enum turnout_error unlink_key(struct redisContext *redis, struct slice key, uint64_t *deleted,
                                     struct error *error)
{
    const struct slice arguments[] = {slice_of("UNLINK"), key};
    int64_t gone;
    enum turnout_error failed = redis_sync_number(redis, 2, arguments, &gone, error);
    if (failed == TURNOUT_OK) {
        *deleted += (uint64_t)gone;
    }
    return failed;
}

static enum turnout_error clear_key(void *context, struct redisContext *redis, struct slice key,
                                    struct error *error)
{
    struct clearing *clearing = context;
    return slice_equals(key, clearing->meta_key) ? TURNOUT_OK
                                                 : unlink_key(redis, key, &clearing->deleted, error);
}

static enum turnout_error mark(struct redisContext *redis, const char *meta_key, struct error *error)
{
    const struct slice spoil[] = {slice_of("HSET"), slice_of(meta_key), slice_of("digest"),
                                  slice_of(CLEARING)};
    const struct slice unseed[] = {slice_of("HDEL"), slice_of(meta_key), slice_of("schema")};
    enum turnout_error failed = redis_sync_number(redis, 4, spoil, NULL, error);
    return failed == TURNOUT_OK ? redis_sync_number(redis, 3, unseed, NULL, error) : failed;
}

enum turnout_error reset_clear(const struct store_address *address, const char *election, int64_t patience_ms,
                               uint64_t *ret_deleted, struct error *error)
{
    char meta_key[REDIS_KEY_BYTES];
    meta_key_of(election, meta_key);
    struct redisContext *redis;
    struct clearing clearing = {.meta_key = meta_key};
    enum turnout_error failed = redis_sync_connect_patiently(address, patience_ms, &redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = mark(redis, meta_key, error);
    if (failed == TURNOUT_OK) {
        failed = for_each_key(redis, election, clear_key, &clearing, error);
    }
    if (failed == TURNOUT_OK) {
        failed = unlink_key(redis, slice_of(meta_key), &clearing.deleted, error);
    }
    redisFree(redis);
    if (failed == TURNOUT_OK) {
        *ret_deleted = clearing.deleted;
    }
    return failed;
}
