/* The reports of a run, made in advance. */
#include "bench_reports.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <event2/event.h>

#include <turnout/base/clock.h>
#include <turnout/base/memory.h>
#include <turnout/wire/signature.h>

#include "store_batch.h"

enum { MICROSECONDS = 1000000 };

static void on_fault(void *context, const char *file, uint32_t line, const struct error *error)
{
    (void)context;
    (void)fprintf(stderr, "%s:%" PRIu32 ": %s\n", file, line, error->text);
}

bool bench_reports_open(const struct bench_options *options, struct bench_reports *ret_reports)
{
    struct error error;
    struct election_folder *folder = &ret_reports->folder;
    if (election_folder_read(options->election, on_fault, NULL, folder, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return false;
    }
    int64_t now = clock_wall_ms() / 1000;
    if (now < folder->election.opens) {
        (void)fprintf(stderr, "the polls of %s are not open yet\n", folder->election.id);
        election_folder_done(folder);
        return false;
    }
    simulate_plan_init(&ret_reports->plan, &folder->election, folder->reg, 0, options->reports_a_unit,
                       options->seed, now);
    return true;
}

void bench_reports_done(struct bench_reports *reports)
{
    simulate_plan_done(&reports->plan);
    election_folder_done(&reports->folder);
}

bool bench_reports_next(struct bench_reports *reports, struct bench_report *ret_report)
{
    uint32_t unit = simulate_plan_peek(&reports->plan);
    if (unit == REGISTER_NONE) {
        return false;
    }
    struct report *report = &ret_report->report;
    *report = (struct report){.registered = REGISTERED_ABSENT};
    simulate_plan_take(&reports->plan, report);
    report_digest(report, ret_report->digest);
    ret_report->unit = unit;
    ret_report->received = (struct report_received){
        .report = report,
        .digest = ret_report->digest,
        .round = election_round_at(&reports->folder.election, report->as_of),
        .received_ms = clock_wall_ms(),
    };
    return true;
}

static void append(struct bench_batches *batches, struct store_batch *batch)
{
    if (batches->count == batches->capacity) {
        batches->capacity = batches->capacity == 0 ? 64 : 2 * batches->capacity;
        batches->batches = memory_resize(batches->batches, batches->capacity, sizeof(struct store_batch *));
    }
    batches->batches[batches->count++] = batch;
}

void bench_batches_make(struct bench_reports *reports, const struct bench_options *options,
                        struct bench_batches *ret_batches)
{
    const struct election_register *reg = reports->folder.reg;
    struct store_options store_options = {.election = &reports->folder.election, .reg = reg};
    struct event_base *base = event_base_new();
    assert(base != NULL);
    struct store *store =
        store_new(base, &store_options, NULL, NULL); /* never started: it lends its register */
    struct store_batch **gathered = memory_new_array(reg->province_count, sizeof(struct store_batch *));
    struct bench_report *report = memory_new(sizeof *report);

    *ret_batches = (struct bench_batches){0};
    while (bench_reports_next(reports, report)) {
        uint32_t province = register_province_of(reg, reg->units[report->unit].commune);
        struct store_batch **batch = &gathered[province - 1];
        if (*batch == NULL) {
            *batch = store_batch_new(province);
        }
        store_batch_add(*batch, store, report->unit, &report->received);
        ret_batches->reports++;
        if (store_batch_count(*batch) == options->reports_a_batch) {
            append(ret_batches, *batch);
            *batch = NULL;
        }
    }
    for (uint32_t i = 0; i < reg->province_count; i++) {
        if (gathered[i] != NULL) {
            append(ret_batches, gathered[i]);
        }
    }
    free(report);
    free(gathered);
    store_free(store);
    event_base_free(base);
}

void bench_batches_done(struct bench_batches *batches)
{
    for (size_t i = 0; i < batches->count; i++) {
        store_batch_free(batches->batches[i]);
    }
    free(batches->batches);
}

bool bench_batch_is_accepted(const struct store_batch *batch, size_t index, struct slice answer)
{
    struct store_result result;
    store_batch_read_result(batch, index, answer, &result);
    if (result.status == STATUS_ACCEPTED) {
        return true;
    }
    (void)fprintf(stderr, "report %" PRId32 " of %s was not accepted: %.*s\n", batch->reports[index].seq,
                  batch->reports[index].unit, (int)(answer.length < 200 ? answer.length : 200), answer.bytes);
    return false;
}

void bench_print_summary(size_t reports, int64_t duration_us)
{
    (void)printf("{\"answered\":%zu,\"by_status\":{\"accepted\":%zu},\"duration_us\":%" PRId64
                 ",\"reports_a_second\":%" PRIu64 "}\n",
                 reports, reports, duration_us, (uint64_t)reports * MICROSECONDS / (uint64_t)duration_us);
}
