/* A worker, the tally's thread and its loop, all in one: reports of a province are handed over, decided, and committed
 * when there are enough of them. */
#include "bench_commits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <turnout/base/memory.h>
#include <turnout/service/intake.h>
#include <turnout/service/tally.h>
#include <turnout/wire/report_json.h>

#include "bench_link.h"

#define BENCH_TOKEN_ID "BENCH000"

enum { REPORTS_PER_MINUTE = 1000000 };

/* Reports of a province that are to be committed together. */
struct gathered {
    struct buffer json; /* each ended by a newline */
    uint32_t reports;
};

struct making {
    const struct bench_reports *reports;
    struct event_base *base;
    struct tally *tally;
    struct waker waker; /* nobody sleeps */
    struct tally_port port;
    struct counters counters;
    struct credentials credentials;
    struct intake *intake;
    struct principal voucher;
    struct gathered *gathered; /* [province - 1] */
    bool is_up;
    uint32_t province; /* whose reports are being committed */
    uint32_t accepted; /* of them */
    bool is_refused;
    struct pipeline *pipeline;
};

/* ---- what the tally and the intake say ---- */

static void on_answered(void *context, struct message *message)
{
    (void)context;
    tally_port_answer(message->port, message);
}

static void on_turn_wanted(void *context)
{
    (void)context; /* the turn ends when everything of the batch is decided */
}

static void on_sent(void *context)
{
    (void)context;
}

static void on_link(void *context, bool up, const char *why)
{
    (void)why;
    ((struct making *)context)->is_up = up;
}

static void on_answer(void *context, uint64_t tag, const struct report_result *result)
{
    (void)tag;
    struct making *making = context;
    if (result->status == STATUS_ACCEPTED) {
        making->accepted++;
        return;
    }
    making->is_refused = true;
    (void)fprintf(stderr, "report %" PRId32 " of %s: %s %s\n", result->seq, result->unit,
                  report_status_name(result->status), result->detail);
}

static void on_commit(void *context, struct slice command)
{
    struct making *making = context;
    struct pipeline_batch *batch = pipeline_add(making->pipeline, making->province);
    buffer_append(&batch->bytes, command.bytes, command.length);
    batch->commands = 1;
}

/* ---- committing ---- */

static void hand_over(struct making *making)
{
    for (struct message *message; (message = tally_port_take(&making->port)) != NULL;) {
        tally_take(making->tally, message);
    }
}

static void run_until_idle(struct making *making)
{
    while (!bench_link_is_idle()) {
        int failed = event_base_loop(making->base, EVLOOP_ONCE);
        assert(failed >= 0);
    }
}

/* Makes one commit of what was gathered. */
static bool commit(struct making *making, uint32_t province)
{
    struct gathered *gathered = &making->gathered[province - 1];
    size_t commits_before = making->pipeline->count;
    struct slice rest = {gathered->json.bytes, gathered->json.length};
    making->province = province;
    making->accepted = 0;
    for (uint32_t i = 0; i < gathered->reports; i++) {
        struct slice json = text_split(&rest, '\n');
        intake_submit(making->intake, &making->voucher, json.bytes, json.length, on_answer, making, i);
    }
    hand_over(making);
    run_until_idle(making); /* communes are loaded, and everything is decided */
    tally_end_turn(making->tally);
    run_until_idle(making);
    for (struct message *message; (message = tally_port_receive(&making->port)) != NULL;) {
        intake_answer(making->intake, (struct report_message *)message);
    }
    bool is_done = !making->is_refused && making->accepted == gathered->reports;
    if (is_done) {
        assert(making->pipeline->count == commits_before + 1);
        making->pipeline->batches[commits_before].reports = gathered->reports;
    }
    buffer_clear(&gathered->json);
    gathered->reports = 0;
    return is_done;
}

/* ---- life ---- */

static void no_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)file;
    (void)line;
    (void)error;
    assert(false); /* there are no keys to find fault with */
}

