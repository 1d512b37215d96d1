/* Seeding, in an order that is safe with several servers and after a crash at any point:
 *   0. If an acceptance of a loss was interrupted, or the server knows another generation, nothing is touched.
 *      Else an interrupted change to this server's register is continued (unfinished_change.c).
 *   1. HSETNX meta digest and generation, unless meta is of another schema. The first server claims the election; all
 *      servers read both back.
 *   2. Each province that is not there yet (turnout_seed). Then all must be of the generation that was read back.
 *   3. The rest of meta, `schema` last: where it stands, every province has been seeded.
 *   4. An opening that was interrupted is finished, or taken back.
 *   5. `times`, if there are none, or no server serves by those that stand.
 * From then on a missing province is a lost one: it is refused, never begun again at zero. */
#include "seeding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/base/clock.h>

#include "election_times.h"
#include "meta_words.h"
#include "phase_calls.h"
#include "redis_reply.h"
#include "redis_sync.h"
#include "store_private.h"
#include "unfinished_change.h"
#include "unfinished_opening.h"
#include "words.h"

enum { DIGEST_TEXT_BYTES = 2 * REGISTER_DIGEST_BYTES + 1, GENERATION_RANDOM_BYTES = 8 };

/* What the election in Redis is known by. */
struct claim {
    char digest[DIGEST_TEXT_BYTES];
    char generation[GENERATION_BYTES];
    bool is_seeded;
    enum election_phase phase;
    const struct election_register *files; /* that this server follows to, where it stands */
};

/* Several servers may say the same, or one that came later something else. Where it stands nothing is written: Redis
 * may take no writes now. */
static enum turnout_error set_once(struct redisContext *redis, const char *key, const char *field,
                                   const char *value, struct error *error)
{
    const struct slice asked[] = {slice_of("HEXISTS"), slice_of(key), slice_of(field)};
    const struct slice set[] = {slice_of("HSETNX"), slice_of(key), slice_of(field), slice_of(value)};
    int64_t stands;
    enum turnout_error failed = redis_sync_number(redis, 3, asked, &stands, error);
    return failed != TURNOUT_OK || stands == 1 ? failed : redis_sync_number(redis, 4, set, NULL, error);
}

/* Of another schema nothing is touched. */
static enum turnout_error check_schema(struct redisContext *redis, const struct election *election,
                                       const char *meta_key, bool *ret_is_seeded, struct error *error)
{
    const struct slice arguments[] = {slice_of("HGET"), slice_of(meta_key), slice_of("schema")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 3, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    char shown[TEXT_SHOWN_BYTES];
    struct slice schema = reply_text(reply);
    *ret_is_seeded = schema.length > 0;
    if (schema.length > 0 && !slice_equals(schema, STORE_SCHEMA)) {
        failed =
            error_fail(error, TURNOUT_CONFLICT, "redis",
                       "Redis holds %s in schema %s, this server knows schema %s: use the server it was made "
                       "by, or another data folder",
                       election->id, text_show(schema, shown), STORE_SCHEMA);
    }
    freeReplyObject(reply);
    return failed;
}

/* ---- what the server remembers ---- */

static bool holds_word(struct slice words, const char *word)
{
    struct slice rest = words;
    while (rest.length > 0) {
        if (slice_equals(text_split(&rest, ' '), word)) {
            return true;
        }
    }
    return false;
}

static enum turnout_error refuse_lost(const struct last_known *known, struct slice generation,
                                      struct error *error)
{
    char words[LAST_KNOWN_WORDS_BYTES];
    last_known_describe(known, words);
    return error_fail(error, TURNOUT_CONFLICT, "redis",
                      "Redis holds %s of %s, which this data folder has served: %s. Put Redis's files back, "
                      "a copy with `turnout restore`, or give up what is missing with `turnout accept-loss`",
                      generation.length == 0 ? "nothing" : "another generation", known->election, words);
}

/* Before anything is written. */
static enum turnout_error check_known(struct redisContext *redis, const char *meta_key,
                                      const struct last_known *known, bool *ret_is_given_up,
                                      struct error *error)
{
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta_key), slice_of("generation"),
                                      slice_of("renewing"), slice_of("given_up")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 5, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_list = reply_is_list_of(reply, 3);
    struct slice generation = is_list ? reply_text(reply->element[0]) : slice_of("");
    bool is_known = known == NULL || slice_equals(generation, known->generation);
    *ret_is_given_up = !is_known && is_list && holds_word(reply_text(reply->element[2]), known->generation);
    if (is_list && reply_text(reply->element[1]).length > 0) {
        failed = error_fail(error, TURNOUT_CONFLICT, "redis",
                            "an acceptance of a loss was interrupted: do `turnout accept-loss` again");
    } else if (!is_known && !*ret_is_given_up) {
        failed = refuse_lost(known, generation, error);
    }
    freeReplyObject(reply);
    return failed;
}

