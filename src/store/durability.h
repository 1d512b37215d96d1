/* Whether Redis is set up so that what it has answered is on the disk (DESIGN section 1, promise 1). */
#ifndef TURNOUT_STORE_DURABILITY_H
#define TURNOUT_STORE_DURABILITY_H

#include <turnout/base/error.h>

#include "redis_command.h"

struct redisContext;
struct redisReply;

/* TURNOUT_OK when it is, and will be read from there again. TURNOUT_CONFLICT names every setting that is not as it must
 * be, or says that Redis could not read back what it wrote, or that it does not let itself be asked. */
enum turnout_error durability_check(struct redisContext *redis, struct error *error);

/* The same in pieces, for callers that do not block. */

/* Asks for the settings, and judges the reply: TURNOUT_CONFLICT as above. */
void durability_put_question(struct redis_command *command);
enum turnout_error durability_judge(const struct redisReply *settings, struct error *error);

/* Redis reads its file back with the rights of its user `default`, who may not use `command`. TURNOUT_CONFLICT. */
enum turnout_error durability_fail_loading(const char *command, struct error *error);

/* Redis answered a question with an error; one that does not tell leaves us in the dark, which is no durability either.
 * TURNOUT_CONFLICT. */
enum turnout_error durability_fail_unanswered(const char *question, const char *redis_error,
                                              struct error *error);

#endif
