/* Asks with ACL DRYRUN, which writes nothing. */
#include "redis_rights.h"

#include <stdbool.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "redis_sync.h"

enum { WRITE_WORDS = 5, ASK_WORDS = 3 + WRITE_WORDS };

enum turnout_error redis_rights_check(struct redisContext *redis, const char *user, const char **ret_refused,
                                      struct error *error)
{
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
    struct slice question[ASK_WORDS] = {slice_of("ACL"), slice_of("DRYRUN"), slice_of(user)};
    for (size_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        for (int word = 0; word < writes[i].count; word++) {
            question[ASK_WORDS - WRITE_WORDS + word] = slice_of(writes[i].words[word]);
        }
        redisReply *reply;
        enum turnout_error failed =
            redis_sync_command(redis, ASK_WORDS - WRITE_WORDS + writes[i].count, question, &reply, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        bool may = reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
        freeReplyObject(reply);
        if (!may) {
            *ret_refused = writes[i].words[0];
            return TURNOUT_OK;
        }
    }
    *ret_refused = NULL;
    return TURNOUT_OK;
}
