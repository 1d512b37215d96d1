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

static enum turnout_error read_line(const redisReply *entry, char ret_id[LEDGER_ID_BYTES],
                                    struct log_line *ret_line, struct error *error)
{
    enum turnout_error failed = log_line_read(stream_entry_line(entry), ret_line, error);
    return failed != TURNOUT_OK || slice_copy(stream_entry_id(entry), ret_id, LEDGER_ID_BYTES)
               ? failed
               : error_fail(error, TURNOUT_BAD_INPUT, "", "the id of a ledger's line is too long");
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    size_t count = reply_length(reply);
    struct ledger_entry *entries = memory_new_array(count * LOG_LINE_ENTRIES_MAX, sizeof *entries);
    struct store_ledger ledger = {.entries = entries, .has_more = count == STORE_LEDGER_READ_MAX};
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list(reply, why, &error);
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) {
        struct log_line line;
        failed = read_line(reply->element[i], ledger.last_id, &line, &error);
        size_t more =
            failed == TURNOUT_OK ? log_line_ledger_entries(&line, question->reg, &entries[ledger.count]) : 0;
        for (; more > 0; more--) {
            memcpy(entries[ledger.count++].id, ledger.last_id, LEDGER_ID_BYTES);
        }
    }
    question->on_ledger(question->context, failed, error.text, failed == TURNOUT_OK ? &ledger : NULL);
    free(entries);
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
    stream_read(store, key, after_id, until_id, STORE_LEDGER_READ_MAX, on_reply, question);
}

/* ---- back from the newest ---- */

struct back_question {
    store_ledger_lines_fn *on_lines;
    void *context;
};

static void on_lines_reply(void *context, const redisReply *reply, const char *why)
{
    struct back_question *question = context;
    size_t count = reply_length(reply);
    struct store_ledger_line *lines = memory_new_array(count, sizeof *lines);
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_list(reply, why, &error);
    for (size_t i = 0; i < count && failed == TURNOUT_OK; i++) {
        failed = read_line(reply->element[i], lines[i].id, &lines[i].line, &error);
    }
    question->on_lines(question->context, failed, error.text, failed == TURNOUT_OK ? lines : NULL, count);
    free(lines);
    free(question);
}

void store_read_ledger_back(struct store *store, uint32_t province, const char *before_id, bool with_it,
                            size_t limit, store_ledger_lines_fn *on_lines, void *context)
{
    char key[REDIS_KEY_BYTES];
    name_key(store, province, key);
    struct back_question *question = memory_new(sizeof *question);
    *question = (struct back_question){on_lines, context};
    stream_read_back(store, key, before_id, with_it, limit, on_lines_reply, question);
}
