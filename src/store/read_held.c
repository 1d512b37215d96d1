/* Listing held reports, a page at a time: first where those that wait stand in the order of all, then the lines of
 * those on the page. Of a province the order is an index; of a commune it is looked up for what waits of its units. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct waiting {
    struct held_place place;
    uint32_t province;
    bool has_line;
};

struct listing {
    struct store *store;
    uint32_t area;
    uint32_t first_province;
    uint32_t province; /* being asked */
    uint32_t last_province;
    struct held_place after;
    size_t limit;
    store_held_fn *on_held;
    void *context;
    int64_t total;
    bool has_more;
    struct waiting *waiting;
    size_t count;
    struct log_line *lines; /* of waiting[i] at lines[i] */
};

static void end(struct listing *listing, enum turnout_error error, const char *why)
{
    struct store_held_page page = {.total = listing->total, .lines = listing->lines};
    for (size_t i = 0; i < listing->count && error == TURNOUT_OK; i++) {
        if (listing->waiting[i].has_line) { /* else it has been decided meanwhile */
            listing->lines[page.count++] = listing->lines[i];
        }
    }
    if (listing->has_more) {
        page.next = &listing->waiting[listing->count - 1].place;
    }
    listing->on_held(listing->context, error, why, error == TURNOUT_OK ? &page : NULL);
    free(listing->lines);
    free(listing->waiting);
    free(listing);
}

static void fail(struct listing *listing, const redisReply *reply, const char *why)
{
    end(listing, reply_error(reply), reply_words(reply, why));
}

static void fail_for(struct listing *listing, const char *key, const char *why)
{
    struct error error;
    (void)error_fail(&error, TURNOUT_BAD_INPUT, "", "%s: %s", key, why);
    end(listing, TURNOUT_BAD_INPUT, error.text);
}

/* ---- the lines of a page ---- */

static void ask_for_lines(struct listing *listing);

static void on_lines(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY) {
        fail(listing, reply, why);
        return;
    }
    size_t next = 0;
    for (size_t i = 0; i < listing->count; i++) {
        struct waiting *waiting = &listing->waiting[i];
        if (waiting->province != listing->province || next == reply->elements) {
            continue;
        }
        const redisReply *text = reply->element[next++];
        struct error error;
        waiting->has_line = text->type != REDIS_REPLY_NIL;
        if (waiting->has_line && log_line_read(reply_text(text), &listing->lines[i], &error) != TURNOUT_OK) {
            fail_for(listing, "held", error.text);
            return;
        }
    }
    listing->province++;
    ask_for_lines(listing);
}

/* Those of the next province that has any. */
static void ask_for_lines(struct listing *listing)
{
    struct redis_command command;
    bool has_any = false;
    for (; listing->province <= listing->last_province; listing->province++) {
        struct province_keys keys;
        store_keys_of(listing->store, listing->province, &keys);
        for (size_t i = 0; i < listing->count; i++) {
            if (listing->waiting[i].province != listing->province) {
                continue;
            }
            if (!has_any) {
                redis_command_begin(&command, "HMGET");
                redis_command_put_text(&command, keys.text[KEY_HELD]);
                has_any = true;
            }
            redis_command_put_text(&command, listing->waiting[i].place.id);
        }
        if (has_any) {
            store_send(listing->store, &command, on_lines, listing);
            return;
        }
    }
    end(listing, TURNOUT_OK, "");
}

static int compare_places(const struct held_place *one, const struct held_place *other)
{
    if (one->order != other->order) {
        return one->order < other->order ? -1 : 1;
    }
    return strcmp(one->id, other->id);
}

static int compare_waiting(const void *one, const void *other)
{
    return compare_places(&((const struct waiting *)one)->place, &((const struct waiting *)other)->place);
}

/* All that wait behind `after` are known, or as many of each province as the page may have, and one more. */
static void choose(struct listing *listing)
{
    if (listing->count > 0) {
        qsort(listing->waiting, listing->count, sizeof *listing->waiting, compare_waiting);
    }
    if (listing->count > listing->limit) {
        listing->has_more = true;
        listing->count = listing->limit;
    }
    listing->lines = memory_new_array(listing->count, sizeof *listing->lines);
    listing->province = listing->first_province;
    ask_for_lines(listing);
}

static struct held_place *add_waiting(struct listing *listing)
{
    listing->waiting = memory_resize(listing->waiting, listing->count + 1, sizeof *listing->waiting);
    struct waiting *added = &listing->waiting[listing->count++];
    *added = (struct waiting){.province = listing->province};
    return &added->place;
}

static bool read_order(const redisReply *reply, struct held_place *place)
{
    return text_parse_integer(reply_text(reply), 0, INT64_MAX, &place->order);
}

/* ---- what waits in provinces ---- */

