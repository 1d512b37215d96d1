/* Taking up a change: look, begin, one step for each province, end. Giving one up that was begun and not ended: the
 * steps that were noted down, back in each province, and the end. Only one call is in flight, so Redis is never busy
 * for long. */
#include <turnout/store/take_up.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/wire/register_digest.h>

#include "redis_reply.h"
#include "register_calls.h"
#include "store_private.h"
#include "words.h"

enum { LOOKED_AT_MAX = 1000 }; /* units in one question */

/* A change that is taken up, only looked at, or given up. */
struct taking {
    struct store *store;
    struct register_change *change; /* NULL: what was noted down is given up */
    struct noted_change noted;
    struct buffer *steps; /* of each province */
    char *who;            /* NULL: it is only looked at, or given up */
    char *reason;
    int64_t now_ms;
    store_take_up_fn *on_taken_up;
    void *context;
    bool *heard;
    size_t heard_count;
    size_t next_row; /* to be looked at */
    size_t *asked;   /* rows of the question under way */
    size_t asked_count;
    uint32_t province; /* whose step is under way */
    bool undoes;
};

/* ---- the end ---- */

static void taking_free(struct taking *taking)
{
    for (uint32_t i = 0; i < store_register(taking->store)->province_count; i++) {
        buffer_done(&taking->steps[i]);
    }
    free(taking->steps);
    register_change_release(taking->change);
    free(taking->who);
    free(taking->reason);
    free(taking->heard);
    free(taking->asked);
    free(taking);
}

static void fail(struct taking *taking, const redisReply *reply, const char *why)
{
    taking->on_taken_up(taking->context, reply_error(reply), reply_words(reply, why), NULL);
    taking_free(taking);
}

static void conclude(struct taking *taking, enum take_up_outcome outcome, struct slice digest)
{
    struct take_up take_up = {.outcome = outcome, .heard = taking->heard, .heard_count = taking->heard_count};
    unsigned char other[REGISTER_DIGEST_BYTES];
    if (words_read_hex(digest, other, sizeof other)) {
        register_fingerprint(other, take_up.other);
    }
    taking->on_taken_up(taking->context, TURNOUT_OK, "", &take_up);
    taking_free(taking);
}

static bool is_headed(const redisReply *reply, const char *word)
{
    return slice_equals(reply_head(reply), word);
}

static struct slice second_text(const redisReply *reply)
{
    return reply->elements > 1 ? reply_text(reply->element[1]) : slice_of("");
}

static void on_end(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        fail(taking, reply, why);
    } else if (reply->integer < 0) {
        conclude(taking, TAKE_UP_OVERTAKEN, slice_of(""));
    } else if (taking->undoes && taking->change != NULL) {
        conclude(taking, TAKE_UP_REFUSED, slice_of(""));
    } else {
        conclude(taking, reply->integer == 1 ? TAKE_UP_DONE : TAKE_UP_DONE_BEFORE, slice_of(""));
    }
}

/* ---- the provinces ---- */

static void on_step(void *context, const redisReply *reply, const char *why);

static void next_step(struct taking *taking)
{
    struct redis_command command;
    if (taking->province == store_register(taking->store)->province_count) {
        register_put_end(&command, store_election(taking->store), &taking->noted, taking->undoes);
        store_send(taking->store, &command, on_end, taking);
        return;
    }
    struct province_keys keys;
    const struct buffer *steps = &taking->steps[taking->province++];
    store_keys_of(taking->store, taking->province, &keys);
    register_put_step(&command, &keys, &taking->noted, (struct slice){steps->bytes, steps->length},
                      taking->undoes);
    store_send(taking->store, &command, on_step, taking);
}

static void note_heard(struct taking *taking, size_t row)
{
    taking->heard_count += taking->heard[row] ? 0 : 1;
    taking->heard[row] = true;
}

static void on_back(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    struct slice turn = reply == NULL ? slice_of("") : reply_text(reply);
    if (reply == NULL || reply->type != REDIS_REPLY_STRING ||
        !slice_copy(turn, taking->noted.turn, sizeof taking->noted.turn)) {
        fail(taking, reply, why);
    } else if (turn.length == 0) {
        conclude(taking, TAKE_UP_OVERTAKEN, turn);
    } else {
        taking->undoes = true;
        taking->province = 0;
        next_step(taking);
    }
}

/* To the register before, in every province: one that has not taken its step answers `done`, too. One of a third
 * register answers `other`. One in which a unit has reported that the register before does not have, or has elsewhere,
 * answers `heard`. Then the change stays half done. */
static void go_back(struct taking *taking)
{
    struct redis_command command;
    register_put_back(&command, store_election(taking->store), &taking->noted);
    store_send(taking->store, &command, on_back, taking);
}

