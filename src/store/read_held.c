/* Listing held reports: first the ids of those that wait, the longest waiting first, then their lines. Of a province the
 * ids stand in an index by time; of a commune they are gathered from its units. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct listing {
    struct store *store;
    uint32_t area;
    store_held_fn *on_held;
    void *context;
};

static void end(struct listing *listing, enum turnout_error error, const char *why,
                const struct log_line *lines, size_t count)
{
    listing->on_held(listing->context, error, why, lines, count);
    free(listing);
}

static void fail(struct listing *listing, const redisReply *reply, const char *why)
{
    end(listing, reply_error(reply), reply_words(reply, why), NULL, 0);
}

/* ---- the lines ---- */

static void on_lines(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY) {
        fail(listing, reply, why);
        return;
    }
    struct log_line *lines = memory_new_array(reply->elements, sizeof *lines);
    struct error error = {.text = ""};
    enum turnout_error failed = TURNOUT_OK;
    size_t count = 0;
    for (size_t i = 0; i < reply->elements && failed == TURNOUT_OK; i++) {
        if (reply->element[i]->type != REDIS_REPLY_NIL) { /* else it has been decided meanwhile */
            failed = log_line_read(reply_text(reply->element[i]), &lines[count], &error);
            count++;
        }
    }
    end(listing, failed, error.text, failed == TURNOUT_OK ? lines : NULL, failed == TURNOUT_OK ? count : 0);
    free(lines);
}

/* HMGET held and ids, which are put by the caller. */
static void begin_lines(const struct listing *listing, struct redis_command *command)
{
    struct province_keys keys;
    store_keys_of(listing->store, register_province_of(store_register(listing->store), listing->area), &keys);
    redis_command_begin(command, "HMGET");
    redis_command_put_text(command, keys.text[KEY_HELD]);
}

/* ---- the ids of a province ---- */

static void on_ids(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY) {
        fail(listing, reply, why);
    } else if (reply->elements == 0) {
        end(listing, TURNOUT_OK, "", NULL, 0);
    } else {
        struct redis_command command;
        begin_lines(listing, &command);
        for (size_t i = 0; i < reply->elements; i++) {
            redis_command_put(&command, reply_text(reply->element[i]));
        }
        store_send(listing->store, &command, on_lines, listing);
    }
}

/* ---- the ids of a commune ---- */

struct waiting {
    int64_t received_ms;
    char id[HELD_ID_BYTES];
};

static int compare_waiting(const void *one, const void *other)
{
    const struct waiting *a = one;
    const struct waiting *b = other;
    if (a->received_ms != b->received_ms) {
        return a->received_ms < b->received_ms ? -1 : 1;
    }
    return strcmp(a->id, b->id);
}

/* Adds those of one unit that wait. False when the words are none. */
static bool add_waiting(struct slice words, const char *unit, struct waiting **waiting, size_t *count)
{
    struct held_report report;
    while (words_next_held(&words, &report)) {
        if (report.state == HELD_WAITING) {
            *waiting = memory_resize(*waiting, *count + 1, sizeof **waiting);
            struct waiting *added = &(*waiting)[(*count)++];
            added->received_ms = report.received.received_ms;
            held_id_write(unit, report.received.seq, added->id);
        }
    }
    return words.length == 0;
}

static void ask_for_lines(struct listing *listing, struct waiting *waiting, size_t count)
{
    if (count == 0) {
        end(listing, TURNOUT_OK, "", NULL, 0);
        return;
    }
    qsort(waiting, count, sizeof *waiting, compare_waiting);
    struct redis_command command;
    begin_lines(listing, &command);
    for (size_t i = 0; i < count && i < STORE_HELD_LISTED_MAX; i++) {
        redis_command_put_text(&command, waiting[i].id);
    }
    store_send(listing->store, &command, on_lines, listing);
}

static void on_commune(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    const struct election_register *reg = store_register(listing->store);
    const struct area *commune = &reg->areas[listing->area];
    if (!reply_is_list_of(reply, commune->units > 0 ? commune->units : 1)) {
        fail(listing, reply, why);
        return;
    }
    struct waiting *waiting = NULL;
    size_t count = 0;
    for (uint32_t i = 0; i < commune->units; i++) {
        const char *unit = reg->units[commune->first_child + i].code;
        if (reply->element[i]->type != REDIS_REPLY_NIL &&
            !add_waiting(reply_text(reply->element[i]), unit, &waiting, &count)) {
            struct error error;
            (void)error_fail(&error, TURNOUT_BAD_INPUT, "", "aside %s: not the held reports of a unit", unit);
            end(listing, TURNOUT_BAD_INPUT, error.text, NULL, 0);
            free(waiting);
            return;
        }
    }
    ask_for_lines(listing, waiting, count);
    free(waiting);
}

static void ask_for_commune(struct listing *listing, const struct province_keys *keys)
{
    const struct election_register *reg = store_register(listing->store);
    const struct area *commune = &reg->areas[listing->area];
    struct redis_command command;
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, keys->text[KEY_ASIDE]);
    for (uint32_t i = 0; i < commune->units; i++) {
        redis_command_put_text(&command, reg->units[commune->first_child + i].code);
    }
    if (commune->units == 0) {
        redis_command_put_text(&command, commune->code); /* no unit: a field that is not there */
    }
    store_send(listing->store, &command, on_commune, listing);
}

void store_list_held(struct store *store, uint32_t area, store_held_fn *on_held, void *context)
{
    const struct election_register *reg = store_register(store);
    uint32_t province = register_province_of(reg, area);
    struct province_keys keys;
    store_keys_of(store, province, &keys);
    struct listing *listing = memory_new(sizeof *listing);
    *listing = (struct listing){store, area, on_held, context};
    if (area != province) {
        ask_for_commune(listing, &keys);
        return;
    }
    struct redis_command command;
    redis_command_begin(&command, "ZRANGE");
    redis_command_put_text(&command, keys.text[KEY_WAITING]);
    redis_command_put_integer(&command, 0);
    redis_command_put_integer(&command, STORE_HELD_LISTED_MAX - 1);
    store_send(store, &command, on_ids, listing);
}