/* ---- claiming ---- */

static const char remedy[] = "start with the files that are in force; then changed ones are taken up by "
                             "`turnout register apply`";
static const char remedy_in_rehearsal[] =
    "start with the files that are in force, and take up changed ones with "
    "`turnout register apply`; or begin again with `turnout reset`";

static enum turnout_error read_claim(const redisReply *meta, const struct store_options *options,
                                     struct claim *claim, struct error *error)
{
    if (!reply_is_list_of(meta, 4)) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "HMGET of meta answered something unexpected");
    }
    if (!election_phase_parse(reply_text(meta->element[2]), &claim->phase)) {
        claim->phase = PHASE_REHEARSAL; /* it is not seeded yet */
    }
    struct slice digest = reply_text(meta->element[0]);
    struct slice files = reply_text(meta->element[3]);
    const char *what_to_do = claim->phase == PHASE_REHEARSAL ? remedy_in_rehearsal : remedy;
    enum turnout_error failed =
        meta_words_judge_register(digest, files, options->election, claim->files, what_to_do, error);
    if (failed != TURNOUT_OK && claim->files != options->reg) {
        failed = meta_words_judge_register(digest, files, options->election, options->reg, what_to_do, error);
    }
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!slice_copy(reply_text(meta->element[1]), claim->generation, sizeof claim->generation)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "Redis holds %s with a generation that is none",
                          options->election->id);
    }
    return TURNOUT_OK;
}

void seeding_make_generation(char ret_generation[GENERATION_BYTES])
{
    unsigned char random[GENERATION_RANDOM_BYTES];
    _Static_assert((int)GENERATION_BYTES > 2 * (int)GENERATION_RANDOM_BYTES, "it fits");
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(ret_generation, GENERATION_BYTES, random, sizeof random);
}

/* Fills all of *claim but the digest and whether it is seeded, which are given. */
static enum turnout_error claim_election(struct redisContext *redis, const struct store_options *options,
                                         const char *meta_key, struct claim *claim, struct error *error)
{
    char generation[GENERATION_BYTES];
    seeding_make_generation(generation);
    enum turnout_error failed = TURNOUT_OK;
    if (!claim->is_seeded) { /* a Redis that takes no writes now has been claimed before */
        failed = set_once(redis, meta_key, "digest", claim->digest, error);
    }
    if (failed == TURNOUT_OK && !claim->is_seeded) {
        failed = set_once(redis, meta_key, "generation", generation, error);
    }
    if (failed == TURNOUT_OK && !claim->is_seeded) {
        failed = set_once(redis, meta_key, "files", options->reg->files, error);
    }
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const struct slice arguments[] = {slice_of("HMGET"),      slice_of(meta_key), slice_of("digest"),
                                      slice_of("generation"), slice_of("phase"),  slice_of("files")};
    redisReply *reply;
    failed = redis_sync_command(redis, 6, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        failed = read_claim(reply, options, claim, error);
        freeReplyObject(reply);
    }
    return failed;
}

