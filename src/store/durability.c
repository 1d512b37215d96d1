/* Reads the durability settings back with CONFIG GET, and asks whether Redis could read back what it has written. */
#include "durability.h"

#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

#include "redis_reply.h"
#include "redis_rights.h"
#include "redis_sync.h"

static const struct requirement {
    const char *name;
    const char *must;
    bool with_maxmemory_only; /* of no consequence while there is no limit */
} requirements[] = {
    {"appendonly", "yes", false},
    {"appendfsync", "always", false},
    {"no-appendfsync-on-rewrite", "no", false},
    {"maxmemory-policy", "noeviction", true},
};

static enum turnout_error check_settings(const redisReply *settings, struct error *error)
{
    bool has_maxmemory = !slice_equals(reply_value(settings, "maxmemory"), "0");
    const char *first_wrong = NULL;
    struct buffer wrong = {0};
    for (size_t i = 0; i < sizeof requirements / sizeof requirements[0]; i++) {
        const struct requirement *requirement = &requirements[i];
        struct slice value = reply_value(settings, requirement->name);
        if (slice_equals(value, requirement->must) || (requirement->with_maxmemory_only && !has_maxmemory)) {
            continue;
        }
        buffer_printf(&wrong, "%s%s is %.*s, must be %s", first_wrong == NULL ? "" : "; ", requirement->name,
                      (int)value.length, value.bytes, requirement->must);
        if (first_wrong == NULL) {
            first_wrong = requirement->name;
        }
    }
    enum turnout_error failed = TURNOUT_OK;
    if (first_wrong != NULL) {
        failed = error_fail(
            error, TURNOUT_CONFLICT, first_wrong,
            "this Redis could lose acknowledged reports (%s): change it, or set durability = relaxed",
            wrong.bytes);
    }
    buffer_done(&wrong);
    return failed;
}

enum turnout_error durability_fail_unanswered(const char *question, const char *redis_error,
                                              struct error *error)
{
    return error_fail(error, TURNOUT_CONFLICT, "redis",
                      "Redis does not tell whether it is durable (%s): allow %s, or set durability = relaxed",
                      redis_error, question);
}

void durability_put_question(struct redis_command *command)
{
    redis_command_begin(command, "CONFIG");
    redis_command_put_text(command, "GET");
    redis_command_put_text(command, "maxmemory");
    for (size_t i = 0; i < sizeof requirements / sizeof requirements[0]; i++) {
        redis_command_put_text(command, requirements[i].name);
    }
}

enum turnout_error durability_judge(const redisReply *settings, struct error *error)
{
    if (settings->type == REDIS_REPLY_ERROR) {
        return durability_fail_unanswered("CONFIG GET", settings->str, error);
    }
    return settings->type == REDIS_REPLY_ARRAY
               ? check_settings(settings, error)
               : error_fail(error, TURNOUT_CONFLICT, "redis",
                            "Redis answered CONFIG GET with something else than a list");
}

/* What a function writes stands in the append-only file as a transaction, and Redis 7 carries one out again, when it
 * starts, only as far as its user `default` may, even if nobody can log in as that user. What it may not is left out
 * without a word to anybody. */
enum turnout_error durability_fail_loading(const char *command, struct error *error)
{
    return error_fail(error, TURNOUT_CONFLICT, "redis",
                      "this Redis would forget acknowledged reports when it starts again, because its "
                      "user default may not %s: leave it all its rights, even where it is off, as "
                      "config/redis/users.acl does, or set durability = relaxed",
                      command);
}

/* A question got no answer, or an error. */
static enum turnout_error fail_question(const struct redisContext *redis, enum turnout_error failed,
                                        const char *question, const struct error *denied, struct error *error)
{
    return redis->err != 0 ? error_fail(error, failed, denied->field, "%s", denied->text)
                           : durability_fail_unanswered(question, denied->text, error);
}

enum turnout_error durability_check(struct redisContext *redis, struct error *error)
{
    struct redis_command question;
    redisReply *reply;
    struct error denied;
    durability_put_question(&question);
    enum turnout_error failed = redis_sync_send(redis, "CONFIG", &question, &reply, &denied);
    if (failed != TURNOUT_OK) {
        return fail_question(redis, failed, "CONFIG GET", &denied, error);
    }
    failed = durability_judge(reply, error);
    freeReplyObject(reply);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    const char *refused;
    failed = redis_rights_check(redis, "default", &refused, &denied);
    if (failed != TURNOUT_OK) {
        return fail_question(redis, failed, "ACL DRYRUN", &denied, error);
    }
    return refused == NULL ? TURNOUT_OK : durability_fail_loading(refused, error);
}
