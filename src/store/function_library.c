/* FUNCTION LIST and FUNCTION LOAD. */
#include "function_library.h"

#include <hiredis/hiredis.h>

#include "redis_reply.h"
#include "redis_sync.h"
#include "store_private.h"

void function_library_put_question(struct redis_command *command)
{
    redis_command_begin(command, "FUNCTION");
    redis_command_put_text(command, "LIST");
    redis_command_put_text(command, "LIBRARYNAME");
    redis_command_put_text(command, "turnout");
    redis_command_put_text(command, "WITHCODE");
}

void function_library_put_load(struct redis_command *command)
{
    redis_command_begin(command, "FUNCTION");
    redis_command_put_text(command, "LOAD");
    redis_command_put_text(command, "REPLACE");
    redis_command_put(command, (struct slice){turnout_lua, turnout_lua_length});
}

/* FUNCTION LIST answers with a list of libraries, each a list of names and values in turn. */
bool function_library_is_ours(const redisReply *libraries)
{
    if (!reply_is_list_of(libraries, 1)) {
        return false;
    }
    const redisReply *library = libraries->element[0];
    for (size_t i = 0; i + 1 < library->elements; i += 2) {
        if (slice_equals(reply_text(library->element[i]), "library_code")) {
            return slice_equals(reply_text(library->element[i + 1]), turnout_lua);
        }
    }
    return false;
}

enum turnout_error function_library_ensure(struct redisContext *redis, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    function_library_put_question(&command);
    enum turnout_error failed = redis_sync_send(redis, "FUNCTION", &command, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_ours = function_library_is_ours(reply);
    freeReplyObject(reply);
    if (is_ours) {
        return TURNOUT_OK;
    }
    function_library_put_load(&command);
    failed = redis_sync_send(redis, "FUNCTION", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}