/* The communes of a province, each with its words: nothing but its roll, and no log entry yet. */
static void put_communes(struct redis_command *command, const struct election_register *reg,
                         const struct area *province)
{
    struct buffer words = {0};
    for (uint32_t i = 0; i < province->children; i++) {
        const struct area *area = &reg->areas[province->first_child + i];
        struct store_commune commune = {.totals = {.registered = area->registered}};
        words_write_commune(&words, &commune);
        buffer_append_text(&words, " -");
        redis_command_put_text(command, area->code);
        redis_command_put(command, (struct slice){words.bytes, words.length});
        buffer_clear(&words);
    }
    buffer_done(&words);
}

static enum turnout_error seed_province(struct redisContext *redis, const struct store_options *options,
                                        const struct claim *claim, const struct area *province,
                                        struct error *error)
{
    struct province_keys keys;
    struct redis_command command;
    province_keys_init(&keys, options->election, province->code);
    redis_command_begin_call(&command, "FCALL", "turnout_seed", PROVINCE_KEY_COUNT);
    for (int key = 0; key < PROVINCE_KEY_COUNT; key++) {
        redis_command_put_text(&command, keys.text[key]);
    }
    redis_command_put_text(&command, claim->generation);
    redis_command_put_text(&command, claim->digest);
    redis_command_put_integer(&command, province->registered);
    put_communes(&command, options->reg, province);
    return redis_sync_send_number(redis, "FCALL", &command, NULL, error);
}

