/* Commands made in advance, in batches, sent straight to Redis over several links and several batches ahead of their
 * replies, so that Redis never waits. */
#ifndef TURNOUT_BENCH_PIPELINE_H
#define TURNOUT_BENCH_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <turnout/base/buffer.h>
#include <turnout/base/text.h>

#include "bench_options.h"

struct redisReply;

struct pipeline_batch {
    uint32_t province;   /* batches of a province go over one link, in their order */
    uint32_t reports;    /* in it */
    uint32_t commands;   /* in it; each has one reply */
    struct buffer bytes; /* the commands, as they are sent */
};

struct pipeline {
    struct pipeline_batch *batches;
    size_t count;
    size_t capacity;
};

void pipeline_done(struct pipeline *pipeline);

/* A batch more, empty. Valid until the next one is added. */
struct pipeline_batch *pipeline_add(struct pipeline *pipeline, uint32_t province);

/* Whether a reply says that what was sent is accepted. */
typedef bool pipeline_reply_fn(const struct redisReply *reply);

/* Sends everything over `options->connections` links, with the clock on, and prints the summary. False, with the reason
 * on standard error, when a reply was not good. */
bool pipeline_run(const struct pipeline *pipeline, const struct bench_options *options,
                  pipeline_reply_fn *is_good);

#endif
