/* Reading ledgers: from the beginning or behind a line that is known, and back from the newest. */
#include <turnout/store/read.h>

#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "stream_lines.h"

struct question {
    const struct election_register *reg;
    store_ledger_fn *on_ledger;
    void *context;
};

/* TURNOUT_OK with the entries of all lines, of which each has up to LOG_LINE_ENTRIES_MAX. */
static enum turnout_error read_entries(const struct question *question, const redisReply *reply,
                                       struct ledger_entry *entries, size_t *ret_count, struct error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < reply->elements; i++) {
        struct log_line line;
        enum turnout_error failed = log_line_read(stream_entry_line(reply->element[i]), &line, error);
        if (failed != TURNOUT_OK) {
            return failed;
        }
        size_t more = log_line_ledger_entries(&line, question->reg, &entries[count]);
        for (size_t j = 0; j < more; j++) {
            (void)slice_copy(reply_text(reply->element[i]->element[0]), entries[count + j].id,
                             LEDGER_ID_BYTES);
        }
        count += more;
    }
    *ret_count = count;
    return TURNOUT_OK;
}

static void answer_ledger(const struct question *question, const redisReply *reply)
{
    struct ledger_entry *entries = memory_new_array(reply->elements * LOG_LINE_ENTRIES_MAX, sizeof *entries);
    struct store_ledger ledger = {.entries = entries, .has_more = reply->elements == STORE_LEDGER_READ_MAX};
    struct error error;
    enum turnout_error failed = read_entries(question, reply, entries, &ledger.count, &error);
    if (failed == TURNOUT_OK && reply->elements > 0) {
        struct slice last_id = stream_entry_id(reply->element[reply->elements - 1]);
        if (!slice_copy(last_id, ledger.last_id, sizeof ledger.last_id)) {
            failed = error_fail(&error, TURNOUT_BAD_INPUT, "", "the id of a ledger's line is too long");
        }
    }
    question->on_ledger(question->context, failed, failed == TURNOUT_OK ? "" : error.text,
                        failed == TURNOUT_OK ? &ledger : NULL);
    free(entries);
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_ledger(question, reply);
    } else {
        question->on_ledger(question->context, reply_error(reply), reply_words(reply, why), NULL);
    }
    free(question);
}

/* The key of a province's ledger, or of the election's own. */
static void name_key(const struct store *store, uint32_t province, char ret_key[REDIS_KEY_BYTES])
{
    struct province_keys keys;
    if (province == REGISTER_NATION) {
        redis_key_ledger(store_election(store), ret_key);
    } else {
        store_keys_of(store, province, &keys);
        memcpy(ret_key, keys.text[KEY_LEDGER], REDIS_KEY_BYTES);
    }
}

void store_read_ledger(struct store *store, uint32_t province, const char *after_id, const char *until_id,
                       store_ledger_fn *on_ledger, void *context)
{
    char key[REDIS_KEY_BYTES];
    name_key(store, province, key);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){store_register(store), on_ledger, context};
    stream_lines_read(store, key, after_id, until_id, STORE_LEDGER_READ_MAX, on_reply, question);
}

/* ---- back from the newest ---- */

struct back_question {
    store_ledger_lines_fn *on_lines;
    void *context;
};

static void answer_lines(const struct back_question *question, const redisReply *reply)
{
    struct store_ledger_line *lines = memory_new_array(reply->elements, sizeof *lines);
    struct error error = {.text = ""};
    enum turnout_error failed = TURNOUT_OK;
    for (size_t i = 0; i < reply->elements && failed == TURNOUT_OK; i++) {
        failed = log_line_read(stream_entry_line(reply->element[i]), &lines[i].line, &error);
        if (failed == TURNOUT_OK &&
            !slice_copy(stream_entry_id(reply->element[i]), lines[i].id, sizeof lines[i].id)) {
            failed = error_fail(&error, TURNOUT_BAD_INPUT, "", "the id of a ledger's line is too long");
        }
    }
    question->on_lines(question->context, failed, error.text, failed == TURNOUT_OK ? lines : NULL,
                       reply->elements);
    free(lines);
}

static void on_lines_reply(void *context, const redisReply *reply, const char *why)
{
    struct back_question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_lines(question, reply);
    } else {
        question->on_lines(question->context, reply_error(reply), reply_words(reply, why), NULL, 0);
    }
    free(question);
}

void store_read_ledger_back(struct store *store, uint32_t province, const char *before_id, bool with_it,
                            size_t limit, store_ledger_lines_fn *on_lines, void *context)
{
    char key[REDIS_KEY_BYTES];
    name_key(store, province, key);
    struct back_question *question = memory_new(sizeof *question);
    *question = (struct back_question){on_lines, context};
    stream_lines_read_back(store, key, before_id, with_it, limit, on_lines_reply, question);
}