/* These units have reported since they were looked at. */
static void note_all_heard(struct taking *taking, const redisReply *reply)
{
    for (size_t unit = 1; unit < reply->elements; unit++) {
        for (size_t row = 0; row < taking->change->count; row++) {
            if (register_row_needs_silence(taking->change->rows[row].kind) &&
                slice_equals(reply_text(reply->element[unit]), taking->change->rows[row].code)) {
                note_heard(taking, row);
            }
        }
    }
}

static void on_step(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    if (is_headed(reply, "done")) {
        next_step(taking);
    } else if (is_headed(reply, "heard") && !taking->undoes) {
        note_all_heard(taking, reply);
        go_back(taking);
    } else if (is_headed(reply, "heard")) {
        conclude(taking, TAKE_UP_STUCK, slice_of(""));
    } else if (is_headed(reply, "other")) {
        conclude(taking, TAKE_UP_OTHER, second_text(reply));
    } else if (is_headed(reply, "overtaken")) {
        conclude(taking, TAKE_UP_OVERTAKEN, slice_of(""));
    } else {
        fail(taking, reply, why);
    }
}

/* ---- the beginning ---- */

/* Redis holds `digest`. If that is the register before, units are in the way, and no change was noted down that could
 * go back. */
static enum take_up_outcome outcome_of_other(const struct taking *taking, struct slice digest)
{
    if (slice_equals(digest, taking->noted.to)) {
        return TAKE_UP_DONE_BEFORE;
    }
    return slice_equals(digest, taking->noted.from) ? TAKE_UP_REFUSED : TAKE_UP_OTHER;
}

static void on_begun(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    if (is_headed(reply, "begun") &&
        slice_copy(second_text(reply), taking->noted.turn, sizeof taking->noted.turn)) {
        if (taking->heard_count > 0) {
            go_back(taking);
        } else {
            next_step(taking);
        }
    } else if (is_headed(reply, "other")) {
        conclude(taking, outcome_of_other(taking, second_text(reply)), second_text(reply));
    } else if (is_headed(reply, "busy")) {
        conclude(taking, TAKE_UP_BUSY, second_text(reply));
    } else {
        fail(taking, reply, why);
    }
}

static void begin(struct taking *taking)
{
    bool is_possible = taking->heard_count == 0 && taking->change->impossible == 0;
    if (!is_possible && (taking->who == NULL || taking->change->impossible > 0)) {
        conclude(taking, TAKE_UP_REFUSED, slice_of(""));
        return;
    }
    if (taking->who == NULL) {
        conclude(taking, TAKE_UP_POSSIBLE, slice_of(""));
        return;
    }
    for (uint32_t i = 0; i < taking->change->before->province_count; i++) {
        register_write_steps(&taking->steps[i], taking->change, i + 1);
    }
    struct redis_command command;
    register_put_begin(&command, store_election(taking->store), &taking->noted);
    if (is_possible) {
        register_put_change(&command, taking->change, taking->steps, taking->who, taking->reason,
                            taking->now_ms);
    }
    store_send(taking->store, &command, on_begun, taking);
}

/* ---- looking ---- */

static void look_on(struct taking *taking);

static void on_heard(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    if (!reply_is_list_of(reply, taking->asked_count)) {
        fail(taking, reply, why);
        return;
    }
    for (size_t i = 0; i < taking->asked_count; i++) {
        if (reply->element[i]->type == REDIS_REPLY_INTEGER && reply->element[i]->integer == 1) {
            note_heard(taking, taking->asked[i]);
        }
    }
    look_on(taking);
}

/* Gathers the next rows that need a silent unit, up to the first of another province. Returns their province. */
static uint32_t gather_rows(struct taking *taking)
{
    const struct register_change *change = taking->change;
    uint32_t province = REGISTER_NONE;
    taking->asked_count = 0;
    for (; taking->next_row < change->count && taking->asked_count < LOOKED_AT_MAX; taking->next_row++) {
        const struct register_row *row = &change->rows[taking->next_row];
        if (!register_row_needs_silence(row->kind)) {
            continue;
        }
        uint32_t its = register_row_province(change, row);
        if (province != REGISTER_NONE && its != province) {
            break;
        }
        province = its;
        taking->asked[taking->asked_count++] = taking->next_row;
    }
    return province;
}

static void look_on(struct taking *taking)
{
    static const int keys[] = {KEY_TOTALS, KEY_UNITS, KEY_ASIDE};
    uint32_t province = gather_rows(taking);
    if (taking->asked_count == 0) {
        begin(taking);
        return;
    }
    struct redis_command command;
    store_begin_call(taking->store, &command, CALL_READING, "turnout_heard", province, keys, 3);
    redis_command_put_text(&command, taking->noted.from);
    for (size_t i = 0; i < taking->asked_count; i++) {
        redis_command_put_text(&command, taking->change->rows[taking->asked[i]].code);
    }
    store_send(taking->store, &command, on_heard, taking);
}

