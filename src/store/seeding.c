/* Seeding, in an order that several servers, and a crash at any point, can live with:
 *   1. HSETNX meta digest: the first server to come claims the election for its register; all read it back
 *   2. each province, where it is not there yet (turnout_seed)
 *   3. the rest of meta, `schema` last: where it stands, the election was seeded whole
 * From then on a province that is not there is one that was lost, and is not quietly begun again at zero. */
#include "seeding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/buffer.h>

#include "msgpack.h"
#include "redis_keys.h"
#include "redis_sync.h"

#define SCHEMA "1"

enum { DIGEST_TEXT_BYTES = 2 * REGISTER_DIGEST_BYTES + 1 };

/* A command whose reply matters only when it is an error. */
static enum turnout_error run(struct redisContext *redis, int argument_count, const struct slice *arguments,
                              struct error *error)
{
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, argument_count, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}

/* HSETNX: several servers may say the same, or one that came later something else. */
static enum turnout_error set_once(struct redisContext *redis, const char *key, const char *field,
                                   const char *value, struct error *error)
{
    const struct slice arguments[] = {slice_of("HSETNX"), slice_of(key), slice_of(field), slice_of(value)};
    return run(redis, 4, arguments, error);
}

static struct slice text_of(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? (struct slice){reply->str, reply->len} : slice_of("");
}

static enum turnout_error compare_meta(const redisReply *meta, const struct election *election,
                                       const char *digest, bool *ret_seeded, struct error *error)
{
    if (meta->type != REDIS_REPLY_ARRAY || meta->elements != 2) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "HMGET of meta answered something unexpected");
    }
    struct slice standing_schema = text_of(meta->element[1]);
    if (standing_schema.length > 0 && !slice_equals(standing_schema, SCHEMA)) {
        return error_fail(
            error, TURNOUT_CONFLICT, "redis",
            "Redis holds %s in schema %.*s, this server knows schema %s: use the server it was made by",
            election->id, (int)(standing_schema.length < 32 ? standing_schema.length : 32),
            standing_schema.bytes, SCHEMA);
    }
    if (!slice_equals(text_of(meta->element[0]), digest)) {
        return error_fail(
            error, TURNOUT_CONFLICT, "election",
            "Redis holds %s with another register (areas, units or rolls differ): use the right "
            "register, another data folder, or clear it with `turnout reset`",
            election->id);
    }
    *ret_seeded = standing_schema.length > 0;
    return TURNOUT_OK;
}

static enum turnout_error claim(struct redisContext *redis, const struct election *election,
                                const char *meta_key, const char *digest, bool *ret_seeded,
                                struct error *error)
{
    enum turnout_error failed = set_once(redis, meta_key, "digest", digest, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta_key), slice_of("digest"),
                                      slice_of("schema")};
    redisReply *reply;
    failed = redis_sync_command(redis, 4, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        failed = compare_meta(reply, election, digest, ret_seeded, error);
        freeReplyObject(reply);
    }
    return failed;
}

/* The communes of a province and their rolls, as turnout_seed takes them. */
static void write_communes(struct buffer *out, const struct election_register *reg,
                           const struct area *province)
{
    char head[MSGPACK_ARRAY_HEAD_BYTES];
    msgpack_array_head(head, 2 * province->children);
    buffer_append(out, head, sizeof head);
    for (uint32_t i = 0; i < province->children; i++) {
        const struct area *commune = &reg->areas[province->first_child + i];
        msgpack_text(out, slice_of(commune->code));
        msgpack_integer_text(out, commune->registered);
    }
}

static enum turnout_error seed_province(struct redisContext *redis, const struct store_options *options,
                                        const struct area *province, struct error *error)
{
    struct province_keys keys;
    province_keys_init(&keys, options->election, province->code);
    char registered[24];
    int length = snprintf(registered, sizeof registered, "%lld", (long long)province->registered);
    assert(length > 0 && (size_t)length < sizeof registered);
    struct buffer communes = {0};
    write_communes(&communes, options->reg, province);

    const struct slice arguments[] = {
        slice_of("FCALL"),    slice_of("turnout_seed"),          PROVINCE_KEYS_ALL(keys),
        slice_of(registered), {communes.bytes, communes.length},
    };
    enum turnout_error failed = run(redis, sizeof arguments / sizeof arguments[0], arguments, error);
    buffer_done(&communes);
    return failed;
}

static enum turnout_error seed(struct redisContext *redis, const struct store_options *options,
                               const char *meta_key, struct error *error)
{
    for (uint32_t province = 1; province <= options->reg->province_count; province++) {
        enum turnout_error failed = seed_province(redis, options, &options->reg->areas[province], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    static const char *const pairs[][2] = {
        {"phase", "rehearsal"}, {"publication", "live"}, {"schema", SCHEMA}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        enum turnout_error failed = set_once(redis, meta_key, pairs[i][0], pairs[i][1], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error check_province(struct redisContext *redis, const struct election *election,
                                         const struct area *province, struct error *error)
{
    struct province_keys keys;
    province_keys_init(&keys, election, province->code);
    const struct slice arguments[] = {slice_of("HEXISTS"), slice_of(keys.text[KEY_TOTALS]),
                                      slice_of("revision")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 3, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (reply->type != REDIS_REPLY_INTEGER || reply->integer != 1) {
        failed =
            error_fail(error, TURNOUT_CONFLICT, "redis",
                       "%s is gone, though the election was seeded: restore Redis's data, or begin again "
                       "with `turnout reset`",
                       keys.text[KEY_TOTALS]);
    }
    freeReplyObject(reply);
    return failed;
}

static enum turnout_error check_provinces(struct redisContext *redis, const struct store_options *options,
                                          struct error *error)
{
    for (uint32_t province = 1; province <= options->reg->province_count; province++) {
        enum turnout_error failed =
            check_province(redis, options->election, &options->reg->areas[province], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

enum turnout_error seeding_ensure(struct redisContext *redis, const struct store_options *options,
                                  const unsigned char register_digest[REGISTER_DIGEST_BYTES],
                                  struct error *error)
{
    char meta_key[REDIS_KEY_BYTES];
    char digest[DIGEST_TEXT_BYTES];
    redis_key_meta(options->election, meta_key);
    sodium_bin2hex(digest, sizeof digest, register_digest, REGISTER_DIGEST_BYTES);

    bool seeded = false;
    enum turnout_error failed = claim(redis, options->election, meta_key, digest, &seeded, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    return seeded ? check_provinces(redis, options, error) : seed(redis, options, meta_key, error);
}
