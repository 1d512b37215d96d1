/* The ground of a province as Redis keeps it: generation, digest, phase. */
#ifndef TURNOUT_STORE_GROUND_WORDS_H
#define TURNOUT_STORE_GROUND_WORDS_H

#include <stddef.h>

#include <turnout/store/store.h>

#include "redis_command.h"

struct redisReply;

void ground_words_put(struct redis_command *command, const struct store_ground *ground);

/* Reads the elements first .. first + 2 of a list. Returns the field of the province's totals that is not what it must
 * be, or NULL. */
const char *ground_words_read(const struct redisReply *list, size_t first, struct store_ground *ret_ground);

#endif
