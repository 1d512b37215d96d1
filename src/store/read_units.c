/* Reading what stands of many units. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct question {
    const struct unit *units;
    uint32_t count;
    store_units_fn *on_units;
    void *context;
};

enum turnout_error store_take_units(const redisReply *list, const struct unit *units,
                                    struct unit_state *ret_states, struct error *error)
{
    for (size_t i = 0; i < list->elements; i++) {
        const redisReply *words = list->element[i];
        ret_states[i] = (struct unit_state){.registered = (int32_t)units[i].registered};
        if (words->type != REDIS_REPLY_NIL && !words_read_unit(reply_text(words), &ret_states[i])) {
            return error_fail(error, TURNOUT_BAD_INPUT, "", "units %s: not the state of a unit",
                              units[i].code);
        }
    }
    return TURNOUT_OK;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct unit_state *states = memory_new_array(question->count, sizeof *states);
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list_of(reply, question->count, why, &error);
    if (failed == TURNOUT_OK) {
        failed = store_take_units(reply, question->units, states, &error);
    }
    question->on_units(question->context, failed, error.text, failed == TURNOUT_OK ? states : NULL);
    free(states);
    free(question);
}

void store_read_units(struct store *store, uint32_t first, uint32_t count, store_units_fn *on_units,
                      void *context)
{
    struct redis_command command;
    assert(count <= STORE_UNITS_READ_MAX);
    store_begin_units(store, &command, KEY_UNITS, first, count);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){&store_register(store)->units[first], count, on_units, context};
    store_send(store, &command, on_reply, question);
}
