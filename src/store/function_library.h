/* The function library in Redis. */
#ifndef TURNOUT_STORE_FUNCTION_LIBRARY_H
#define TURNOUT_STORE_FUNCTION_LIBRARY_H

#include <turnout/base/error.h>

struct redisContext;

/* Loads proto/turnout.lua unless Redis holds exactly that already. */
enum turnout_error function_library_ensure(struct redisContext *redis, struct error *error);

#endif
