/* Changes the phase and the publication mode. A phase is changed first in every province, then in meta. Only an
 * opening, which is for all provinces or for none, is different:
 *   1. look whether all provinces can be opened
 *   2. every province that holds no report is `opening`: it takes none, real or test. Where one does hold one, all go
 *      back
 *   3. meta: the election is open from now on
 *   4. every province is open
 * An opening that was interrupted is ended when a phase is asked for again, or by the next start
 * (unfinished_opening.c): before 3 it is begun anew or taken back, after 3 it is finished. Calls of a change that come
 * late, when another one has begun, do nothing. */
#include <turnout/store/meta.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>
#include <turnout/wire/log_line.h>

#include "phase_calls.h"
#include "redis_reply.h"
#include "store_private.h"

/* What is asked of every province next. */
enum step {
    STEP_LOOK,
    STEP_OPENING,
    STEP_BACK,  /* to the rehearsal */
    STEP_PHASE, /* into the phase that is wanted */
    STEP_MODE,  /* nothing, for a mode of publication */
};

/* A change under way. */
struct changing {
    struct store *store;
    enum log_outcome kind; /* LOG_PHASE or LOG_PUBLICATION */
    enum election_phase phase;
    enum election_phase before_phase;
    enum step step;
    const char *value; /* the name of what is wanted */
    const char *before;
    char generation[GENERATION_BYTES]; /* that it was decided under */
    int64_t number;                    /* once it has begun */
    const struct buffer *shown;        /* one a province; NULL: figures are not held back */
    char shown_name[STORE_FROZEN_NAME_BYTES];
    char *who;
    int64_t now_ms;
    store_changed_fn *on_changed;
    void *context;
    bool is_interrupted;       /* an opening that was begun before: a province is not in rehearsal */
    uint32_t awaited;          /* answers of provinces */
    uint32_t refusing;         /* the first province that holds reports; REGISTER_NONE: none so far */
    enum turnout_error failed; /* what was asked of a province failed with */
    char failed_why[ERROR_TEXT_BYTES];
};

