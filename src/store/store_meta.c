/* What stands recorded of the whole election, its phase and what the public sees of it, and changing either. */
#include <turnout/store/store.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "store_private.h"

/* ---- names ---- */

static const char *const phase_names[] = {
    [PHASE_REHEARSAL] = "rehearsal",
    [PHASE_OPEN] = "open",
    [PHASE_CLOSED] = "closed",
};

static const char *const mode_names[] = {
    [PUBLICATION_LIVE] = "live",
    [PUBLICATION_ROUNDS] = "rounds",
    [PUBLICATION_HOLD] = "hold",
};

const char *store_phase_name(enum store_phase phase)
{
    return phase_names[phase];
}

const char *publication_mode_name(enum publication_mode mode)
{
    return mode_names[mode];
}

bool store_phase_parse(struct slice name, enum store_phase *ret_phase)
{
    for (int phase = PHASE_REHEARSAL; phase <= PHASE_CLOSED; phase++) {
        if (slice_equals(name, phase_names[phase])) {
            *ret_phase = (enum store_phase)phase;
            return true;
        }
    }
    return false;
}

bool publication_mode_parse(struct slice name, enum publication_mode *ret_mode)
{
    for (int mode = PUBLICATION_LIVE; mode <= PUBLICATION_HOLD; mode++) {
        if (slice_equals(name, mode_names[mode])) {
            *ret_mode = (enum publication_mode)mode;
            return true;
        }
    }
    return false;
}

/* ---- reading ---- */

struct meta_question {
    store_meta_fn *on_meta;
    void *context;
};

static struct slice text_of(const redisReply *reply)
{
    return reply->type == REDIS_REPLY_STRING ? (struct slice){reply->str, reply->len} : slice_of("");
}

static void on_meta_reply(void *context, const redisReply *reply, const char *why)
{
    struct meta_question *question = context;
    struct store_meta meta;
    bool is_there = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2;
    if (!is_there) {
        question->on_meta(question->context,
                          store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE,
                          store_word_of(reply, why), NULL);
    } else if (!store_phase_parse(text_of(reply->element[0]), &meta.phase)) {
        question->on_meta(question->context, TURNOUT_BAD_INPUT, "the election's meta holds no phase", NULL);
    } else if (!publication_mode_parse(text_of(reply->element[1]), &meta.publication)) {
        question->on_meta(question->context, TURNOUT_BAD_INPUT, "the election's meta holds no publication",
                          NULL);
    } else {
        question->on_meta(question->context, TURNOUT_OK, "", &meta);
    }
    free(question);
}

void store_read_meta(struct store *store, store_meta_fn *on_meta, void *context)
{
    char key[REDIS_KEY_BYTES];
    redis_key_meta(store_election(store), key);
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(key), slice_of("phase"),
                                      slice_of("publication")};
    struct meta_question *question = memory_new(sizeof *question);
    *question = (struct meta_question){on_meta, context};
    store_send(store, sizeof arguments / sizeof arguments[0], arguments, on_meta_reply, question);
}

/* ---- changing ---- */

/* A change under way: for the opening of an election first the provinces, then, as for any other, meta. */
struct changing {
    struct store *store;
    const char *function;
    const char *value;
    char *who;
    int64_t now_ms;
    store_changed_fn *on_changed;
    void *context;
    uint32_t awaited;        /* answers of provinces */
    uint32_t refusing;       /* the first province that holds reports; REGISTER_NONE: none so far */
    enum turnout_error gate; /* what a province's gate failed with */
    char gate_why[ERROR_TEXT_BYTES];
};

/* A question to one province. */
struct gate {
    struct changing *changing;
    uint32_t province;
};

static void conclude(struct changing *changing, enum turnout_error error, const char *why,
                     const struct store_change *change)
{
    changing->on_changed(changing->context, error, why, change);
    free(changing->who);
    free(changing);
}

static enum turnout_error error_of(const redisReply *reply)
{
    return store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE;
}

static bool parse_outcome(struct slice name, enum change_outcome *ret_outcome)
{
    static const char *const names[] = {
        [CHANGE_DONE] = "done", [CHANGE_NONE] = "none", [CHANGE_NOT_ALLOWED] = "not-allowed"};
    for (int outcome = CHANGE_DONE; outcome <= CHANGE_NOT_ALLOWED; outcome++) {
        if (slice_equals(name, names[outcome])) {
            *ret_outcome = (enum change_outcome)outcome;
            return true;
        }
    }
    return false;
}

static void on_change_reply(void *context, const redisReply *reply, const char *why)
{
    struct changing *changing = context;
    struct store_change change = {.province = REGISTER_NONE};
    bool is_answer = reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                     parse_outcome(text_of(reply->element[0]), &change.outcome) &&
                     reply->element[1]->type == REDIS_REPLY_STRING;
    if (!is_answer) {
        conclude(changing, error_of(reply), store_word_of(reply, why), NULL);
        return;
    }
    change.before = reply->element[1]->str;
    conclude(changing, TURNOUT_OK, "", &change);
}