static enum turnout_error seed(struct redisContext *redis, const struct store_options *options,
                               const char *meta_key, const struct claim *claim, struct error *error)
{
    for (uint32_t province = 1; province <= options->reg->province_count; province++) {
        enum turnout_error failed =
            seed_province(redis, options, claim, &options->reg->areas[province], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    /* What was due before there was anything to show is not made up for. */
    char now[DECIMAL_BYTES_MAX + 1];
    *text_put_integer(now, clock_wall_ms() / 1000) = '\0';
    const char *const pairs[][2] = {
        {"phase", "rehearsal"}, {"publication", "live"}, {"bulletin_due", now}, {"schema", STORE_SCHEMA}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        enum turnout_error failed = set_once(redis, meta_key, pairs[i][0], pairs[i][1], error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

static enum turnout_error check_province(struct redisContext *redis, const struct election *election,
                                         const struct claim *claim, const struct area *province,
                                         struct store_prepared *prepared, struct error *error)
{
    struct province_keys keys;
    province_keys_init(&keys, election, province->code);
    const struct slice arguments[] = {slice_of("HMGET"),      slice_of(keys.text[KEY_TOTALS]),
                                      slice_of("revision"),   slice_of("voted"),
                                      slice_of("generation"), slice_of("phase")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 6, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!reply_is_list_of(reply, 4) || reply->element[0]->type != REDIS_REPLY_STRING) {
        failed = error_fail(error, TURNOUT_CONFLICT, "redis",
                            "%s is gone, though the election was seeded: restore Redis's data%s",
                            keys.text[KEY_TOTALS],
                            claim->phase == PHASE_REHEARSAL ? ", or begin again with `turnout reset`" : "");
    } else if (!slice_equals(reply_text(reply->element[2]), claim->generation)) {
        failed =
            error_fail(error, TURNOUT_CONFLICT, "redis",
                       "%s is of another generation than the election's meta: Redis holds parts of two "
                       "counts. Put its files back, or give up what is missing with `turnout accept-loss`",
                       keys.text[KEY_TOTALS]);
    } else {
        prepared->revision += reply_count(reply->element[0]);
        prepared->voted += reply_count(reply->element[1]);
        prepared->was_opening =
            prepared->was_opening || slice_equals(reply_text(reply->element[3]), PHASE_OPENING);
    }
    freeReplyObject(reply);
    return failed;
}

static enum turnout_error check_provinces(struct redisContext *redis, const struct store_options *options,
                                          const struct claim *claim, struct store_prepared *prepared,
                                          struct error *error)
{
    for (uint32_t province = 1; province <= options->reg->province_count; province++) {
        enum turnout_error failed =
            check_province(redis, options->election, claim, &options->reg->areas[province], prepared, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
    }
    return TURNOUT_OK;
}

enum turnout_error seeding_ensure(struct redisContext *redis, const struct store_options *options,
                                  const struct seeding *seeding, struct store_prepared *ret_prepared,
                                  struct error *error)
{
    char meta_key[REDIS_KEY_BYTES];
    struct claim claim = {.files = seeding->files};
    struct store_prepared prepared = {.revision = 0};
    redis_key_meta(options->election, meta_key);
    sodium_bin2hex(claim.digest, sizeof claim.digest, options->reg->digest, REGISTER_DIGEST_BYTES);

    enum turnout_error failed = check_known(redis, meta_key, seeding->known, &prepared.is_given_up, error);
    if (failed == TURNOUT_OK) {
        failed = check_schema(redis, options->election, meta_key, &claim.is_seeded, error);
    }
    if (failed == TURNOUT_OK) {
        failed = unfinished_change_end(redis, options->election, claim.files, error);
    }
    if (failed == TURNOUT_OK) {
        failed = claim_election(redis, options, meta_key, &claim, error);
    }
    if (failed == TURNOUT_OK && !claim.is_seeded) {
        failed = seed(redis, options, meta_key, &claim, error);
    }
    if (failed == TURNOUT_OK) {
        failed = check_provinces(redis, options, &claim, &prepared, error);
    }
    if (failed == TURNOUT_OK && prepared.was_opening) {
        failed = unfinished_opening_end(redis, options, claim.generation, claim.phase, error);
    }
    if (failed == TURNOUT_OK) {
        failed = election_times_claim(redis, options, meta_key, &prepared.has_other_times, error);
    }
    if (failed == TURNOUT_OK) {
        prepared.is_new = !claim.is_seeded;
        prepared.phase = claim.phase;
        memcpy(prepared.generation, claim.generation, sizeof prepared.generation);
        *ret_prepared = prepared;
    }
    return failed;
}

enum turnout_error seeding_agree_on_key(struct redisContext *redis, const struct election *election,
                                        const char *key, struct store_prepared *ret_prepared,
                                        struct error *error)
{
    char meta_key[REDIS_KEY_BYTES];
    redis_key_meta(election, meta_key);
    enum turnout_error failed =
        key == NULL ? TURNOUT_OK : set_once(redis, meta_key, "signing_key", key, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const struct slice arguments[] = {slice_of("HGET"), slice_of(meta_key), slice_of("signing_key")};
    redisReply *reply;
    failed = redis_sync_command(redis, 3, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        unsigned char public_key[PUBLIC_KEY_BYTES];
        struct slice text = reply_text(reply);
        if (text.length > 0 && !public_key_parse(text, public_key)) {
            failed =
                error_fail(error, TURNOUT_CONFLICT, "redis", "%s signing_key is no public key", meta_key);
        } else {
            bool fits = slice_copy(text, ret_prepared->signing_key, sizeof ret_prepared->signing_key);
            assert(fits);
        }
        freeReplyObject(reply);
    }
    return failed;
}

enum turnout_error seeding_pass_bulletins(struct redisContext *redis, const struct election *election,
                                          int64_t number, struct error *error)
{
    char meta_key[REDIS_KEY_BYTES];
    char text[DECIMAL_BYTES_MAX + 1];
    redisReply *reply;
    redis_key_meta(election, meta_key);
    *text_put_integer(text, number) = '\0';
    const struct slice asked[] = {slice_of("HMGET"), slice_of(meta_key), slice_of("bulletin"),
                                  slice_of("bulletin_passed")};
    const struct slice pass[] = {slice_of("FCALL"), slice_of("turnout_bulletin_pass"), slice_of("1"),
                                 slice_of(meta_key), slice_of(text)};
    enum turnout_error failed = redis_sync_command(redis, 4, asked, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool stands = reply_is_list_of(reply, 2) &&
                  (reply_count(reply->element[0]) >= number || reply_count(reply->element[1]) >= number);
    freeReplyObject(reply);
    return stands ? TURNOUT_OK : redis_sync_number(redis, 5, pass, NULL, error);
}
