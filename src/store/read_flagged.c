/* Reading the reports of a province that count though they broke rules. */
#include <turnout/store/read.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct question {
    const struct election_register *reg;
    store_flagged_fn *on_flagged;
    void *context;
};

static void answer_flagged(const struct question *question, const redisReply *reply)
{
    struct store_flagged *flagged = memory_new_array(reply->elements, sizeof *flagged);
    size_t count = 0;
    for (size_t i = 0; i < reply->elements; i++) {
        struct words_flagged words;
        if (!words_read_flagged(reply_text(reply->element[i]), &words)) {
            question->on_flagged(question->context, TURNOUT_BAD_INPUT, "flagged: not the words of a report",
                                 NULL, 0);
            free(flagged);
            return;
        }
        uint32_t unit = register_find_unit(question->reg, words.unit);
        if (unit == REGISTER_NONE) {
            continue; /* of a register that was */
        }
        struct store_flagged *added = &flagged[count++];
        *added = (struct store_flagged){.unit = unit,
                                        .seq = words.seq,
                                        .voted = words.voted,
                                        .as_of = words.as_of,
                                        .received_ms = words.received_ms};
        bool fits = slice_copy(words.flags, added->flags, sizeof added->flags);
        assert(fits);
    }
    question->on_flagged(question->context, TURNOUT_OK, "", flagged, count);
    free(flagged);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_flagged(question, reply);
    } else {
        question->on_flagged(question->context, reply_error(reply), reply_words(reply, why), NULL, 0);
    }
    free(question);
}

void store_read_flagged(struct store *store, uint32_t province, store_flagged_fn *on_flagged, void *context)
{
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(store, province, &keys);
    redis_command_begin(&command, "ZRANGE");
    redis_command_put_text(&command, keys.text[KEY_FLAGGED]);
    redis_command_put_integer(&command, 0);
    redis_command_put_integer(&command, -1);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){store_register(store), on_flagged, context};
    store_send(store, &command, on_reply, question);
}
