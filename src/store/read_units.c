/* Reading what stands of many units. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct question {
    const struct election_register *reg;
    uint32_t first;
    uint32_t count;
    store_units_fn *on_units;
    void *context;
};

/* An absent unit is a silent one. */
static bool read_state(const redisReply *reply, const struct unit *unit, struct unit_state *ret_state)
{
    if (reply->type == REDIS_REPLY_NIL) {
        *ret_state = (struct unit_state){.registered = (int32_t)unit->registered};
        return true;
    }
    return words_read_unit(reply_text(reply), ret_state);
}

static void answer_units(const struct question *question, const redisReply *reply)
{
    const struct unit *units = &question->reg->units[question->first];
    struct unit_state *states = memory_new_array(question->count, sizeof *states);
    uint32_t sound = 0;
    while (sound < question->count && read_state(reply->element[sound], &units[sound], &states[sound])) {
        sound++;
    }
    if (sound == question->count) {
        question->on_units(question->context, TURNOUT_OK, "", states);
    } else {
        struct error error;
        (void)error_fail(&error, TURNOUT_BAD_INPUT, "", "units %s: not the state of a unit",
                         units[sound].code);
        question->on_units(question->context, TURNOUT_BAD_INPUT, error.text, NULL);
    }
    free(states);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    if (reply_is_list_of(reply, question->count)) {
        answer_units(question, reply);
    } else {
        question->on_units(question->context, reply_error(reply), reply_words(reply, why), NULL);
    }
    free(question);
}

void store_read_units(struct store *store, uint32_t first, uint32_t count, store_units_fn *on_units,
                      void *context)
{
    const struct election_register *reg = store_register(store);
    assert(count > 0 && count <= STORE_UNITS_READ_MAX && first < reg->unit_count &&
           count <= reg->unit_count - first);
    uint32_t province = register_province_of(reg, reg->units[first].commune);
    assert(register_province_of(reg, reg->units[first + count - 1].commune) == province);
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(store, province, &keys);
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, keys.text[KEY_UNITS]);
    for (uint32_t i = 0; i < count; i++) {
        redis_command_put_text(&command, reg->units[first + i].code);
    }
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){reg, first, count, on_units, context};
    store_send(store, &command, on_reply, question);
}
