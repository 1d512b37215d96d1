/* Reads what stands of the whole election. */
#include <turnout/store/meta.h>

#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

struct meta_question {
    store_meta_fn *on_meta;
    void *context;
};

/* In the order in which they are asked for. */
enum meta_field {
    META_PHASE,
    META_PUBLICATION,
    META_GENERATION,
    META_DIGEST,
    META_SHOWN,
    META_BULLETIN,
    META_BULLETIN_BEGUN,
    META_BULLETIN_DUE,
    META_BULLETIN_CLOSING,
    META_FIELD_COUNT,
};

static const char *const meta_fields[META_FIELD_COUNT] = {
    [META_PHASE] = "phase",
    [META_PUBLICATION] = "publication",
    [META_GENERATION] = "generation",
    [META_DIGEST] = "digest",
    [META_SHOWN] = "shown",
    [META_BULLETIN] = "bulletin",
    [META_BULLETIN_BEGUN] = "bulletin_begun",
    [META_BULLETIN_DUE] = "bulletin_due",
    [META_BULLETIN_CLOSING] = "bulletin_closing",
};

/* `<number> <cut> <rehearsal or unofficial> <label>` */
static bool read_begun(struct slice text, struct bulletin_begun *begun)
{
    if (text.length == 0) {
        return true;
    }
    struct slice rest = text;
    bool has_numbers = text_parse_integer(text_split(&rest, ' '), 1, INT32_MAX, &begun->number) &&
                       text_parse_integer(text_split(&rest, ' '), 0, INT64_MAX, &begun->cut);
    begun->is_rehearsal = slice_equals(text_split(&rest, ' '), "rehearsal");
    return has_numbers && bulletin_label_is_good(rest) && slice_copy(rest, begun->label, sizeof begun->label);
}

/* `<name> <number of the last bulletin then>` */
static bool read_shown(struct slice text, struct store_meta *meta)
{
    struct slice rest = text;
    return text.length == 0 || (slice_copy(text_split(&rest, ' '), meta->shown, sizeof meta->shown) &&
                                text_parse_integer(rest, 0, INT32_MAX, &meta->shown_bulletin));
}

static const char *read_meta(const redisReply *reply, struct store_meta *ret_meta)
{
    struct slice values[META_FIELD_COUNT];
    for (int field = 0; field < META_FIELD_COUNT; field++) {
        values[field] = reply_text(reply->element[field]);
    }
    *ret_meta = (struct store_meta){.bulletin = reply_count(reply->element[META_BULLETIN]),
                                    .bulletin_due = reply_count(reply->element[META_BULLETIN_DUE]),
                                    .is_closing_due = values[META_BULLETIN_CLOSING].length > 0};
    if (!election_phase_parse(values[META_PHASE], &ret_meta->phase)) {
        return "the election's meta holds no phase";
    }
    if (!publication_mode_parse(values[META_PUBLICATION], &ret_meta->publication)) {
        return "the election's meta holds no publication";
    }
    if (values[META_GENERATION].length == 0 ||
        !slice_copy(values[META_GENERATION], ret_meta->generation, sizeof ret_meta->generation)) {
        return "the election's meta holds no generation";
    }
    if (!read_shown(values[META_SHOWN], ret_meta)) {
        return "the election's meta does not say what is shown";
    }
    if (!read_begun(values[META_BULLETIN_BEGUN], &ret_meta->begun)) {
        return "the election's meta does not say which bulletin was begun";
    }
    if (!words_read_hex(values[META_DIGEST], ret_meta->digest, sizeof ret_meta->digest)) {
        return "the election's meta holds no digest of a register";
    }
    return NULL;
}

static void on_meta_reply(void *context, const redisReply *reply, const char *why)
{
    struct meta_question *question = context;
    if (!reply_is_list_of(reply, META_FIELD_COUNT)) {
        question->on_meta(question->context, reply_error(reply), reply_words(reply, why), NULL);
    } else {
        struct store_meta meta;
        const char *fault = read_meta(reply, &meta);
        question->on_meta(question->context, fault == NULL ? TURNOUT_OK : TURNOUT_BAD_INPUT,
                          fault == NULL ? "" : fault, fault == NULL ? &meta : NULL);
    }
    free(question);
}

void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context)
{
    char key[REDIS_KEY_BYTES];
    redis_key_meta(store_election(store), key);
    struct redis_command command;
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, key);
    for (int field = 0; field < META_FIELD_COUNT; field++) {
        redis_command_put_text(&command, meta_fields[field]);
    }
    struct meta_question *question = memory_new(sizeof *question);
    *question = (struct meta_question){on_meta, context};
    store_send(store, &command, on_meta_reply, question);
}
