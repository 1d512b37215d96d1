/* What stands of the whole election, and changing it: a phase first in every province, then in meta. */
#include <turnout/store/meta.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>
#include <turnout/wire/log_line.h>

#include "redis_reply.h"
#include "store_private.h"
#include "words.h"

/* ---- reading ---- */

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
    META_CHANGES,
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
    [META_CHANGES] = "changes",
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
                                    .is_closing_due = values[META_BULLETIN_CLOSING].length > 0,
                                    .changes = reply_count(reply->element[META_CHANGES])};
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

/* ---- changing ---- */

/* A change under way. */
struct changing {
    struct store *store;
    enum log_outcome kind; /* LOG_PHASE or LOG_PUBLICATION */
    enum election_phase phase;
    const char *value; /* the name of what is wanted */
    const char *before;
    char generation[GENERATION_BYTES]; /* that it was decided under, as are the changes */
    int64_t changes;
    const struct buffer *shown; /* one a province; NULL: figures are not held back */
    char shown_name[STORE_FROZEN_NAME_BYTES];
    char *who;
    int64_t now_ms;
    store_changed_fn *on_changed;
    void *context;
    bool is_looking;           /* whether all provinces can be opened, before the first is */
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

static void on_set(void *context, const redisReply *reply, const char *why)
{
    struct changing *changing = context;
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        conclude(changing, reply_error(reply), reply_words(reply, why), NULL);
    } else if (reply->integer == 1) {
        conclude_with(changing, CHANGE_DONE, REGISTER_NONE);
    } else {
        conclude(changing, TURNOUT_UNAVAILABLE, "somebody else has changed it meanwhile: ask again", NULL);
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
    redis_command_begin(&command, "FCALL");
    redis_command_put_text(&command, "turnout_set");
    redis_command_put_integer(&command, 2);
    redis_command_put_text(&command, meta);
    redis_command_put_text(&command, ledger);
    redis_command_put_text(&command, changing->generation);
    redis_command_put_integer(&command, changing->changes);
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

static void note_failure(struct changing *changing, enum turnout_error failed, const char *why)
{
    changing->failed = failed;
    (void)snprintf(changing->failed_why, sizeof changing->failed_why, "%s", why);
}

/* Out of the rehearsal, and back into it, only where nothing was reported: then the keys that reports leave something in
 * are named. */
static void ask_province(struct changing *changing, uint32_t province, enum election_phase phase,
                         bool if_empty, redis_link_reply_fn *on_reply)
{
    static const int keys[] = {KEY_TOTALS,  KEY_UNITS, KEY_LOG,    KEY_HELD,
                               KEY_WAITING, KEY_ASIDE, KEY_LEDGER, KEY_FLAGGED};
    struct redis_command command;
    store_begin_call(changing->store, &command, CALL_WRITING, "turnout_gate", province, keys,
                     if_empty ? sizeof keys / sizeof keys[0] : 1);
    redis_command_put_text(&command, election_phase_name(phase));
    if (changing->is_looking) {
        redis_command_put_text(&command, "look");
    }
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){changing, province};
    store_send(changing->store, &command, on_reply, question);
}

static void ask_provinces(struct changing *changing, enum election_phase phase, bool if_empty,
                          redis_link_reply_fn *on_reply)
{
    uint32_t provinces = store_register(changing->store)->province_count;
    changing->awaited = provinces;
    for (uint32_t province = 1; province <= provinces; province++) {
        ask_province(changing, province, phase, if_empty, on_reply);
    }
}

/* Opened provinces are rolled back to the rehearsal. Failure is harmless: the next attempt repeats it. */
static void on_rolled_back(void *context, const redisReply *reply, const char *why)
{
    (void)reply;
    (void)why;
    struct question *question = context;
    struct changing *changing = question->changing;
    free(question);
    changing->awaited--;
    if (changing->awaited == 0) {
        conclude_with(changing, CHANGE_REHEARSAL_STANDS, changing->refusing);
    }
}

static void on_province(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct changing *changing = question->changing;
    uint32_t province = question->province;
    free(question);
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        note_failure(changing, reply_error(reply), reply_words(reply, why));
    } else if (reply->integer == 0 && province < changing->refusing) {
        changing->refusing = province;
    }
    changing->awaited--;
    if (changing->awaited > 0) {
        return;
    }
    bool was_looking = changing->is_looking;
    changing->is_looking = false;
    if (changing->refusing != REGISTER_NONE) {
        ask_provinces(changing, PHASE_REHEARSAL, true, on_rolled_back); /* also what was interrupted before */
    } else if (changing->failed != TURNOUT_OK) {
        conclude(changing, changing->failed, changing->failed_why, NULL);
    } else if (was_looking) {
        ask_provinces(changing, changing->phase, true, on_province);
    } else {
        set_meta(changing);
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
        conclude(changing, changing->failed, changing->failed_why, NULL);
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

/* ---- deciding whether it may be ---- */

static void change_phase(struct changing *changing, enum election_phase before)
{
    changing->before = election_phase_name(before);
    if (before == changing->phase) {
        conclude_with(changing, CHANGE_NONE, REGISTER_NONE);
    } else if (!election_phase_may_follow(before, changing->phase)) {
        conclude_with(changing, CHANGE_NOT_ALLOWED, REGISTER_NONE);
    } else {
        changing->is_looking = before == PHASE_REHEARSAL;
        ask_provinces(changing, changing->phase, before == PHASE_REHEARSAL, on_province);
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
    changing->changes = meta->changes;
    if (changing->kind == LOG_PHASE) {
        change_phase(changing, meta->phase);
    } else {
        changing->before = publication_mode_name(meta->publication);
        if (strcmp(changing->before, changing->value) == 0) {
            conclude_with(changing, CHANGE_NONE, REGISTER_NONE);
        } else if (changing->shown != NULL) {
            keep_shown(changing);
        } else {
            set_meta(changing);
        }
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