/* A question to one province. */
struct question {
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

static void conclude_with(struct changing *changing, enum change_outcome outcome, uint32_t province)
{
    const char *before = outcome == CHANGE_REHEARSAL_STANDS ? "" : changing->before;
    conclude(changing, TURNOUT_OK, "",
             &(struct store_change){.outcome = outcome, .before = before, .province = province});
}

static const char why_changed[] = "somebody else has changed it meanwhile: ask again";

static void note_failure(struct changing *changing, enum turnout_error failed, const char *why)
{
    changing->failed = failed;
    (void)snprintf(changing->failed_why, sizeof changing->failed_why, "%s", why);
}

/* Whether it is a number; what it is instead has been noted. */
static bool is_number(struct changing *changing, const redisReply *reply, const char *why)
{
    struct error error;
    enum turnout_error failed = reply_want_number(reply, why, &error);
    if (failed != TURNOUT_OK) {
        note_failure(changing, failed, error.text);
    }
    return failed == TURNOUT_OK;
}

static void fail(struct changing *changing)
{
    conclude(changing, changing->failed, changing->failed_why, NULL);
}

static bool is_opening(const struct changing *changing)
{
    return changing->kind == LOG_PHASE && changing->before_phase == PHASE_REHEARSAL &&
           changing->phase == PHASE_OPEN;
}

static void begin_step(struct changing *changing, enum step step);
static void ask_provinces(struct changing *changing, enum step step);

static void on_set(void *context, const redisReply *reply, const char *why)
{
    struct changing *changing = context;
    if (is_number(changing, reply, why) && reply->integer != 1) {
        note_failure(changing, TURNOUT_UNAVAILABLE, why_changed);
    }
    if (changing->failed == TURNOUT_OK && is_opening(changing)) {
        ask_provinces(changing, STEP_PHASE);
    } else if (changing->failed == TURNOUT_OK) {
        conclude_with(changing, CHANGE_DONE, REGISTER_NONE);
    } else if (is_opening(changing)) {
        /* By a change of its own: this one may have reached meta, or reach it yet. */
        begin_step(changing, STEP_BACK);
    } else {
        fail(changing);
    }
}

static void set_meta(struct changing *changing)
{
    char meta[REDIS_KEY_BYTES];
    char ledger[REDIS_KEY_BYTES];
    struct buffer line = {0};
    redis_key_meta(store_election(changing->store), meta);
    redis_key_ledger(store_election(changing->store), ledger);
    log_line_write_change(&line, changing->kind, changing->before, changing->value, changing->who,
                          changing->now_ms);
    struct redis_command command;
    redis_command_begin_call(&command, "FCALL", "turnout_set", 2);
    redis_command_put_text(&command, meta);
    redis_command_put_text(&command, ledger);
    redis_command_put_text(&command, changing->generation);
    redis_command_put_integer(&command, changing->number);
    redis_command_put_text(&command, log_outcome_name(changing->kind));
    redis_command_put_text(&command, changing->value);
    redis_command_put(&command, (struct slice){line.bytes, line.length});
    if (changing->shown != NULL) {
        redis_command_put_text(&command, changing->shown_name);
    }
    buffer_done(&line);
    store_send(changing->store, &command, on_set, changing);
}

/* ---- provinces ---- */

static void on_step(struct changing *changing)
{
    bool has_failed = changing->failed != TURNOUT_OK;
    bool is_refused = changing->refusing != REGISTER_NONE;
    if (changing->step == STEP_OPENING && (has_failed || is_refused)) {
        ask_provinces(changing, STEP_BACK);
    } else if (has_failed) {
        fail(changing);
    } else if (changing->step == STEP_LOOK && (changing->is_interrupted || !is_refused)) {
        begin_step(changing, is_refused ? STEP_BACK : STEP_OPENING);
    } else if (is_refused) {
        conclude_with(changing, CHANGE_REHEARSAL_STANDS, changing->refusing);
    } else if (changing->before_phase == changing->phase) {
        conclude_with(changing, CHANGE_NONE, REGISTER_NONE);
    } else if (changing->step == STEP_PHASE && is_opening(changing)) {
        conclude_with(changing, CHANGE_DONE, REGISTER_NONE);
    } else {
        set_meta(changing);
    }
}

static void on_province(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct changing *changing = question->changing;
    uint32_t province = question->province;
    free(question);
    int64_t answer = is_number(changing, reply, why) ? reply->integer : 1;
    if (answer < 0) {
        note_failure(changing, TURNOUT_UNAVAILABLE, why_changed);
    } else if (answer == 0 && changing->step <= STEP_OPENING && province < changing->refusing) {
        changing->refusing = province;
    }
    changing->is_interrupted = changing->is_interrupted || answer == 2;
    changing->awaited--;
    if (changing->awaited == 0) {
        on_step(changing);
    }
}

static void ask_province(struct changing *changing, uint32_t province)
{
    static const char *const words[] = {
        [STEP_LOOK] = PHASE_LOOK, [STEP_OPENING] = PHASE_OPENING, [STEP_BACK] = "rehearsal"};
    struct province_keys keys;
    struct redis_command command;
    store_keys_of(changing->store, province, &keys);
    phase_put(&command, &keys, changing->generation, changing->number,
              changing->step == STEP_PHASE ? changing->value : words[changing->step]);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){changing, province};
    store_send(changing->store, &command, on_province, question);
}

static void ask_provinces(struct changing *changing, enum step step)
{
    uint32_t provinces = store_register(changing->store)->province_count;
    changing->step = step;
    changing->awaited = provinces;
    for (uint32_t province = 1; province <= provinces; province++) {
        ask_province(changing, province);
    }
}

/* ---- what the public is shown ---- */

static void on_shown_kept(void *context, enum turnout_error error, const char *why)
{
    struct changing *changing = context;
    if (error != TURNOUT_OK) {
        note_failure(changing, error, why);
    }
    changing->awaited--;
    if (changing->awaited > 0) {
        return;
    }
    if (changing->failed != TURNOUT_OK) {
        fail(changing);
    } else {
        set_meta(changing);
    }
}

