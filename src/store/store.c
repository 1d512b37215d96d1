/* The store on one link: batches and questions go out as function calls, replies come back as results. The
 * decisions are made in Redis (proto/lua); here they are only believed or not. */
#include <turnout/store/store.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>
#include <turnout/base/text.h>

#include "province_reply.h"
#include "redis_keys.h"
#include "redis_link.h"
#include "rules_text.h"
#include "store_batch.h"
#include "store_private.h"

struct store {
    struct store_options options;
    struct store_counters counters;
    struct redis_link *link;
    struct buffer rules; /* the election's, as they travel with every batch */
};

struct store *store_new(struct event_base *base, const struct store_options *options, store_link_fn *on_link,
                        void *context)
{
    struct store *store = memory_new(sizeof *store);
    store->options = *options;
    rules_text_write(&store->rules, options->election);
    struct redis_link_options link_options = {
        .address = options->address,
        .command_deadline_ms = options->command_deadline_ms,
        .counters = &store->counters,
        .on_link = on_link,
        .context = context,
    };
    store->link = redis_link_new(base, &link_options);
    return store;
}

void store_start(struct store *store)
{
    redis_link_start(store->link);
}

void store_free(struct store *store)
{
    if (store == NULL) {
        return;
    }
    redis_link_free(store->link);
    buffer_done(&store->rules);
    free(store);
}

bool store_is_up(const struct store *store)
{
    return redis_link_is_up(store->link);
}

bool store_has_room(const struct store *store)
{
    return store_is_up(store) && redis_link_in_flight_bytes(store->link) < store->options.in_flight_bytes_max;
}

const struct store_counters *store_counters(const struct store *store)
{
    return &store->counters;
}

const struct election_register *store_register(const struct store *store)
{
    return store->options.reg;
}

const struct election *store_election(const struct store *store)
{
    return store->options.election;
}

void store_send(struct store *store, int argument_count, const struct slice *arguments,
                redis_link_reply_fn *on_reply, void *context)
{
    redis_link_send(store->link, argument_count, arguments, on_reply, context);
}

const char *store_word_of(const redisReply *reply, const char *why)
{
    if (reply == NULL) {
        return why;
    }
    return reply->type == REDIS_REPLY_ERROR ? reply->str : "Redis answered something unexpected";
}

void store_keys_of(const struct store *store, uint32_t province, struct province_keys *ret_keys)
{
    assert(province > REGISTER_NATION && province <= store->options.reg->province_count);
    province_keys_init(ret_keys, store->options.election, store->options.reg->areas[province].code);
}

/* ---- writing ---- */

struct application {
    struct store *store;
    struct store_batch *batch;
    store_applied_fn *on_applied;
    void *context;
};

static struct store_result *read_results(const struct store_batch *batch, const redisReply *reply)
{
    struct store_result *results = memory_new_array(batch->count, sizeof *results);
    for (size_t i = 0; i < batch->count; i++) {
        const redisReply *answer = reply->element[i];
        bool is_text = answer->type == REDIS_REPLY_STRING;
        store_batch_read_result(batch, i, is_text ? (struct slice){answer->str, answer->len} : slice_of(""),
                                &results[i]);
    }
    return results;
}

static void on_apply_reply(void *context, const redisReply *reply, const char *why)
{
    struct application *application = context;
    struct store_counters *counters = &application->store->counters;
    size_t count = application->batch->count;
    struct store_result *results = NULL;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY && reply->elements == count) {
        results = read_results(application->batch, reply);
        atomic_fetch_add_explicit(&counters->batches, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&counters->reports, count, memory_order_relaxed);
        application->on_applied(application->context, TURNOUT_OK, "", results, count);
    } else {
        application->on_applied(application->context, TURNOUT_UNAVAILABLE, store_word_of(reply, why), NULL,
                                count);
    }
    free(results);
    store_batch_free(application->batch);
    free(application);
}

void store_apply(struct store *store, struct store_batch *batch, store_applied_fn *on_applied, void *context)
{
    assert(batch->count > 0);
    struct province_keys keys;
    store_keys_of(store, batch->province, &keys);
    const struct slice arguments[] = {
        slice_of("FCALL"),
        slice_of("turnout_apply"),
        PROVINCE_KEYS_ALL(keys),
        slice_of(store_phase_name(batch->phase)),
        {store->rules.bytes, store->rules.length},
        store_batch_bytes(batch),
    };
    struct application *application = memory_new(sizeof *application);
    *application = (struct application){store, batch, on_applied, context};
    redis_link_send(store->link, sizeof arguments / sizeof arguments[0], arguments, on_apply_reply,
                    application);
}

/* ---- reading a province ---- */

struct province_question {
    struct store *store;
    uint32_t province;
    store_province_fn *on_province;
    void *context;
};

bool store_is_about_content(const redisReply *reply)
{
    return reply != NULL && reply->type == REDIS_REPLY_ERROR &&
           (strncmp(reply->str, "TURNOUT ", 8) == 0 || strncmp(reply->str, "WRONGTYPE ", 10) == 0);
}

static void answer_province(const struct province_question *question, const redisReply *reply)
{
    const struct election_register *reg = question->store->options.reg;
    uint32_t communes = reg->areas[question->province].children;
    struct store_province province = {.province = question->province, .commune_count = communes};
    struct totals *commune_totals = memory_new_array(communes, sizeof *commune_totals);
    struct error error;
    enum turnout_error failed =
        province_reply_read(reply, reg, question->province, &province.totals, commune_totals, &error);
    province.communes = commune_totals;
    if (failed == TURNOUT_OK) {
        question->on_province(question->context, TURNOUT_OK, "", &province);
    } else {
        question->on_province(question->context, failed, error.text, NULL);
    }
    free(commune_totals);
}

static void on_province_reply(void *context, const redisReply *reply, const char *why)
{
    struct province_question *question = context;
    if (reply != NULL && reply->type == REDIS_REPLY_ARRAY) {
        answer_province(question, reply);
    } else if (reply != NULL && reply->type == REDIS_REPLY_NIL) {
        question->on_province(question->context, TURNOUT_OK, "", NULL);
    } else {
        question->on_province(question->context,
                              store_is_about_content(reply) ? TURNOUT_BAD_INPUT : TURNOUT_UNAVAILABLE,
                              store_word_of(reply, why), NULL);
    }
    free(question);
}

void store_read_province(struct store *store, uint32_t province, int64_t known_revision,
                         store_province_fn *on_province, void *context)
{
    struct province_keys keys;
    store_keys_of(store, province, &keys);
    char revision[24];
    int length = snprintf(revision, sizeof revision, "%" PRId64, known_revision);
    assert(length > 0 && (size_t)length < sizeof revision);
    const struct slice arguments[] = {
        slice_of("FCALL_RO"),
        slice_of("turnout_read"),
        slice_of("2"),
        slice_of(keys.text[KEY_TOTALS]),
        slice_of(keys.text[KEY_COMMUNES]),
        slice_of(revision),
    };
    struct province_question *question = memory_new(sizeof *question);
    *question = (struct province_question){store, province, on_province, context};
    redis_link_send(store->link, sizeof arguments / sizeof arguments[0], arguments, on_province_reply,
                    question);
}
