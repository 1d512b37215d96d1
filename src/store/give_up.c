/* Giving up a change that was begun and not ended: each province goes back, by the steps that were noted down. */
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

struct giving_up {
    struct store *store;
    struct noted_change noted;
    struct buffer *steps; /* of each province */
    uint32_t province;    /* whose step is under way */
    store_take_up_fn *on_given_up;
    void *context;
};

static void giving_up_free(struct giving_up *giving_up)
{
    for (uint32_t i = 0; i < store_register(giving_up->store)->province_count; i++) {
        buffer_done(&giving_up->steps[i]);
    }
    free(giving_up->steps);
    free(giving_up);
}

static void conclude(struct giving_up *giving_up, enum take_up_outcome outcome, const char *other)
{
    struct take_up take_up = {.outcome = outcome};
    unsigned char digest[REGISTER_DIGEST_BYTES];
    if (words_read_hex(slice_of(other), digest, sizeof digest)) {
        register_fingerprint(digest, take_up.other);
    }
    giving_up->on_given_up(giving_up->context, TURNOUT_OK, "", &take_up);
    giving_up_free(giving_up);
}

static void fail(struct giving_up *giving_up, const redisReply *reply, const char *why)
{
    giving_up->on_given_up(giving_up->context, reply_error(reply), reply_words(reply, why), NULL);
    giving_up_free(giving_up);
}

static void on_end(void *context, const redisReply *reply, const char *why)
{
    struct giving_up *giving_up = context;
    if (reply == NULL || reply->type != REDIS_REPLY_INTEGER) {
        fail(giving_up, reply, why);
    } else if (reply->integer < 0) {
        conclude(giving_up, TAKE_UP_OVERTAKEN, "");
    } else {
        conclude(giving_up, reply->integer == 1 ? TAKE_UP_DONE : TAKE_UP_DONE_BEFORE, "");
    }
}

static void on_step(void *context, const redisReply *reply, const char *why);

static void next_step(struct giving_up *giving_up)
{
    struct redis_command command;
    struct province_keys keys;
    if (giving_up->province == store_register(giving_up->store)->province_count) {
        register_put_end(&command, store_election(giving_up->store), &giving_up->noted, true);
        store_send(giving_up->store, &command, on_end, giving_up);
        return;
    }
    const struct buffer *steps = &giving_up->steps[giving_up->province++];
    store_keys_of(giving_up->store, giving_up->province, &keys);
    register_put_step(&command, &keys, &giving_up->noted,
                      (struct slice){steps->bytes == NULL ? "" : steps->bytes, steps->length}, true);
    store_send(giving_up->store, &command, on_step, giving_up);
}

/* A province that never took its step answers `done`, too. One of a third register answers `other`. One in which a unit has
 * reported that the register before does not have, or has elsewhere, answers `heard`. Then the change stands as it is. */
static void on_step(void *context, const redisReply *reply, const char *why)
{
    struct giving_up *giving_up = context;
    struct slice head = reply_head(reply);
    if (slice_equals(head, "done")) {
        next_step(giving_up);
    } else if (slice_equals(head, "heard")) {
        conclude(giving_up, TAKE_UP_STUCK, "");
    } else if (slice_equals(head, "other") && reply->elements == 2) {
        char digest[REGISTER_DIGEST_TEXT_BYTES] = "";
        (void)slice_copy(reply_text(reply->element[1]), digest, sizeof digest);
        conclude(giving_up, TAKE_UP_OTHER, digest);
    } else if (slice_equals(head, "overtaken")) {
        conclude(giving_up, TAKE_UP_OVERTAKEN, "");
    } else {
        fail(giving_up, reply, why);
    }
}

static void on_back(void *context, const redisReply *reply, const char *why)
{
    struct giving_up *giving_up = context;
    struct slice turn = reply == NULL ? slice_of("") : reply_text(reply);
    if (reply == NULL || reply->type != REDIS_REPLY_STRING ||
        !slice_copy(turn, giving_up->noted.turn, sizeof giving_up->noted.turn)) {
        fail(giving_up, reply, why);
    } else if (turn.length == 0) {
        conclude(giving_up, TAKE_UP_OVERTAKEN, "");
    } else {
        next_step(giving_up);
    }
}

enum { CHANGE_FROM, CHANGE_TO, CHANGE_TURN, CHANGE_STEPS }; /* then the steps of each province */

/* False where a field is too long to be one that a server has noted down. */
static bool read_change(struct giving_up *giving_up, const redisReply *reply)
{
    struct noted_change *noted = &giving_up->noted;
    for (uint32_t i = 0; i < store_register(giving_up->store)->province_count; i++) {
        struct slice steps = reply_text(reply->element[CHANGE_STEPS + i]);
        buffer_append(&giving_up->steps[i], steps.bytes, steps.length);
    }
    return slice_copy(reply_text(reply->element[CHANGE_FROM]), noted->from, sizeof noted->from) &&
           slice_copy(reply_text(reply->element[CHANGE_TO]), noted->to, sizeof noted->to) &&
           slice_copy(reply_text(reply->element[CHANGE_TURN]), noted->turn, sizeof noted->turn);
}

static void on_change(void *context, const redisReply *reply, const char *why)
{
    struct giving_up *giving_up = context;
    const struct election_register *reg = store_register(giving_up->store);
    char own[REGISTER_DIGEST_TEXT_BYTES];
    if (!reply_is_list_of(reply, CHANGE_STEPS + (size_t)reg->province_count) ||
        !read_change(giving_up, reply)) {
        fail(giving_up, reply, why);
        return;
    }
    sodium_bin2hex(own, sizeof own, reg->digest, REGISTER_DIGEST_BYTES);
    if (giving_up->noted.to[0] == '\0') {
        conclude(giving_up, TAKE_UP_DONE_BEFORE, "");
    } else if (!slice_equals(slice_of(own), giving_up->noted.from)) {
        conclude(giving_up, TAKE_UP_OTHER, giving_up->noted.from);
    } else {
        struct redis_command command;
        register_put_back(&command, store_election(giving_up->store), &giving_up->noted);
        store_send(giving_up->store, &command, on_back, giving_up);
    }
}

void store_give_up_change(struct store *store, store_take_up_fn *on_given_up, void *context)
{
    const struct election_register *reg = store_register(store);
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    struct giving_up *giving_up = memory_new(sizeof *giving_up);
    *giving_up = (struct giving_up){.store = store, .on_given_up = on_given_up, .context = context};
    giving_up->steps = memory_new_array(reg->province_count, sizeof *giving_up->steps);
    redis_key_change(store_election(store), key);
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, "from");
    redis_command_put_text(&command, "to");
    redis_command_put_text(&command, "turn");
    for (uint32_t i = 0; i < reg->province_count; i++) {
        char field[REDIS_KEY_BYTES];
        int length = snprintf(field, sizeof field, REGISTER_STEPS_FIELD "%s", reg->areas[1 + i].code);
        assert(length > 0 && (size_t)length < sizeof field);
        redis_command_put_text(&command, field);
    }
    store_send(store, &command, on_change, giving_up);
}
