/* Asking for a province. */
#include <turnout/store/read.h>

#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "province_reply.h"
#include "redis_reply.h"
#include "store_private.h"

struct question {
    struct province_reply_of of;
    store_province_fn *on_province;
    void *context;
};

static void answer_province(const struct question *question, const redisReply *reply)
{
    struct province_reply read;
    struct error error;
    enum turnout_error failed = province_reply_read(&question->of, reply, &read, &error);
    question->on_province(question->context, failed, failed == TURNOUT_OK ? "" : error.text,
                          failed == TURNOUT_OK ? &read.province : NULL);
    province_reply_done(&read);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_province(question, reply);
    } else if (reply != NULL && reply->type == REDIS_REPLY_NIL) {
        question->on_province(question->context, TURNOUT_OK, "", NULL);
    } else {
        question->on_province(question->context, reply_error(reply), reply_words(reply, why), NULL);
    }
    free(question);
}

void store_read_province(struct store *store, uint32_t province, const struct store_version *known,
                         store_province_fn *on_province, void *context)
{
    static const int keys[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_EXCUSED};
    struct redis_command command;
    store_begin_call(store, &command, CALL_READING, "turnout_read", province, keys, 4);
    redis_command_put_integer(&command, known == NULL ? -1 : known->revision);
    redis_command_put_integer(&command, known == NULL ? -1 : known->excuses);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){{store_register(store), province, false}, on_province, context};
    store_send(store, &command, on_reply, question);
}

void store_read_province_units(struct store *store, uint32_t province, store_province_fn *on_province,
                               void *context)
{
    static const int keys[] = {KEY_TOTALS, KEY_COMMUNES, KEY_UNITS, KEY_EXCUSED, KEY_LEDGER};
    struct redis_command command;
    store_begin_call(store, &command, CALL_READING, "turnout_read_units", province, keys, 5);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){{store_register(store), province, true}, on_province, context};
    store_send(store, &command, on_reply, question);
}