/* ---- giving up ---- */

enum { CHANGE_FROM, CHANGE_TO, CHANGE_TURN, CHANGE_STEPS }; /* then the steps of each province */

/* False where a field is too long to be one that a server has noted down. */
static bool read_change(struct taking *taking, const redisReply *reply)
{
    struct noted_change *noted = &taking->noted;
    for (uint32_t i = 0; i < store_register(taking->store)->province_count; i++) {
        struct slice steps = reply_text(reply->element[CHANGE_STEPS + i]);
        buffer_append(&taking->steps[i], steps.bytes, steps.length);
    }
    return slice_copy(reply_text(reply->element[CHANGE_FROM]), noted->from, sizeof noted->from) &&
           slice_copy(reply_text(reply->element[CHANGE_TO]), noted->to, sizeof noted->to) &&
           slice_copy(reply_text(reply->element[CHANGE_TURN]), noted->turn, sizeof noted->turn);
}

static void on_change(void *context, const redisReply *reply, const char *why)
{
    struct taking *taking = context;
    const struct election_register *reg = store_register(taking->store);
    char own[REGISTER_DIGEST_TEXT_BYTES];
    if (!reply_is_list_of(reply, CHANGE_STEPS + (size_t)reg->province_count) || !read_change(taking, reply)) {
        fail(taking, reply, why);
        return;
    }
    sodium_bin2hex(own, sizeof own, reg->digest, REGISTER_DIGEST_BYTES);
    if (taking->noted.to[0] == '\0') {
        conclude(taking, TAKE_UP_DONE_BEFORE, slice_of(""));
    } else if (!slice_equals(slice_of(own), taking->noted.from)) {
        conclude(taking, TAKE_UP_OTHER, slice_of(taking->noted.from));
    } else {
        go_back(taking);
    }
}

static void ask_for_change(struct taking *taking)
{
    const struct election_register *reg = store_register(taking->store);
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    redis_key_change(store_election(taking->store), key);
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, "from");
    redis_command_put_text(&command, "to");
    redis_command_put_text(&command, "turn");
    for (uint32_t i = 1; i <= reg->province_count; i++) {
        char field[REDIS_KEY_BYTES];
        int length = snprintf(field, sizeof field, REGISTER_STEPS_FIELD "%s", reg->areas[i].code);
        assert(length > 0 && (size_t)length < sizeof field);
        redis_command_put_text(&command, field);
    }
    store_send(taking->store, &command, on_change, taking);
}

/* ---- callers ---- */

static struct taking *taking_new(struct store *store, store_take_up_fn *on_taken_up, void *context)
{
    struct taking *taking = memory_new(sizeof *taking);
    *taking = (struct taking){.store = store, .on_taken_up = on_taken_up, .context = context};
    taking->steps = memory_new_array(store_register(store)->province_count, sizeof *taking->steps);
    return taking;
}

static struct taking *taking_new_of(struct store *store, struct register_change *change,
                                    store_take_up_fn *on_taken_up, void *context)
{
    struct taking *taking = taking_new(store, on_taken_up, context);
    assert(store_register(store) == change->before);
    taking->change = change;
    register_change_acquire(change);
    sodium_bin2hex(taking->noted.from, sizeof taking->noted.from, change->before->digest,
                   REGISTER_DIGEST_BYTES);
    sodium_bin2hex(taking->noted.to, sizeof taking->noted.to, change->after->digest, REGISTER_DIGEST_BYTES);
    taking->heard = memory_new_array(change->count, sizeof *taking->heard);
    taking->asked = memory_new_array(LOOKED_AT_MAX, sizeof *taking->asked);
    return taking;
}

/* An impossible change is not looked at: its rows may name provinces that Redis does not have. */
static void start(struct taking *taking)
{
    if (taking->change->impossible > 0) {
        taking->next_row = taking->change->count;
    }
    look_on(taking);
}

void store_look_at_change(struct store *store, struct register_change *change, store_take_up_fn *on_looked,
                          void *context)
{
    start(taking_new_of(store, change, on_looked, context));
}

void store_take_up(struct store *store, struct register_change *change, const char *who, const char *reason,
                   int64_t now_ms, store_take_up_fn *on_taken_up, void *context)
{
    struct taking *taking = taking_new_of(store, change, on_taken_up, context);
    taking->who = memory_copy_text(who);
    taking->reason = memory_copy_text(reason);
    taking->now_ms = now_ms;
    start(taking);
}

void store_give_up_change(struct store *store, store_take_up_fn *on_given_up, void *context)
{
    ask_for_change(taking_new(store, on_given_up, context));
}
