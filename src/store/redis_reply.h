/* What replies of Redis have in common, for those who read them. */
#ifndef TURNOUT_STORE_REDIS_REPLY_H
#define TURNOUT_STORE_REDIS_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include <turnout/base/error.h>
#include <turnout/base/text.h>

struct redisReply;

/* The text of a string; empty for everything else. */
struct slice reply_text(const struct redisReply *reply);

/* The text of a list's first element; empty for everything else. `reply` may be NULL. */
struct slice reply_head(const struct redisReply *reply);

/* The count that a string says; 0 for everything else. For a summary: the publisher refuses what is no count. */
int64_t reply_count(const struct redisReply *reply);

/* Whether it is a list of `count` elements. `reply` may be NULL. */
bool reply_is_list_of(const struct redisReply *reply, size_t count);

/* TURNOUT_OK when it is what is wanted. Else *error says what it is instead: as reply_error() and reply_words() do. */
enum turnout_error reply_want_list(const struct redisReply *reply, const char *why, struct error *error);
enum turnout_error reply_want_list_of(const struct redisReply *reply, size_t count, const char *why,
                                      struct error *error);
enum turnout_error reply_want_number(const struct redisReply *reply, const char *why, struct error *error);

/* The elements of a list; 0 for everything else. `reply` may be NULL. */
size_t reply_length(const struct redisReply *reply);

/* In a list of names and values in turn, the text of the value behind a name; empty when it is not there. */
struct slice reply_value(const struct redisReply *list, const char *name);

/* The number behind `\nname:` in the text that INFO answers; `absent` where there is none. */
int64_t reply_info_number(const struct redisReply *info, const char *name, int64_t absent);

/* The words of an error: those of Redis, or `why` where `reply` is NULL. */
const char *reply_words(const struct redisReply *reply, const char *why);

/* Whether an error of Redis is about what it holds: asking again will not change that. */
bool reply_is_about_content(const char *redis_error);

/* The same as an error: TURNOUT_BAD_INPUT when Redis holds what it must not, and asking again will not change that;
 * else TURNOUT_UNAVAILABLE. */
enum turnout_error reply_error(const struct redisReply *reply);

#endif