static void change_meta(struct changing *changing)
{
    char meta_key[REDIS_KEY_BYTES];
    char ledger_key[REDIS_KEY_BYTES];
    char now[24];
    redis_key_meta(store_election(changing->store), meta_key);
    redis_key_ledger(store_election(changing->store), ledger_key);
    int length = snprintf(now, sizeof now, "%" PRId64, changing->now_ms);
    assert(length > 0 && (size_t)length < sizeof now);
    const struct slice arguments[] = {
        slice_of("FCALL"),    slice_of(changing->function), slice_of("2"),           slice_of(meta_key),
        slice_of(ledger_key), slice_of(changing->value),    slice_of(changing->who), slice_of(now),
    };
    store_send(changing->store, sizeof arguments / sizeof arguments[0], arguments, on_change_reply, changing);
}

/* ---- opening ---- */

static void send_gate(struct changing *changing, uint32_t province, enum store_phase phase,
                      redis_link_reply_fn *on_reply)
{
    enum { ARGUMENTS = 3 + PROVINCE_KEY_COUNT }; /* all keys but the communes' */
    struct province_keys keys;
    store_keys_of(changing->store, province, &keys);
    char key_count[8];
    int length = snprintf(key_count, sizeof key_count, "%d", PROVINCE_KEY_COUNT - 1);
    assert(length > 0 && (size_t)length < sizeof key_count);
    struct slice arguments[ARGUMENTS] = {slice_of("FCALL"), slice_of("turnout_gate"), slice_of(key_count),
                                         slice_of(keys.text[KEY_TOTALS])};
    int count = 4;
    for (int key = 0; key < PROVINCE_KEY_COUNT; key++) {
        if (key != KEY_TOTALS && key != KEY_COMMUNES) {
            arguments[count++] = slice_of(keys.text[key]);
        }
    }
    arguments[count++] = slice_of(store_phase_name(phase));
    assert(count == ARGUMENTS);
    struct gate *gate = memory_new(sizeof *gate);
    *gate = (struct gate){changing, province};
    store_send(changing->store, count, arguments, on_reply, gate);
}

static void send_gates(struct changing *changing, enum store_phase phase, redis_link_reply_fn *on_reply)
{
    uint32_t provinces = store_register(changing->store)->province_count;
    changing->awaited = provinces;
    for (uint32_t province = 1; province <= provinces; province++) {
        send_gate(changing, province, phase, on_reply);
    }
}

/* The provinces that were opened are empty still, for nobody examines reports in the new phase yet: they count for the
 * rehearsal again. Whatever this fails to reach, asking again will. */
static void on_gate_taken_back(void *context, const redisReply *reply, const char *why)
{
    (void)reply;
    (void)why;
    struct gate *gate = context;
    struct changing *changing = gate->changing;
    free(gate);
    changing->awaited--;
    if (changing->awaited == 0) {
        conclude(changing, TURNOUT_OK, "",
                 &(struct store_change){
                     .outcome = CHANGE_REHEARSAL_STANDS, .before = "", .province = changing->refusing});
    }
}

static void all_gates_answered(struct changing *changing)
{
    if (changing->refusing != REGISTER_NONE) {
        send_gates(changing, PHASE_REHEARSAL, on_gate_taken_back);
    } else if (changing->gate != TURNOUT_OK) {
        conclude(changing, changing->gate, changing->gate_why, NULL);
    } else {
        change_meta(changing);
    }
}

static void on_gate_reply(void *context, const redisReply *reply, const char *why)
{
    struct gate *gate = context;
    struct changing *changing = gate->changing;
    uint32_t province = gate->province;
    free(gate);
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        changing->gate = error_of(reply);
        (void)snprintf(changing->gate_why, sizeof changing->gate_why, "%s", store_word_of(reply, why));
    } else if (reply->integer == 0 && province < changing->refusing) {
        changing->refusing = province;
    }
    changing->awaited--;
    if (changing->awaited == 0) {
        all_gates_answered(changing);
    }
}

/* Only out of the rehearsal is there anything to open: an election that is open or closed counts for real. */
static void on_meta_before_opening(void *context, enum turnout_error error, const char *why,
                                   const struct store_meta *meta)
{
    struct changing *changing = context;
    if (error != TURNOUT_OK) {
        conclude(changing, error, why, NULL);
    } else if (meta->phase == PHASE_REHEARSAL) {
        send_gates(changing, PHASE_OPEN, on_gate_reply);
    } else {
        change_meta(changing);
    }
}

static struct changing *changing_new(struct store *store, const char *function, const char *value,
                                     const char *who, int64_t now_ms)
{
    struct changing *changing = memory_new(sizeof *changing);
    *changing = (struct changing){.store = store,
                                  .function = function,
                                  .value = value,
                                  .who = memory_copy_text(who),
                                  .now_ms = now_ms,
                                  .refusing = REGISTER_NONE};
    return changing;
}

void store_change_phase(struct store *store, enum store_phase phase, const char *who, int64_t now_ms,
                        store_changed_fn *on_changed, void *context)
{
    struct changing *changing = changing_new(store, "turnout_phase", store_phase_name(phase), who, now_ms);
    changing->on_changed = on_changed;
    changing->context = context;
    if (phase == PHASE_OPEN) {
        store_read_meta(store, on_meta_before_opening, changing);
    } else {
        change_meta(changing);
    }
}

void store_change_publication(struct store *store, enum publication_mode mode, const char *who,
                              int64_t now_ms, store_changed_fn *on_changed, void *context)
{
    struct changing *changing =
        changing_new(store, "turnout_publication", publication_mode_name(mode), who, now_ms);
    changing->on_changed = on_changed;
    changing->context = context;
    change_meta(changing);
}
