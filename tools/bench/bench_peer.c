/* peer.lua without anything in front of it: a call a report, pipelined, in the same batches of a province as turnoutd's
 * commits. */
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "bench_peer_call.h"
#include "bench_pipeline.h"
#include "redis_command.h"
#include "redis_reply.h"

static void add_call(struct pipeline_batch *batch, const struct peer_call *call)
{
    struct redis_command command;
    redis_command_begin(&command, call->words[0]);
    for (size_t i = 1; i < PEER_CALL_WORDS; i++) {
        redis_command_put_text(&command, call->words[i]);
    }
    struct slice bytes = redis_command_bytes(&command);
    buffer_append(&batch->bytes, bytes.bytes, bytes.length);
    redis_command_done(&command);
    batch->commands++;
    batch->reports++;
}

static void move_batch(struct pipeline *pipeline, struct pipeline_batch *batch)
{
    if (batch->reports > 0) {
        *pipeline_add(pipeline, batch->province) = *batch;
        *batch = (struct pipeline_batch){.province = batch->province};
    }
}

static void make_batches(struct bench_reports *reports, struct pipeline *pipeline)
{
    uint32_t provinces = reports->folder.reg->province_count;
    struct pipeline_batch *gathered = memory_new_array(provinces, sizeof *gathered);
    struct report *report = memory_new(sizeof *report);
    struct peer_call *call = memory_new(sizeof *call);
    uint32_t unit;
    for (uint32_t i = 0; i < provinces; i++) {
        gathered[i].province = i + 1;
    }
    while (bench_reports_next(reports, report, &unit)) {
        struct pipeline_batch *batch = &gathered[bench_reports_province(reports, unit) - 1];
        peer_call_make(reports, unit, report, call);
        add_call(batch, call);
        if (batch->reports == BENCH_BATCH_MAX) {
            move_batch(pipeline, batch);
        }
    }
    for (uint32_t i = 0; i < provinces; i++) {
        move_batch(pipeline, &gathered[i]);
    }
    free(call);
    free(report);
    free(gathered);
}

static bool is_accepted(const redisReply *reply)
{
    return slice_equals(reply_text(reply), "accepted");
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (!bench_begin(argc, argv, &options, &reports)) {
        return EXIT_FAILURE;
    }
    struct pipeline pipeline = {NULL, 0, 0};
    make_batches(&reports, &pipeline);
    bool done = pipeline_run(&pipeline, &options, is_accepted);
    pipeline_done(&pipeline);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
