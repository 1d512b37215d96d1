/* Reading ledgers: the newest entries of one, or those behind an entry that is known. */
#include <turnout/store/store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "store_private.h"

struct ledger_question {
    const struct election_register *reg;
    bool newest_first; /* as Redis answers it */
    store_ledger_fn *on_ledger;
    void *context;
};

static struct slice text_of(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? (struct slice){reply->str, reply->len} : slice_of("");
}

/* The value of a field in names and values in turn; empty when it is not there. */
static struct slice value_of(const redisReply *pairs, const char *name)
{
    for (size_t i = 0; i + 1 < pairs->elements; i += 2) {
        if (slice_equals(text_of(pairs->element[i]), name)) {
            return text_of(pairs->element[i + 1]);
        }
    }
    return slice_of("");
}

static bool read_entry(const redisReply *pairs, const struct election_register *reg,
                       struct ledger_entry *ret_entry)
{
    uint64_t when_ms;
    uint64_t seq = 0;
    *ret_entry = (struct ledger_entry){.unit = REGISTER_NONE};
    if (pairs->type != REDIS_REPLY_ARRAY ||
        !text_parse_unsigned(value_of(pairs, "when"), INT64_MAX, &when_ms) ||
        !ledger_kind_parse(value_of(pairs, "kind"), &ret_entry->kind) ||
        !slice_copy(value_of(pairs, "before"), ret_entry->before, sizeof ret_entry->before) ||
        !slice_copy(value_of(pairs, "after"), ret_entry->after, sizeof ret_entry->after) ||
        !slice_copy(value_of(pairs, "reason"), ret_entry->reason, sizeof ret_entry->reason)) {
        return false;
    }
    ret_entry->when_ms = (int64_t)when_ms;
    if (!ledger_kind_is_of_unit(ret_entry->kind)) {
        return true;
    }
    uint64_t count;
    ret_entry->unit = register_find_unit(reg, value_of(pairs, "unit"));
    bool is_sound = ret_entry->unit != REGISTER_NONE &&
                    text_parse_unsigned(value_of(pairs, "seq"), SEQ_MAX, &seq) &&
                    text_parse_unsigned(slice_of(ret_entry->before), VOTERS_MAX, &count) &&
                    text_parse_unsigned(slice_of(ret_entry->after), VOTERS_MAX, &count);
    ret_entry->seq = (int32_t)seq;
    return is_sound;
}

/* Entry `index` counted from the oldest. */
static const redisReply *entry_at(const struct ledger_question *question, const redisReply *reply,
                                  size_t index)
{
    return reply->element[question->newest_first ? reply->elements - 1 - index : index];
}

static bool read_entries(const struct ledger_question *question, const redisReply *reply,
                         struct ledger_entry *ret_entries)
{
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *entry = entry_at(question, reply, i);
        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
            !read_entry(entry->element[1], question->reg, &ret_entries[i])) {
            return false;
        }
    }
    return true;
}

static void answer_ledger(const struct ledger_question *question, const redisReply *reply)
{
    struct ledger_entry *entries = memory_new_array(reply->elements, sizeof *entries);
    struct store_ledger ledger = {.entries = entries, .count = reply->elements};
    if (!read_entries(question, reply, entries)) {
        question->on_ledger(question->context, TURNOUT_BAD_INPUT, "the ledger holds an entry that is none",
                            NULL);
    } else {
        if (ledger.count > 0) {
            struct slice last_id = text_of(entry_at(question, reply, ledger.count - 1)->element[0]);
            (void)slice_copy(last_id, ledger.last_id, sizeof ledger.last_id);
        }
        question->on_ledger(question->context, TURNOUT_OK, "", &ledger);
    }
    free(entries);
}

static void on_ledger_reply(void *context, const redisReply *reply, const char *why)
{
    struct ledger_question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_ledger(question, reply);
    } else {
        question->on_ledger(question->context,
                            store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE,
                            store_word_of(reply, why), NULL);
    }
    free(question);
}

void store_read_ledger(struct store *store, uint32_t province, const char *after_id,
                       store_ledger_fn *on_ledger, void *context)
{
    char election_key[REDIS_KEY_BYTES];
    struct province_keys keys;
    const char *key = election_key;
    if (province == REGISTER_NATION) {
        redis_key_ledger(store_election(store), election_key);
    } else {
        store_keys_of(store, province, &keys);
        key = keys.text[KEY_LEDGER];
    }
    bool newest_first = after_id[0] == '\0';
    char from[STORE_LEDGER_ID_BYTES + 1];
    char most[16];
    (void)snprintf(from, sizeof from, "(%s", after_id);
    (void)snprintf(most, sizeof most, "%d", (int)STORE_LEDGER_READ_MAX);
    const struct slice arguments[] = {
        slice_of(newest_first ? "XREVRANGE" : "XRANGE"),
        slice_of(key),
        slice_of(newest_first ? "+" : from),
        slice_of(newest_first ? "-" : "+"),
        slice_of("COUNT"),
        slice_of(most),
    };
    struct ledger_question *question = memory_new(sizeof *question);
    *question = (struct ledger_question){store_register(store), newest_first, on_ledger, context};
    store_send(store, sizeof arguments / sizeof arguments[0], arguments, on_ledger_reply, question);
}
