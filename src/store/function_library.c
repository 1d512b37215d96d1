/* Loading the function library where Redis does not hold it. */
#include "function_library.h"

#include <hiredis/hiredis.h>

#include <turnout/base/text.h>

#include "redis_sync.h"
#include "store_private.h"

/* FUNCTION LIST answers with a list of libraries, each a list of names and values in turn. */
static bool holds_our_library(const redisReply *libraries)
{
    if (libraries->type != REDIS_REPLY_ARRAY || libraries->elements != 1) {
        return false;
    }
    const redisReply *library = libraries->element[0];
    for (size_t i = 0; i + 1 < library->elements; i += 2) {
        const redisReply *name = library->element[i];
        const redisReply *value = library->element[i + 1];
        if (name->type == REDIS_REPLY_STRING && value->type == REDIS_REPLY_STRING &&
            slice_equals((struct slice){name->str, name->len}, "library_code")) {
            return slice_equals((struct slice){value->str, value->len}, turnout_lua);
        }
    }
    return false;
}

enum turnout_error function_library_ensure(struct redisContext *redis, struct error *error)
{
    const struct slice list[] = {slice_of("FUNCTION"), slice_of("LIST"), slice_of("LIBRARYNAME"),
                                 slice_of("turnout"), slice_of("WITHCODE")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 5, list, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool loaded = holds_our_library(reply);
    freeReplyObject(reply);
    if (loaded) {
        return TURNOUT_OK;
    }
    const struct slice load[] = {
        slice_of("FUNCTION"), slice_of("LOAD"), slice_of("REPLACE"), {turnout_lua, turnout_lua_length}};
    failed = redis_sync_command(redis, 4, load, &reply, error);
    if (failed == TURNOUT_OK) {
        freeReplyObject(reply);
    }
    return failed;
}
