/* Asks with ACL DRYRUN, which writes nothing. */
#include "redis_rights.h"

#include <assert.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "redis_sync.h"

enum { WRITE_WORDS = 5 };

static const struct {
    const char *words[WRITE_WORDS];
    int count;
} writes[] = {
    {{"HSET", "turnout:{}:totals", "voted", "0"}, 4},
    {{"HDEL", "turnout:{}:totals", "phase"}, 3},
    {{"XADD", "turnout:{}:log", "*", "commune", "0"}, 5},
    {{"ZADD", "turnout:{}:waiting", "0", "0"}, 4},
    {{"ZREM", "turnout:{}:waiting", "0"}, 3},
};
_Static_assert(sizeof writes / sizeof writes[0] == RIGHTS_QUESTIONS, "a question for each write");

void redis_rights_put_question(struct redis_command *command, const char *user, int which)
{
    assert(which >= 0 && which < RIGHTS_QUESTIONS);
    redis_command_begin(command, "ACL");
    redis_command_put_text(command, "DRYRUN");
    redis_command_put_text(command, user);
    for (int word = 0; word < writes[which].count; word++) {
        redis_command_put_text(command, writes[which].words[word]);
    }
}

bool redis_rights_may(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
}

const char *redis_rights_command(int which)
{
    assert(which >= 0 && which < RIGHTS_QUESTIONS);
    return writes[which].words[0];
}

const char *redis_rights_user(const struct store_address *address)
{
    return address->user[0] == '\0' ? "default" : address->user;
}

enum turnout_error redis_rights_fail(const char *user, const char *command, struct error *error)
{
    return error_fail(error, TURNOUT_CONFLICT, "redis-user",
                      "Redis does not let %s use %s on the keys of an election: give it the rights that "
                      "turnoutd has in config/redis/users.acl",
                      user, command);
}

enum turnout_error redis_rights_check(struct redisContext *redis, const char *user, const char **ret_refused,
                                      struct error *error)
{
    *ret_refused = NULL;
    for (int which = 0; which < RIGHTS_QUESTIONS && *ret_refused == NULL; which++) {
        struct redis_command question;
        redisReply *reply;
        redis_rights_put_question(&question, user, which);
        enum turnout_error failed = redis_sync_send(redis, "ACL", &question, &reply, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        if (!redis_rights_may(reply)) {
            *ret_refused = redis_rights_command(which);
        }
        freeReplyObject(reply);
    }
    return TURNOUT_OK;
}
