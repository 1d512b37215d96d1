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

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct store_flagged *flagged = memory_new_array(reply_length(reply), sizeof *flagged);
    size_t count = 0;
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list(reply, why, &error);
    for (size_t i = 0; i < reply_length(reply); i++) {
        struct words_flagged words;
        if (!words_read_flagged(reply_text(reply->element[i]), &words)) {
            failed = error_fail(&error, TURNOUT_BAD_INPUT, "", "flagged: not the words of a report");
            break;
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
    bool is_sound = failed == TURNOUT_OK;
    question->on_flagged(question->context, failed, error.text, is_sound ? flagged : NULL,
                         is_sound ? count : 0);
    free(flagged);
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