static void keep_shown(struct changing *changing)
{
    uint32_t provinces = store_register(changing->store)->province_count;
    (void)snprintf(changing->shown_name, sizeof changing->shown_name, "shown-%" PRId64, changing->now_ms);
    changing->awaited = provinces;
    for (uint32_t i = 0; i < provinces; i++) {
        struct slice text = {changing->shown[i].bytes, changing->shown[i].length};
        store_keep_frozen(changing->store, i + 1, changing->shown_name, text, on_shown_kept, changing);
    }
}

static void change_mode(struct changing *changing)
{
    if (strcmp(changing->before, changing->value) == 0) {
        conclude_with(changing, CHANGE_NONE, REGISTER_NONE);
    } else if (changing->shown != NULL) {
        keep_shown(changing);
    } else {
        set_meta(changing);
    }
}

/* ---- beginning ---- */

static void on_begun(void *context, const redisReply *reply, const char *why)
{
    struct changing *changing = context;
    struct error error;
    enum turnout_error failed = reply_want_number(reply, why, &error);
    if (failed == TURNOUT_OK && reply->integer > 0) {
        changing->number = reply->integer;
        if (changing->kind == LOG_PHASE) {
            ask_provinces(changing, changing->step);
        } else {
            change_mode(changing);
        }
        return;
    }
    if (changing->failed == TURNOUT_OK) {
        note_failure(changing, failed == TURNOUT_OK ? TURNOUT_UNAVAILABLE : failed,
                     failed == TURNOUT_OK ? why_changed : error.text);
    }
    fail(changing);
}

/* Gets a new number first: from then on no call of an earlier change does anything. */
static void begin_step(struct changing *changing, enum step step)
{
    struct redis_command command;
    change_put_begin(&command, store_election(changing->store), changing->generation,
                     log_outcome_name(changing->kind), changing->before);
    changing->step = step;
    store_send(changing->store, &command, on_begun, changing);
}

/* ---- deciding whether it may be ---- */

/* Where the phase stands already, every province that an interruption left behind is taken along. */
static void change_phase(struct changing *changing, enum election_phase before)
{
    changing->before = election_phase_name(before);
    changing->before_phase = before;
    if (before != changing->phase && !election_phase_may_follow(before, changing->phase)) {
        conclude_with(changing, CHANGE_NOT_ALLOWED, REGISTER_NONE);
    } else if (is_opening(changing)) {
        ask_provinces(changing, STEP_LOOK);
    } else {
        begin_step(changing, changing->phase == PHASE_REHEARSAL ? STEP_BACK : STEP_PHASE);
    }
}

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    struct changing *changing = context;
    if (error != TURNOUT_OK) {
        conclude(changing, error, why, NULL);
        return;
    }
    memcpy(changing->generation, meta->generation, sizeof changing->generation);
    if (changing->kind == LOG_PHASE) {
        change_phase(changing, meta->phase);
    } else {
        changing->before = publication_mode_name(meta->publication);
        begin_step(changing, STEP_MODE);
    }
}

static void begin(struct store *store, const struct changing *wanted, const char *who)
{
    struct changing *changing = memory_new(sizeof *changing);
    *changing = *wanted;
    changing->store = store;
    changing->who = memory_copy_text(who);
    changing->refusing = REGISTER_NONE;
    store_read_meta(store, on_meta, changing);
}

void store_change_phase(struct store *store, enum election_phase phase, const char *who, int64_t now_ms,
                        store_changed_fn *on_changed, void *context)
{
    begin(store,
          &(struct changing){.kind = LOG_PHASE,
                             .phase = phase,
                             .value = election_phase_name(phase),
                             .now_ms = now_ms,
                             .on_changed = on_changed,
                             .context = context},
          who);
}

void store_change_publication(struct store *store, enum publication_mode mode, const struct buffer *shown,
                              const char *who, int64_t now_ms, store_changed_fn *on_changed, void *context)
{
    begin(store,
          &(struct changing){.kind = LOG_PUBLICATION,
                             .value = publication_mode_name(mode),
                             .shown = mode == PUBLICATION_LIVE ? NULL : shown,
                             .now_ms = now_ms,
                             .on_changed = on_changed,
                             .context = context},
          who);
}
