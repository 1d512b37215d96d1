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
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_number(reply, why, &error);
    if (failed == TURNOUT_OK && reply->integer == 0) {
        failed = error_fail(&error, TURNOUT_CONFLICT, "", "the unit counts something");
    }
    noting->on_excused(noting->context, failed, error.text);
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
    redis_command_put_buffer(&command, &words);
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

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct excuse *excuses = memory_new_array(question->count, sizeof *excuses);
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list_of(reply, question->count, why, &error);
    for (uint32_t i = 0; i < question->count && failed == TURNOUT_OK; i++) {
        if (reply->element[i]->type != REDIS_REPLY_NIL) {
            failed = excuse_read(reply_text(reply->element[i]), &excuses[i], &error);
        }
    }
    question->on_excuses(question->context, failed, error.text, failed == TURNOUT_OK ? excuses : NULL);
    free(excuses);
    free(question);
}

void store_read_excuses(struct store *store, uint32_t first, uint32_t count, store_excuses_fn *on_excuses,
                        void *context)
{
    struct redis_command command;
    assert(count <= STORE_UNITS_READ_MAX);
    store_begin_units(store, &command, KEY_EXCUSED, first, count);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){count, on_excuses, context};
    store_send(store, &command, on_reply, question);
}
