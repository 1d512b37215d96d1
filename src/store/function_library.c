/* Compares the function library in Redis with ours (FUNCTION LIST), and loads it (FUNCTION LOAD). */
#include "function_library.h"

#include <stdbool.h>

#include <hiredis/hiredis.h>

#include <turnout/base/text.h>

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

/* FUNCTION LIST answers with a list of libraries, each a list of names and values in turn. Empty: there is none. */
static struct slice code_of(const redisReply *libraries)
{
    return reply_is_list_of(libraries, 1) ? reply_value(libraries->element[0], "library_code") : slice_of("");
}

/* It stands in the second line; 0 where it does not. */
static uint64_t number_of(struct slice code)
{
    uint64_t number = 0;
    (void)text_split(&code, '\n');
    struct slice line = text_split(&code, '\n');
    bool is_numbered = slice_equals(text_split(&line, ' '), "--") &&
                       slice_equals(text_split(&line, ' '), "number") &&
                       text_parse_unsigned(line, UINT64_MAX, &number);
    return is_numbered ? number : 0;
}

enum library_found function_library_compare(const redisReply *libraries)
{
    struct slice code = code_of(libraries);
    uint64_t theirs = number_of(code);
    uint64_t ours = number_of(slice_of(turnout_lua));
    return slice_equals(code, turnout_lua)     ? LIBRARY_OURS
           : code.length == 0 || theirs < ours ? LIBRARY_OLDER
           : theirs == ours                    ? LIBRARY_ANOTHER
                                               : LIBRARY_NEWER;
}

enum turnout_error function_library_fail(enum library_found found, struct error *error)
{
    return error_fail(
        error, TURNOUT_CONFLICT, "redis",
        "Redis holds the functions of %s turnoutd: servers that share a Redis are of one version, "
        "so start that one here, too",
        found == LIBRARY_NEWER ? "a newer" : "another");
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
    enum library_found found = function_library_compare(reply);
    freeReplyObject(reply);
    if (found == LIBRARY_OURS) {
        return TURNOUT_OK;
    }
    if (found == LIBRARY_NEWER) {
        return function_library_fail(found, error);
    }
    function_library_put_load(&command);
    failed = redis_sync_send(redis, "FUNCTION", &command, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}