static struct tokens *one_token(void)
{
    char text[] = "id,label,role,area,made,expires,revoked\n" BENCH_TOKEN_ID
                  ",bench,relay,VN,2026-01-01T00:00:00Z,9000-01-01T00:00:00Z,\n";
    struct tokens *tokens;
    struct error error;
    enum turnout_error failed = tokens_parse(text, sizeof text - 1, NULL, NULL, &tokens, &error);
    assert(failed == TURNOUT_OK);
    return tokens;
}

static struct signing_keys *no_keys(const struct election_register *reg)
{
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, no_fault, NULL);
    struct signing_keys *keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    return keys;
}

static void making_init(struct making *making, const struct bench_reports *reports,
                        const struct bench_options *options)
{
    const struct election_folder *folder = &reports->folder;
    struct tally_options tally = {
        .store = {.address = options->redis,
                  .election = &folder->election,
                  .reg = folder->reg,
                  .command_deadline_ms = STORE_COMMAND_DEADLINE_MS,
                  .in_flight_bytes_max = STORE_IN_FLIGHT_BYTES_MAX},
        .reports_per_minute = REPORTS_PER_MINUTE,
        .on_answered = on_answered,
        .on_turn_wanted = on_turn_wanted,
        .on_link = on_link,
        .context = making,
    };
    bench_link_keep_commits(on_commit, making);
    making->reports = reports;
    making->base = event_base_new();
    assert(making->base != NULL);
    making->tally = tally_new(making->base, &tally);
    bool has_port = waker_init(&making->waker) && tally_port_init(&making->port, &making->waker);
    assert(has_port);
    making->port.reg = folder->reg;
    making->credentials = (struct credentials){no_keys(folder->reg), one_token()};
    making->intake = intake_new(&(struct intake_options){.election = &folder->election,
                                                         .reg = folder->reg,
                                                         .port = &making->port,
                                                         .counters = &making->counters,
                                                         .credentials = &making->credentials,
                                                         .on_sent = on_sent});
    making->voucher = (struct principal){.role = ROLE_RELAY,
                                         .area = REGISTER_NATION,
                                         .area_code = "VN",
                                         .expires = INT64_MAX,
                                         .id = BENCH_TOKEN_ID,
                                         .label = "bench"};
    making->gathered = memory_new_array(folder->reg->province_count, sizeof *making->gathered);
}

static void making_done(struct making *making)
{
    for (uint32_t i = 0; i < making->reports->folder.reg->province_count; i++) {
        buffer_done(&making->gathered[i].json);
    }
    free(making->gathered);
    intake_free(making->intake);
    signing_keys_release(making->credentials.keys);
    tokens_release(making->credentials.tokens);
    tally_free(making->tally);
    tally_port_done(&making->port);
    waker_done(&making->waker);
    event_base_free(making->base);
}

static bool commit_all(struct making *making, struct bench_reports *reports)
{
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    bool done = true;
    while (done && bench_reports_next(reports, report, &unit)) {
        uint32_t province = bench_reports_province(reports, unit);
        struct gathered *gathered = &making->gathered[province - 1];
        report_json_write(&gathered->json, report);
        buffer_append_char(&gathered->json, '\n');
        gathered->reports++;
        done = gathered->reports < BENCH_BATCH_MAX || commit(making, province);
    }
    for (uint32_t province = 1; done && province <= reports->folder.reg->province_count; province++) {
        done = making->gathered[province - 1].reports == 0 || commit(making, province);
    }
    free(report);
    return done;
}

bool bench_commits_make(struct bench_reports *reports, const struct bench_options *options,
                        struct pipeline *ret_pipeline)
{
    struct making *making = memory_new(sizeof *making);
    *ret_pipeline = (struct pipeline){NULL, 0, 0};
    making->pipeline = ret_pipeline;
    making_init(making, reports, options);
    tally_start(making->tally);
    (void)event_base_loop(making->base, EVLOOP_ONCE);
    run_until_idle(making);
    bool done = making->is_up && commit_all(making, reports);
    making_done(making);
    free(making);
    return done;
}
