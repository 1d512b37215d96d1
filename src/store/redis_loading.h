/* How far a Redis is that still loads its data: it answers everything else with an error that begins with LOADING. */
#ifndef TURNOUT_STORE_REDIS_LOADING_H
#define TURNOUT_STORE_REDIS_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "redis_command.h"

struct redisReply;

/* Whether an error says so. */
bool redis_loading_is(const char *redis_error);

void redis_loading_put_question(struct redis_command *command);

/* From the answer: "Redis loads its data: 37 %, 12 s to go", and how many bytes it has loaded. Where Redis does not
 * tell, only that it loads, and 0. */
void redis_loading_read(const struct redisReply *info, char *ret_words, size_t capacity,
                        int64_t *ret_loaded_bytes);

#endif
