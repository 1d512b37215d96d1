/* Commits: what was decided, in the arguments of turnout_commit, and its answer. */
#include <turnout/store/commit.h>

#include <assert.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "ground_words.h"
#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

/* What is kept of a commit until its answer. */
struct commit {
    struct store *store;
    struct store_counters *counters;
    store_committed_fn *on_committed;
    void *context;
    struct buffer words; /* what the communes' words must be afterwards, each ended by a newline */
    uint32_t line_count;
    size_t count;
    bool written[];
};

/* ---- sending ---- */

static size_t count_silenced(const struct commit_commune *commune)
{
    size_t silenced = 0;
    for (size_t i = 0; i < commune->unit_count; i++) {
        silenced += commune->unit_states[i].seq == 0 ? 1 : 0;
    }
    return silenced;
}

static void put_shape(struct redis_command *command, const struct commit_commune *commune,
                      struct buffer *words)
{
    size_t silenced = count_silenced(commune);
    const size_t counts[] = {
        commune->unit_count - silenced, silenced,
        commune->unit_held_count,       commune->held_count,
        commune->decided_count,         commune->ledger_count,
        commune->flagged_count,         commune->unflagged_count,
    };
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (i > 0) {
            buffer_append_char(words, ' ');
        }
        buffer_append_integer(words, (int64_t)counts[i]);
    }
    redis_command_put_buffer(command, words);
}

static void put_units(struct redis_command *command, const struct election_register *reg,
                      const struct commit_commune *commune, struct buffer *words)
{
    for (size_t i = 0; i < commune->unit_count; i++) {
        if (commune->unit_states[i].seq > 0) {
            redis_command_put_text(command, reg->units[commune->units[i]].code);
            words_write_unit(words, &commune->unit_states[i]);
            redis_command_put_buffer(command, words);
        }
    }
    for (size_t i = 0; i < commune->unit_count; i++) {
        if (commune->unit_states[i].seq == 0) {
            redis_command_put_text(command, reg->units[commune->units[i]].code);
        }
    }
}

static void put_flagged(struct redis_command *command, const struct election_register *reg,
                        const struct commit_flagged *flagged, struct buffer *words)
{
    const struct report_received *received = &flagged->received;
    char flags[RULE_FLAGS_BYTES];
    rules_write_flags(flagged->violations, flags);
    words_write_flagged(words, &(struct words_flagged){.unit = slice_of(reg->units[flagged->unit].code),
                                                       .seq = received->seq,
                                                       .voted = received->voted,
                                                       .as_of = received->as_of,
                                                       .received_ms = received->received_ms,
                                                       .flags = slice_of(flags)});
    redis_command_put_buffer(command, words);
}

static void put_commune(struct redis_command *command, const struct election_register *reg,
                        const struct commit_commune *commune, struct buffer *expected, struct buffer *words)
{
    redis_command_put_text(command, reg->areas[commune->commune].code);
    words_write_expected(words, commune->before);
    redis_command_put_buffer(command, words);
    size_t start = expected->length;
    words_write_commune(expected, commune->after);
    redis_command_put(command, (struct slice){expected->bytes + start, expected->length - start});
    buffer_append_char(expected, '\n');
    words_write_change(words, commune->change);
    redis_command_put_buffer(command, words);
    redis_command_put(command, commune->lines);
    put_shape(command, commune, words);
    put_units(command, reg, commune, words);
    for (size_t i = 0; i < commune->unit_held_count; i++) {
        const struct commit_unit_held *held = &commune->unit_held[i];
        redis_command_put_text(command, reg->units[held->unit].code);
        words_write_held(words, held->reports, held->count);
        redis_command_put_buffer(command, words);
    }
    for (size_t i = 0; i < commune->held_count; i++) {
        redis_command_put_text(command, commune->held[i].id);
        redis_command_put_integer(command, commune->held[i].order);
        redis_command_put(command, commune->held[i].line);
    }
    for (size_t i = 0; i < commune->decided_count; i++) {
        redis_command_put_text(command, commune->decided[i]);
    }
    for (size_t i = 0; i < commune->ledger_count; i++) {
        redis_command_put(command, commune->ledger[i]);
    }
    for (size_t i = 0; i < commune->flagged_count; i++) {
        redis_command_put_integer(command, commune->flagged[i].received.received_ms);
        put_flagged(command, reg, &commune->flagged[i], words);
    }
    for (size_t i = 0; i < commune->unflagged_count; i++) {
        put_flagged(command, reg, &commune->unflagged[i], words);
    }
}

/* ---- the answer ---- */