static void ask_province(struct listing *listing);

static void on_province(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 == 0 ||
        reply->element[0]->type != REDIS_REPLY_INTEGER) {
        fail(listing, reply, why);
        return;
    }
    listing->total += reply->element[0]->integer;
    for (size_t i = 1; i < reply->elements; i += 2) {
        struct held_place *place = add_waiting(listing);
        if (!read_order(reply->element[i], place) ||
            !slice_copy(reply_text(reply->element[i + 1]), place->id, sizeof place->id)) {
            fail_for(listing, "waiting", "not the ids of held reports");
            return;
        }
        if (compare_places(place, &listing->after) <= 0) {
            listing->count--;
        }
    }
    if (listing->province < listing->last_province) {
        listing->province++;
        ask_province(listing);
    } else {
        choose(listing);
    }
}

static void ask_province(struct listing *listing)
{
    static const int keys[] = {KEY_WAITING};
    struct redis_command command;
    store_begin_call(listing->store, &command, CALL_READING, "turnout_waiting", listing->province, keys, 1);
    redis_command_put_integer(&command, listing->after.order);
    redis_command_put_text(&command, listing->after.id);
    redis_command_put_integer(&command, (int64_t)listing->limit + 1);
    store_send(listing->store, &command, on_province, listing);
}

/* ---- what waits in a commune ---- */

/* What is no longer in the order of all has been decided meanwhile. */
static void on_orders(void *context, const redisReply *reply, const char *why)
{
    struct listing *listing = context;
    if (!reply_is_list_of(reply, listing->count)) {
        fail(listing, reply, why);
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < listing->count; i++) {
        struct waiting waiting = listing->waiting[i];
        bool is_there = reply->element[i]->type != REDIS_REPLY_NIL;
        if (is_there && !read_order(reply->element[i], &waiting.place)) {
            fail_for(listing, "waiting", "not the order of held reports");
            return;
        }
        if (is_there && compare_places(&waiting.place, &listing->after) > 0) {
            listing->waiting[kept++] = waiting;
        }
    }
    listing->count = kept;
    choose(listing);
}

static void ask_for_orders(struct listing *listing)
{
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(listing->store, listing->province, &keys);
    redis_command_begin(&command, "ZMSCORE");
    redis_command_put_text(&command, keys.text[KEY_WAITING]);
    for (size_t i = 0; i < listing->count; i++) {
        redis_command_put_text(&command, listing->waiting[i].place.id);
    }
    store_send(listing->store, &command, on_orders, listing);
}

/* Adds the waiting reports of one unit. False when the words cannot be read. */
static bool add_unit(struct listing *listing, const char *unit, struct slice words)
{
    struct held_report report;
    while (words_next_held(&words, &report)) {
        if (report.state == HELD_WAITING) {
            held_id_write(unit, report.received.seq, add_waiting(listing)->id);
        }
    }
    return words.length == 0;
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
    for (uint32_t i = 0; i < commune->units; i++) {
        const char *unit = reg->units[commune->first_child + i].code;
        if (!add_unit(listing, unit, reply_text(reply->element[i]))) {
            fail_for(listing, "aside", "not the held reports of a unit");
            return;
        }
    }
    listing->total = (int64_t)listing->count;
    if (listing->count > 0) {
        ask_for_orders(listing);
    } else {
        choose(listing);
    }
}

static void ask_commune(struct listing *listing)
{
    const struct election_register *reg = store_register(listing->store);
    const struct area *commune = &reg->areas[listing->area];
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(listing->store, listing->province, &keys);
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, keys.text[KEY_ASIDE]);
    for (uint32_t i = 0; i < commune->units; i++) {
        redis_command_put_text(&command, reg->units[commune->first_child + i].code);
    }
    if (commune->units == 0) {
        redis_command_put_text(&command, commune->code); /* no unit: a field that is not there */
    }
    store_send(listing->store, &command, on_commune, listing);
}

void store_list_held(struct store *store, uint32_t area, const struct held_place *after, size_t limit,
                     store_held_fn *on_held, void *context)
{
    const struct election_register *reg = store_register(store);
    bool is_nation = area == REGISTER_NATION;
    assert(limit > 0 && limit <= STORE_HELD_LISTED_MAX);
    struct listing *listing = memory_new(sizeof *listing);
    *listing = (struct listing){
        .store = store, .area = area, .limit = limit, .on_held = on_held, .context = context};
    if (after != NULL) {
        listing->after = *after;
    }
    listing->first_province = is_nation ? REGISTER_NATION + 1 : register_province_of(reg, area);
    listing->last_province = is_nation ? reg->province_count : listing->first_province;
    listing->province = listing->first_province;
    if (is_nation || area == listing->province) {
        ask_province(listing);
    } else {
        ask_commune(listing);
    }
}
