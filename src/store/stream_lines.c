/* Reading a stream piece by piece. */
#include "stream_lines.h"

#include <stdio.h>

#include <hiredis/hiredis.h>

#include <turnout/store/read.h>

#include "redis_reply.h"

struct slice stream_entry_id(const struct redisReply *entry)
{
    return reply_is_list_of(entry, 2) ? reply_text(entry->element[0]) : slice_of("");
}

struct slice stream_entry_line(const struct redisReply *entry)
{
    bool is_line = reply_is_list_of(entry, 2) && reply_is_list_of(entry->element[1], 2) &&
                   slice_equals(reply_text(entry->element[1]->element[0]), "line");
    return is_line ? reply_text(entry->element[1]->element[1]) : slice_of("");
}

static void ask(struct store *store, const char *name, const char *key, const char *from, const char *to,
                size_t most, redis_link_reply_fn *on_reply, void *context)
{
    struct redis_command command;
    redis_command_begin(&command, name);
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, from);
    redis_command_put_text(&command, to);
    redis_command_put_text(&command, "COUNT");
    redis_command_put_integer(&command, (int64_t)most);
    store_send(store, &command, on_reply, context);
}

void stream_read(struct store *store, const char *key, const char *after_id, const char *until_id,
                 size_t most, redis_link_reply_fn *on_reply, void *context)
{
    char from[STORE_STREAM_ID_BYTES + 1] = "-";
    if (after_id[0] != '\0') {
        (void)snprintf(from, sizeof from, "(%s", after_id);
    }
    ask(store, "XRANGE", key, from, until_id[0] == '\0' ? "+" : until_id, most, on_reply, context);
}

void stream_read_back(struct store *store, const char *key, const char *before_id, bool with_it, size_t most,
                      redis_link_reply_fn *on_reply, void *context)
{
    char from[STORE_STREAM_ID_BYTES + 1] = "+";
    if (before_id[0] != '\0') {
        (void)snprintf(from, sizeof from, "%s%s", with_it ? "" : "(", before_id);
    }
    ask(store, "XREVRANGE", key, from, "-", most, on_reply, context);
}
