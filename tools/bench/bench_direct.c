/* The limit: what Redis can take of the same function when nothing stands before it. Batches as full as they come,
 * made in advance, several in flight, so that Redis never waits; each answer is looked at. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/clock.h>

#include "bench_reports.h"
#include "redis_keys.h"
#include "redis_sync.h"
#include "rules_text.h"
#include "store_batch.h"

enum { IN_FLIGHT = 16, TIMEOUT_MS = 30000 };

struct direct {
    const struct bench_reports *reports;
    const struct bench_batches *batches;
    struct buffer rules;
    struct redisContext *links[BENCH_CONNECTIONS_MAX];
    uint32_t link_count;
};

static bool open_links(const struct bench_options *options, struct direct *direct)
{
    while (direct->link_count < options->connections) {
        struct error error;
        if (redis_sync_connect(&options->redis, TIMEOUT_MS, &direct->links[direct->link_count], &error) !=
            TURNOUT_OK) {
            (void)fprintf(stderr, "bench_direct: %s\n", error.text);
            return false;
        }
        direct->link_count++;
    }
    return true;
}

static void close_links(const struct direct *direct)
{
    for (uint32_t i = 0; i < direct->link_count; i++) {
        redisFree(direct->links[i]);
    }
}

/* A province's batches go over one link: they must arrive in their order. */
static struct redisContext *link_of(const struct direct *direct, const struct store_batch *batch)
{
    assert(direct->link_count > 0);
    return direct->links[batch->province % direct->link_count];
}

static bool send_batch(const struct direct *direct, struct store_batch *batch)
{
    const struct election_folder *folder = &direct->reports->folder;
    struct province_keys keys;
    province_keys_init(&keys, &folder->election, folder->reg->areas[batch->province].code);
    struct slice bytes = store_batch_bytes(batch);
    struct redisContext *link = link_of(direct, batch);
    if (redisAppendCommand(link, "FCALL turnout_apply 7 %s %s %s %s %s %s %s %s %b %b", keys.text[KEY_TOTALS],
                           keys.text[KEY_COMMUNES], keys.text[KEY_UNITS], keys.text[KEY_LOG],
                           keys.text[KEY_HELD], keys.text[KEY_LEDGER], keys.text[KEY_RECENT],
                           store_phase_name(batch->phase), direct->rules.bytes, direct->rules.length,
                           bytes.bytes, bytes.length) != REDIS_OK) {
        return false;
    }
    int written = 0;
    while (written == 0) {
        if (redisBufferWrite(link, &written) != REDIS_OK) {
            (void)fprintf(stderr, "bench_direct: %s\n", link->errstr);
            return false;
        }
    }
    return true;
}

static bool are_accepted(const struct store_batch *batch, const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != batch->count) {
        (void)fprintf(stderr, "bench_direct: Redis answered %s\n",
                      reply->type == REDIS_REPLY_ERROR ? reply->str : "something unexpected");
        return false;
    }
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *answer = reply->element[i];
        bool is_text = answer->type == REDIS_REPLY_STRING;
        if (!bench_batch_is_accepted(batch, i,
                                     is_text ? (struct slice){answer->str, answer->len} : slice_of(""))) {
            return false;
        }
    }
    return true;
}

static bool take_answer(const struct direct *direct, const struct store_batch *batch)
{
    struct redisContext *link = link_of(direct, batch);
    void *reply = NULL;
    if (redisGetReply(link, &reply) != REDIS_OK) {
        (void)fprintf(stderr, "bench_direct: %s\n", link->errstr);
        return false;
    }
    bool accepted = are_accepted(batch, reply);
    freeReplyObject(reply);
    return accepted;
}

static bool send_all(const struct direct *direct)
{
    const struct bench_batches *batches = direct->batches;
    size_t sent = 0;
    for (size_t answered = 0; answered < batches->count; answered++) {
        while (sent < batches->count && sent < answered + IN_FLIGHT) {
            if (!send_batch(direct, batches->batches[sent++])) {
                return false;
            }
        }
        if (!take_answer(direct, batches->batches[answered])) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options) ||
        !bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    struct bench_batches batches;
    bench_batches_make(&reports, &options, &batches);
    struct direct direct = {.reports = &reports, .batches = &batches};
    rules_text_write(&direct.rules, &reports.folder.election);
    bool done = open_links(&options, &direct);
    if (done) {
        int64_t started_us = clock_monotonic_us();
        done = send_all(&direct);
        if (done) {
            bench_print_summary(batches.reports, clock_monotonic_us() - started_us);
        }
    }
    close_links(&direct);
    buffer_done(&direct.rules);
    bench_batches_done(&batches);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