static void raise_counter(_Atomic uint64_t *counter, uint64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

/* Whether the answer is what was to be written, or says that nothing was. Anything else is no answer to this commit. */
static bool read_written(struct commit *commit, const redisReply *reply)
{
    struct slice words = {commit->words.bytes, commit->words.length};
    for (size_t i = 0; i < commit->count; i++) {
        struct slice expected = text_split(&words, '\n');
        struct slice answer = reply_text(reply->element[i + 1]);
        commit->written[i] = answer.length > 0;
        if (commit->written[i] && !slices_equal(answer, expected)) {
            return false;
        }
        raise_counter(&commit->counters->stale, commit->written[i] ? 0 : 1);
    }
    return true;
}

static bool is_headed(const redisReply *reply, size_t elements, const char *word)
{
    return reply_is_list_of(reply, elements) && slice_equals(reply_text(reply->element[0]), word);
}

/* An error reply says that nothing was written; anything else that is no answer says nothing. */
static enum turnout_error error_of(const redisReply *reply)
{
    if (reply == NULL || reply->type != REDIS_REPLY_ERROR) {
        return TURNOUT_UNAVAILABLE;
    }
    return reply_error(reply) == TURNOUT_BAD_INPUT ? TURNOUT_BAD_INPUT : TURNOUT_CONFLICT;
}

static void on_reply(void *context, const redisReply *reply, const char *why)
{
    struct commit *commit = context;
    struct store_ground standing;
    if (is_headed(reply, commit->count + 1, "done") && read_written(commit, reply)) {
        raise_counter(&commit->counters->commits, 1);
        raise_counter(&commit->counters->lines, commit->line_count);
        commit->on_committed(commit->context, TURNOUT_OK, "", commit->written, commit->count, NULL);
    } else if (is_headed(reply, 4, "ground") && ground_words_read(reply, 1, &standing) == NULL) {
        commit->on_committed(commit->context, TURNOUT_OK, "", NULL, commit->count, &standing);
    } else {
        if (reply != NULL && reply->type != REDIS_REPLY_ERROR) {
            store_distrust(commit->store, "Redis answered a commit with something else");
        }
        commit->on_committed(commit->context, error_of(reply), reply_words(reply, why), NULL, commit->count,
                             NULL);
    }
    buffer_done(&commit->words);
    free(commit);
}

void store_commit(struct store *store, uint32_t province, const struct store_ground *ground,
                  const struct commit_commune *communes, size_t count, store_committed_fn *on_committed,
                  void *context)
{
    static const int keys[] = {KEY_TOTALS,  KEY_COMMUNES, KEY_UNITS,  KEY_LOG,    KEY_HELD,
                               KEY_WAITING, KEY_ASIDE,    KEY_LEDGER, KEY_FLAGGED};
    const struct election_register *reg = store_register(store);
    assert(count > 0);
    struct commit *commit = memory_new(sizeof *commit + count * sizeof commit->written[0]);
    commit->store = store;
    commit->counters = store_counting(store);
    commit->on_committed = on_committed;
    commit->context = context;
    commit->count = count;

    struct redis_command command;
    struct buffer words = {0};
    store_begin_call(store, &command, CALL_WRITING, "turnout_commit", province, keys,
                     sizeof keys / sizeof keys[0]);
    ground_words_put(&command, ground);
    for (size_t i = 0; i < count; i++) {
        assert(reg->areas[communes[i].commune].parent == province && communes[i].line_count > 0);
        put_commune(&command, reg, &communes[i], &commit->words, &words);
        commit->line_count += communes[i].line_count;
    }
    buffer_done(&words);
    store_send(store, &command, on_reply, commit);
}

/* ---- settling ---- */

struct settling {
    store_settled_fn *on_settled;
    void *context;
};

static void on_settle_reply(void *context, const redisReply *reply, const char *why)
{
    struct settling *settling = context;
    struct error error = {.text = ""};
    bool is_settled = reply_want_number(reply, why, &error) == TURNOUT_OK;
    settling->on_settled(settling->context, is_settled ? TURNOUT_OK : TURNOUT_UNAVAILABLE, error.text);
    free(settling);
}

void store_settle(struct store *store, int64_t now_ms, store_settled_fn *on_settled, void *context)
{
    char meta[REDIS_KEY_BYTES];
    redis_key_meta(store_election(store), meta);
    struct redis_command command;
    redis_command_begin_call(&command, "FCALL", "turnout_settle", 1);
    redis_command_put_text(&command, meta);
    redis_command_put_integer(&command, now_ms);
    struct settling *settling = memory_new(sizeof *settling);
    *settling = (struct settling){on_settled, context};
    store_send(store, &command, on_settle_reply, settling);
}
