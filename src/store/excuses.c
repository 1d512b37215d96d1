/* Noting and reading excuses. */
#include <turnout/store/excuses.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>
#include <turnout/store/read.h>

#include "redis_reply.h"
#include "store_private.h"

/* ---- noting ---- */

struct noting {
    store_excused_fn *on_excused;
    void *context;
};

static void on_noted(void *context, const redisReply *reply, const char *why)
{
    struct noting *noting = context;
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        noting->on_excused(noting->context, reply_error(reply), reply_words(reply, why));
    } else if (reply->integer == 0) {
        noting->on_excused(noting->context, TURNOUT_CONFLICT, "the unit counts something");
    } else {
        noting->on_excused(noting->context, TURNOUT_OK, "");
    }
    free(noting);
}

void store_excuse(struct store *store, uint32_t unit, const struct excuse *excuse,
                  store_excused_fn *on_excused, void *context)
{
    static const int keys[] = {KEY_TOTALS, KEY_UNITS, KEY_EXCUSED};
    const struct election_register *reg = store_register(store);
    struct redis_command command;
    struct buffer words = {0};
    if (excuse->status != EXCUSE_NONE) {
        excuse_write(&words, excuse);
    }
    store_begin_call(store, &command, CALL_WRITING, "turnout_excuse",
                     register_province_of(reg, reg->units[unit].commune), keys, 3);
    redis_command_put_text(&command, reg->units[unit].code);
    redis_command_put(&command, (struct slice){words.bytes, words.length});
    redis_command_put_text(&command, excuse_needs_silence(excuse->status) ? "silent" : "");
    buffer_done(&words);
    struct noting *noting = memory_new(sizeof *noting);
    *noting = (struct noting){on_excused, context};
    store_send(store, &command, on_noted, noting);
}

/* ---- reading ---- */

struct question {
    uint32_t count;
    store_excuses_fn *on_excuses;
    void *context;
};

static void answer_excuses(const struct question *question, const redisReply *reply)
{
    struct excuse *excuses = memory_new_array(question->count, sizeof *excuses);
    struct error error;
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t i = 0; i < question->count && failed == TURNOUT_OK; i++) {
        if (reply->element[i]->type != REDIS_REPLY_NIL) {
            failed = excuse_read(reply_text(reply->element[i]), &excuses[i], &error);
        }
    }
    question->on_excuses(question->context, failed, failed == TURNOUT_OK ? "" : error.text,
                         failed == TURNOUT_OK ? excuses : NULL);
    free(excuses);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    if (reply_is_list_of(reply, question->count)) {
        answer_excuses(question, reply);
    } else {
        question->on_excuses(question->context, reply_error(reply), reply_words(reply, why), NULL);
    }
    free(question);
}

void store_read_excuses(struct store *store, uint32_t first, uint32_t count, store_excuses_fn *on_excuses,
                        void *context)
{
    const struct election_register *reg = store_register(store);
    assert(count > 0 && count <= STORE_UNITS_READ_MAX && first < reg->unit_count &&
           count <= reg->unit_count - first);
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(store, register_province_of(reg, reg->units[first].commune), &keys);
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, keys.text[KEY_EXCUSED]);
    for (uint32_t i = 0; i < count; i++) {
        redis_command_put_text(&command, reg->units[first + i].code);
    }
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){count, on_excuses, context};
    store_send(store, &command, on_reply, question);
}
