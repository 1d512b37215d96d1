/* Reading a commune's log, the newest entries first: each names the one before. */
#include <turnout/store/read.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"

struct reading {
    struct store *store;
    uint32_t commune;
    struct store_log_place after; /* behind it in the first entry; none when `entry` is empty */
    uint32_t entries;             /* read so far */
    store_line_fn *on_line;
    store_log_read_fn *on_read;
    void *context;
};

void store_log_place_write(const struct store_log_place *place, char ret_text[STORE_LOG_PLACE_BYTES])
{
    int length = snprintf(ret_text, STORE_LOG_PLACE_BYTES, "%s.%" PRIu32, place->entry, place->lines);
    assert(length > 0 && length < STORE_LOG_PLACE_BYTES);
}

bool store_log_place_parse(struct slice text, struct store_log_place *ret_place)
{
    struct slice count = text;
    struct slice entry = text_split(&count, '.');
    struct slice number = entry;
    struct slice time = text_split(&number, '-');
    uint64_t ignored;
    uint64_t lines;
    if (count.bytes == NULL || number.bytes == NULL || !text_parse_unsigned(time, UINT64_MAX, &ignored) ||
        !text_parse_unsigned(number, UINT64_MAX, &ignored) ||
        !text_parse_unsigned(count, UINT32_MAX, &lines)) {
        return false;
    }
    ret_place->lines = (uint32_t)lines;
    return slice_copy(entry, ret_place->entry, sizeof ret_place->entry);
}

static void ask(struct reading *reading, struct slice from);

static void end(struct reading *reading, enum turnout_error error, const char *why, struct slice next)
{
    struct store_log_place place = {.lines = 0};
    bool has_next = next.length > 0 && slice_copy(next, place.entry, sizeof place.entry);
    reading->on_read(reading->context, error, why, has_next ? &place : NULL);
    free(reading);
}

/* The lines of an entry, the last one first, but those that were read before. False when the reading is over;
 * *ret_failed is how. */
static bool hand_on_entry(const struct reading *reading, const redisReply *id, struct slice lines,
                          enum turnout_error *ret_failed, struct error *error)
{
    struct store_log_place place = {.lines = 0};
    uint32_t passed_over = reading->entries == 0 ? reading->after.lines : 0;
    bool is_first = false;
    if (!slice_copy(reply_text(id), place.entry, sizeof place.entry)) {
        *ret_failed = error_fail(error, TURNOUT_BAD_INPUT, "", "the id of an entry is too long");
        return false;
    }
    while (!is_first) {
        struct slice text;
        struct log_line line;
        is_first = !text_split_last(&lines, '\n', &text);
        place.lines++;
        if (place.lines <= passed_over) {
            continue;
        }
        *ret_failed = log_line_read(is_first ? lines : text, &line, error);
        if (*ret_failed != TURNOUT_OK || !reading->on_line(reading->context, &line, &place)) {
            return false;
        }
    }
    return true;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct reading *reading = context;
    if (reply != NULL && reply->type == REDIS_REPLY_NIL) {
        bool is_asked_for = reading->entries == 0; /* else the log itself has led there */
        end(reading, is_asked_for ? TURNOUT_NOT_FOUND : TURNOUT_BAD_INPUT, "no entry of the commune",
            slice_of(""));
        return;
    }
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 == 0) {
        end(reading, reply_error(reply), reply_words(reply, why), slice_of(""));
        return;
    }
    enum turnout_error failed = TURNOUT_OK;
    struct error error = {.text = ""};
    for (size_t i = 1; i < reply->elements; i += 2) {
        if (!hand_on_entry(reading, reply->element[i], reply_text(reply->element[i + 1]), &failed, &error)) {
            end(reading, failed, error.text, slice_of(""));
            return;
        }
        reading->entries++;
    }
    struct slice before = reply_text(reply->element[0]);
    if (slice_equals(before, "-")) {
        end(reading, TURNOUT_OK, "", slice_of(""));
    } else if (reading->entries >= STORE_LOG_READ_MAX) {
        end(reading, TURNOUT_OK, "", before);
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

void store_read_log(struct store *store, uint32_t commune, const struct store_log_place *after,
                    store_line_fn *on_line, store_log_read_fn *on_read, void *context)
{
    assert(store_register(store)->areas[commune].level == AREA_COMMUNE);
    struct reading *reading = memory_new(sizeof *reading);
    *reading = (struct reading){
        .store = store, .commune = commune, .on_line = on_line, .on_read = on_read, .context = context};
    if (after != NULL) {
        reading->after = *after;
    }
    ask(reading, slice_of(reading->after.entry));
}
