/* The function library (proto/turnout.lua) in Redis. */
#ifndef TURNOUT_STORE_FUNCTION_LIBRARY_H
#define TURNOUT_STORE_FUNCTION_LIBRARY_H

#include <stdbool.h>

#include <turnout/base/error.h>

#include "redis_command.h"

struct redisContext;
struct redisReply;

/* Asks for it with its source, and loads it in place of any other of its name. */
void function_library_put_question(struct redis_command *command);
void function_library_put_load(struct redis_command *command);

/* Whether the reply to the question shows exactly ours. */
bool function_library_is_ours(const struct redisReply *libraries);

/* Loads proto/turnout.lua, and waits for it, unless Redis holds exactly that already. */
enum turnout_error function_library_ensure(struct redisContext *redis, struct error *error);

#endif
