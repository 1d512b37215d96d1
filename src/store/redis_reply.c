/* Reading replies. */
#include "redis_reply.h"

#include <string.h>

#include <hiredis/hiredis.h>

struct slice reply_text(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? (struct slice){reply->str, reply->len} : slice_of("");
}

struct slice reply_head(const redisReply *reply)
{
    return reply_length(reply) > 0 ? reply_text(reply->element[0]) : slice_of("");
}

int64_t reply_count(const redisReply *reply)
{
    int64_t count = 0;
    (void)text_parse_integer(reply_text(reply), 0, INT64_MAX / 2, &count);
    return count;
}

bool reply_is_list_of(const redisReply *reply, size_t count)
{
    return reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == count;
}

size_t reply_length(const redisReply *reply)
{
    return reply != NULL && reply->type == REDIS_REPLY_ARRAY ? reply->elements : 0;
}

struct slice reply_value(const redisReply *list, const char *name)
{
    for (size_t i = 0; i + 1 < list->elements; i += 2) {
        if (slice_equals(reply_text(list->element[i]), name)) {
            return reply_text(list->element[i + 1]);
        }
    }
    return slice_of("");
}

int64_t reply_info_number(const redisReply *info, const char *name, int64_t absent)
{
    const char *at = info->type == REDIS_REPLY_STRING ? strstr(info->str, name) : NULL;
    int64_t value = absent;
    if (at != NULL) {
        at += strlen(name);
        (void)text_parse_integer((struct slice){at, strspn(at, "0123456789")}, 0, INT64_MAX, &value);
    }
    return value;
}

static enum turnout_error want(bool is_wanted, const redisReply *reply, const char *why, struct error *error)
{
    return is_wanted ? TURNOUT_OK : error_fail(error, reply_error(reply), "", "%s", reply_words(reply, why));
}

enum turnout_error reply_want_list(const redisReply *reply, const char *why, struct error *error)
{
    return want(reply != NULL && reply->type == REDIS_REPLY_ARRAY, reply, why, error);
}

enum turnout_error reply_want_list_of(const redisReply *reply, size_t count, const char *why,
                                      struct error *error)
{
    return want(reply_is_list_of(reply, count), reply, why, error);
}

enum turnout_error reply_want_number(const redisReply *reply, const char *why, struct error *error)
{
    return want(reply != NULL && reply->type == REDIS_REPLY_INTEGER, reply, why, error);
}

const char *reply_words(const redisReply *reply, const char *why)
{
    if (reply == NULL) {
        return why;
    }
    return reply->type == REDIS_REPLY_ERROR ? reply->str : "Redis answered something unexpected";
}

bool reply_is_about_content(const char *redis_error)
{
    return strncmp(redis_error, "TURNOUT ", 8) == 0 || strncmp(redis_error, "WRONGTYPE ", 10) == 0;
}

enum turnout_error reply_error(const redisReply *reply)
{
    bool is_content =
        reply != NULL && (reply->type != REDIS_REPLY_ERROR || reply_is_about_content(reply->str));
    return is_content ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE;
}
