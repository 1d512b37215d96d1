/* Reading a commune's log, the newest entries first: each names the one before. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"

struct reading {
    struct store *store;
    uint32_t commune;
    store_line_fn *on_line;
    store_log_read_fn *on_read;
    void *context;
};

static void ask(struct reading *reading, struct slice from);

static void end(struct reading *reading, enum turnout_error error, const char *why)
{
    reading->on_read(reading->context, error, why);
    free(reading);
}

/* The lines of an entry, the last one first. False when the reading is over; *ret_failed is how. */
static bool hand_on_entry(const struct reading *reading, struct slice lines, enum turnout_error *ret_failed,
                          struct error *error)
{
    bool is_first = false;
    while (!is_first) {
        struct slice text;
        struct log_line line;
        is_first = !text_split_last(&lines, '\n', &text);
        *ret_failed = log_line_read(is_first ? lines : text, &line, error);
        if (*ret_failed != TURNOUT_OK || !reading->on_line(reading->context, &line)) {
            return false;
        }
    }
    return true;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct reading *reading = context;
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        end(reading, reply_error(reply), reply_words(reply, why));
        return;
    }
    enum turnout_error failed = TURNOUT_OK;
    struct error error = {.text = ""};
    for (size_t i = 1; i < reply->elements; i++) {
        if (!hand_on_entry(reading, reply_text(reply->element[i]), &failed, &error)) {
            end(reading, failed, error.text);
            return;
        }
    }
    struct slice before = reply_text(reply->element[0]);
    if (slice_equals(before, "-")) {
        end(reading, TURNOUT_OK, "");
    } else {
        ask(reading, before);
    }
}

static void ask(struct reading *reading, struct slice from)
{
    static const int keys[] = {KEY_COMMUNES, KEY_LOG};
    const struct area *commune = &store_register(reading->store)->areas[reading->commune];
    struct redis_command command;
    store_begin_call(reading->store, &command, CALL_READING, "turnout_log", commune->parent, keys, 2);
    redis_command_put_text(&command, commune->code);
    redis_command_put(&command, from);
    redis_command_put_integer(&command, STORE_LOG_ENTRIES_MAX);
    store_send(reading->store, &command, on_reply, reading);
}

void store_read_log(struct store *store, uint32_t commune, store_line_fn *on_line, store_log_read_fn *on_read,
                    void *context)
{
    assert(store_register(store)->areas[commune].level == AREA_COMMUNE);
    struct reading *reading = memory_new(sizeof *reading);
    *reading = (struct reading){store, commune, on_line, on_read, context};
    ask(reading, slice_of(""));
}
