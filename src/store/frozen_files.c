/* What a bulletin is in Redis: a few words in meta while it is under way, and a field of each province's hash. */
#include <turnout/store/frozen_files.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "redis_reply.h"
#include "store_private.h"

void store_bulletin_name(int64_t number, char ret_name[STORE_FROZEN_NAME_BYTES])
{
    int length = snprintf(ret_name, STORE_FROZEN_NAME_BYTES, "%" PRId64, number);
    assert(length > 0 && length < STORE_FROZEN_NAME_BYTES);
}

/* ---- beginning ---- */

struct beginning {
    store_begun_fn *on_begun;
    void *context;
};

static void on_begin_reply(void *context, const redisReply *reply, const char *why)
{
    struct beginning *beginning = context;
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_number(reply, why, &error);
    beginning->on_begun(beginning->context, failed, error.text, failed == TURNOUT_OK ? reply->integer : 0);
    free(beginning);
}

void store_begin_bulletin(struct store *store, const struct store_beginning *beginning,
                          store_begun_fn *on_begun, void *context)
{
    char meta[REDIS_KEY_BYTES];
    struct redis_command command;
    redis_key_meta(store_election(store), meta);
    redis_command_begin_call(&command, "FCALL", "turnout_bulletin_begin", 1);
    redis_command_put_text(&command, meta);
    redis_command_put_integer(&command, beginning->cut);
    redis_command_put_text(&command, beginning->label);
    if (beginning->due > 0) {
        redis_command_put_integer(&command, beginning->due);
    } else {
        redis_command_put_text(&command, beginning->due == BULLETIN_DUE_CLOSING ? "closing" : "");
    }
    struct beginning *question = memory_new(sizeof *question);
    *question = (struct beginning){on_begun, context};
    store_send(store, &command, on_begin_reply, question);
}

/* ---- keeping ---- */

struct keeping {
    store_kept_fn *on_kept;
    void *context;
};

static void on_keep_reply(void *context, const redisReply *reply, const char *why)
{
    struct keeping *keeping = context;
    struct error error = {.text = ""};
    enum turnout_error failed = reply_want_number(reply, why, &error);
    keeping->on_kept(keeping->context, failed, error.text);
    free(keeping);
}

static struct keeping *keeping_new(store_kept_fn *kept, void *context)
{
    struct keeping *keeping = memory_new(sizeof *keeping);
    *keeping = (struct keeping){kept, context};
    return keeping;
}

void store_end_bulletin(struct store *store, int64_t number, struct slice bundle, store_kept_fn *on_ended,
                        void *context)
{
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    redis_command_begin_call(&command, "FCALL", "turnout_bulletin_end", 2);
    redis_key_meta(store_election(store), key);
    redis_command_put_text(&command, key);
    redis_key_bulletins(store_election(store), key);
    redis_command_put_text(&command, key);
    redis_command_put_integer(&command, number);
    redis_command_put(&command, bundle);
    store_send(store, &command, on_keep_reply, keeping_new(on_ended, context));
}

static void name_key(const struct store *store, uint32_t area, char ret_key[REDIS_KEY_BYTES])
{
    if (area == REGISTER_NATION) {
        redis_key_bulletins(store_election(store), ret_key);
    } else {
        struct province_keys keys;
        store_keys_of(store, area, &keys);
        (void)snprintf(ret_key, REDIS_KEY_BYTES, "%s", keys.text[KEY_BULLETINS]);
    }
}

void store_keep_frozen(struct store *store, uint32_t province, const char *name, struct slice bundle,
                       store_kept_fn *on_kept, void *context)
{
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    assert(province != REGISTER_NATION);
    name_key(store, province, key);
    redis_command_begin(&command, "HSETNX");
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, name);
    redis_command_put(&command, bundle);
    store_send(store, &command, on_keep_reply, keeping_new(on_kept, context));
}

/* ---- reading ---- */

struct question {
    store_frozen_fn *on_frozen;
    void *context;
};

static void on_frozen_reply(void *context, const redisReply *reply, const char *why)
{
    struct question *question = context;
    struct slice none = {0};
    if (reply != NULL && (reply->type == REDIS_REPLY_STRING || reply->type == REDIS_REPLY_NIL)) {
        question->on_frozen(question->context, TURNOUT_OK, "",
                            reply->type == REDIS_REPLY_NIL ? none : reply_text(reply));
    } else {
        question->on_frozen(question->context, reply_error(reply), reply_words(reply, why), none);
    }
    free(question);
}

void store_read_frozen(struct store *store, uint32_t area, const char *name, store_frozen_fn *on_frozen,
                       void *context)
{
    char key[REDIS_KEY_BYTES];
    struct redis_command command;
    name_key(store, area, key);
    redis_command_begin(&command, "HGET");
    redis_command_put_text(&command, key);
    redis_command_put_text(&command, name);
    struct question *question = memory_new(sizeof *question);
    *question = (struct question){on_frozen, context};
    store_send(store, &command, on_frozen_reply, question);
}
