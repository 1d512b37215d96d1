/* The limit: turnoutd's own commits, ready-made and as full as they come, with nothing before Redis. */
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include "bench_commits.h"
#include "bench_pipeline.h"
#include "redis_reply.h"

/* Every commune of the commit was written. */
static bool is_written(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2 ||
        !slice_equals(reply_text(reply->element[0]), "done")) {
        return false;
    }
    for (size_t i = 1; i < reply->elements; i++) {
        if (reply_text(reply->element[i]).length == 0) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (!bench_begin(argc, argv, &options, &reports)) {
        return EXIT_FAILURE;
    }
    struct pipeline pipeline;
    bool done =
        bench_commits_make(&reports, &options, &pipeline) && pipeline_run(&pipeline, &options, is_written);
    pipeline_done(&pipeline);
    bench_reports_done(&reports);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
