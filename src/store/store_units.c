/* Reading units: one with what it has sent, or many at a time with what stands of them. */
#include <turnout/store/store.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "store_private.h"
#include "unit_text.h"

static enum turnout_error error_of(const redisReply *reply)
{
    return store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE;
}

static struct unit_state silent_state(const struct unit *unit)
{
    return (struct unit_state){.registered = (int32_t)unit->registered};
}

/* An absent unit is a silent one. */
static bool read_state(const redisReply *reply, const struct unit *unit, struct unit_state *ret_state)
{
    if (reply->type == REDIS_REPLY_NIL || (reply->type == REDIS_REPLY_STRING && reply->len == 0)) {
        *ret_state = silent_state(unit);
        return true;
    }
    return reply->type == REDIS_REPLY_STRING &&
           unit_text_parse((struct slice){reply->str, reply->len}, ret_state);
}

/* ---- many ---- */

struct units_question {
    const struct election_register *reg;
    uint32_t first;
    uint32_t count;
    store_units_fn *on_units;
    void *context;
};

static void answer_units(const struct units_question *question, const redisReply *reply)
{
    struct unit_state *states = memory_new_array(question->count, sizeof *states);
    uint32_t sound = 0;
    while (
        sound < question->count &&
        read_state(reply->element[sound], &question->reg->units[question->first + sound], &states[sound])) {
        sound++;
    }
    if (sound == question->count) {
        question->on_units(question->context, TURNOUT_OK, "", states);
    } else {
        question->on_units(question->context, TURNOUT_BAD_INPUT, "a unit's state is not one", NULL);
    }
    free(states);
}

static void on_units_reply(void *context, const redisReply *reply, const char *why)
{
    struct units_question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == question->count) {
        answer_units(question, reply);
    } else {
        question->on_units(question->context, error_of(reply), store_word_of(reply, why), NULL);
    }
    free(question);
}

void store_read_units(struct store *store, uint32_t first, uint32_t count, store_units_fn *on_units,
                      void *context)
{
    enum { WORDS = 2 }; /* HMGET and its key */
    const struct election_register *reg = store_register(store);
    assert(count > 0 && count <= STORE_UNITS_READ_MAX && first < reg->unit_count &&
           count <= reg->unit_count - first);
    uint32_t province = register_province_of(reg, reg->units[first].commune);
    assert(register_province_of(reg, reg->units[first + count - 1].commune) == province);
    struct province_keys keys;
    store_keys_of(store, province, &keys);
    struct slice arguments[WORDS + STORE_UNITS_READ_MAX];
    arguments[0] = slice_of("HMGET");
    arguments[1] = slice_of(keys.text[KEY_UNITS]);
    for (uint32_t i = 0; i < count; i++) {
        arguments[WORDS + i] = slice_of(reg->units[first + i].code);
    }
    struct units_question *question = memory_new(sizeof *question);
    *question = (struct units_question){reg, first, count, on_units, context};
    store_send(store, (int)(WORDS + count), arguments, on_units_reply, question);
}

/* ---- one ---- */

static const char *const field_names[LINE_FIELD_COUNT] = {
    [LINE_SEQ] = "seq",
    [LINE_AS_OF] = "as_of",
    [LINE_VOTED] = "voted",
    [LINE_REGISTERED] = "registered",
    [LINE_KIND] = "kind",
    [LINE_REASON] = "reason",
    [LINE_NOTE] = "note",
    [LINE_KEY] = "key",
    [LINE_VIA] = "via",
    [LINE_ROUND] = "round",
    [LINE_RECEIVED] = "received",
    [LINE_OUTCOME] = "outcome",
    [LINE_VOTED_BEFORE] = "voted_before",
    [LINE_REGISTERED_BEFORE] = "registered_before",
    [LINE_FLAGS] = "flags",
    [LINE_WHO] = "who",
    [LINE_WHY] = "why",
};

const char *store_line_field_name(enum line_field field)
{
    return field_names[field];
}

struct unit_question {
    const struct unit *unit;
    store_unit_fn *on_unit;
    void *context;
};

static void put_field(struct store_log_line *line, const redisReply *name, const char *value)
{
    for (int field = 0; field < LINE_FIELD_COUNT; field++) {
        if (slice_equals((struct slice){name->str, name->len}, field_names[field])) {
            line->values[field] = value;
        }
    }
}

/* Names and values in turn, as Redis keeps them; names that are of no business of ours are passed over. */
static bool read_line(const redisReply *reply, struct store_log_line *ret_line)
{
    for (int field = 0; field < LINE_FIELD_COUNT; field++) {
        ret_line->values[field] = "";
    }
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < reply->elements; i += 2) {
        const redisReply *name = reply->element[i];
        const redisReply *value = reply->element[i + 1];
        if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING ||
            strlen(value->str) != value->len) {
            return false;
        }
        put_field(ret_line, name, value->str);
    }
    return true;
}

static bool read_unit(const redisReply *reply, const struct unit *unit, struct store_unit *ret_unit)
{
    bool is_answer = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 &&
                     reply->elements - 1 <= STORE_LINES_MAX &&
                     read_state(reply->element[0], unit, &ret_unit->state);
    if (!is_answer) {
        return false;
    }
    ret_unit->line_count = reply->elements - 1;
    for (size_t i = 0; i < ret_unit->line_count; i++) {
        if (!read_line(reply->element[i + 1], &ret_unit->lines[i])) {
            return false;
        }
    }
    return true;
}

static void on_unit_reply(void *context, const redisReply *reply, const char *why)
{
    struct unit_question *question = context;
    struct store_unit unit;
    if (read_unit(reply, question->unit, &unit)) {
        question->on_unit(question->context, TURNOUT_OK, "", &unit);
    } else {
        bool is_odd = reply != NULL && reply->type != REDIS_REPLY_ERROR;
        question->on_unit(question->context, is_odd ? TURNOUT_BAD_INPUT : error_of(reply),
                          is_odd ? "the unit's state or log is not one" : store_word_of(reply, why), NULL);
    }
    free(question);
}

void store_read_unit(struct store *store, uint32_t unit, store_unit_fn *on_unit, void *context)
{
    const struct election_register *reg = store_register(store);
    assert(unit < reg->unit_count);
    struct province_keys keys;
    store_keys_of(store, register_province_of(reg, reg->units[unit].commune), &keys);
    const struct slice arguments[] = {
        slice_of("FCALL_RO"),
        slice_of("turnout_unit"),
        slice_of("3"),
        slice_of(keys.text[KEY_UNITS]),
        slice_of(keys.text[KEY_LOG]),
        slice_of(keys.text[KEY_RECENT]),
        slice_of(reg->units[unit].code),
    };
    struct unit_question *question = memory_new(sizeof *question);
    *question = (struct unit_question){&reg->units[unit], on_unit, context};
    store_send(store, sizeof arguments / sizeof arguments[0], arguments, on_unit_reply, question);
}
