/* The function library (proto/turnout.lua) in Redis. */
#ifndef TURNOUT_STORE_FUNCTION_LIBRARY_H
#define TURNOUT_STORE_FUNCTION_LIBRARY_H

#include <turnout/base/error.h>

#include "redis_command.h"

struct redisContext;
struct redisReply;

/* Asks for it with its source, and loads it in place of any other of its name. */
void function_library_put_question(struct redis_command *command);
void function_library_put_load(struct redis_command *command);

/* What Redis holds, held against ours. Libraries have a number: two servers must not load theirs in turn. */
enum library_found {
    LIBRARY_OURS,
    LIBRARY_OLDER,   /* or none at all: ours takes its place at any time */
    LIBRARY_ANOTHER, /* of the same number: ours takes its place at start only */
    LIBRARY_NEWER,   /* ours never takes its place */
};

/* From the reply to the question. */
enum library_found function_library_compare(const struct redisReply *libraries);

/* TURNOUT_CONFLICT, and what to do about one that is LIBRARY_ANOTHER or LIBRARY_NEWER. */
enum turnout_error function_library_fail(enum library_found found, struct error *error);

/* Loads proto/turnout.lua, and waits for it, unless Redis holds exactly that already. TURNOUT_CONFLICT when it holds a
 * newer one. */
enum turnout_error function_library_ensure(struct redisContext *redis, struct error *error);

#endif
