/* Every link has its batches in their order. It is sent as much as its socket takes, so that Redis has something of
 * each link whenever it looks. */
#include "bench_pipeline.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "bench_clock.h"
#include "redis_sync.h"

enum {
    IN_FLIGHT = 4, /* batches of a link */
    TIMEOUT_MS = 30000,
    EVENTS_A_TURN = 64,
    READ_BYTES = 64 * 1024,
};

void pipeline_done(struct pipeline *pipeline)
{
    for (size_t i = 0; i < pipeline->count; i++) {
        buffer_done(&pipeline->batches[i].bytes);
    }
    free(pipeline->batches);
    *pipeline = (struct pipeline){NULL, 0, 0};
}

struct pipeline_batch *pipeline_add(struct pipeline *pipeline, uint32_t province)
{
    if (pipeline->count == pipeline->capacity) {
        pipeline->capacity = pipeline->capacity == 0 ? 64 : 2 * pipeline->capacity;
        pipeline->batches = memory_resize(pipeline->batches, pipeline->capacity, sizeof *pipeline->batches);
    }
    struct pipeline_batch *batch = &pipeline->batches[pipeline->count++];
    *batch = (struct pipeline_batch){.province = province};
    return batch;
}

/* ---- the links ---- */

struct link {
    redisContext *redis; /* connected and logged in; lends its descriptor and its reader */
    size_t *batches;     /* their places in the pipeline */
    size_t count;
    size_t sending; /* the batch that is being sent */
    size_t sent_bytes;
    size_t answering; /* the batch whose replies are being received */
    uint32_t replies; /* of them */
};

struct links {
    const struct pipeline *pipeline;
    struct link *links;
    uint32_t count;
    int poll;
    size_t unanswered; /* batches */
    pipeline_reply_fn *is_good;
};

static bool open_link(struct link *link, const struct bench_options *options, int poll)
{
    struct error error;
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = link};
    if (redis_sync_connect(&options->redis, TIMEOUT_MS, &link->redis, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "Redis: %s\n", error.text);
        return false;
    }
    int flags = fcntl(link->redis->fd, F_GETFL);
    return flags >= 0 && fcntl(link->redis->fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           epoll_ctl(poll, EPOLL_CTL_ADD, link->redis->fd, &interest) == 0;
}

static bool open_links(struct links *links, const struct pipeline *pipeline,
                       const struct bench_options *options)
{
    assert(options->connections > 0);
    links->poll = epoll_create1(EPOLL_CLOEXEC);
    links->links = memory_new_array(options->connections, sizeof *links->links);
    links->count = options->connections;
    links->unanswered = pipeline->count;
    for (uint32_t i = 0; i < links->count; i++) {
        links->links[i].batches = memory_new_array(pipeline->count, sizeof *links->links[i].batches);
    }
    for (size_t i = 0; i < pipeline->count; i++) {
        struct link *link = &links->links[pipeline->batches[i].province % links->count];
        link->batches[link->count++] = i;
    }
    for (uint32_t i = 0; i < links->count; i++) {
        if (!open_link(&links->links[i], options, links->poll)) {
            return false;
        }
    }
    return true;
}

static void close_links(struct links *links)
{
    for (uint32_t i = 0; i < links->count; i++) {
        free(links->links[i].batches);
        redisFree(links->links[i].redis);
    }
    free(links->links);
    if (links->poll >= 0) {
        (void)close(links->poll);
    }
}

/* ---- sending ---- */

static bool fail(const char *why)
{
    (void)fprintf(stderr, "Redis: %s\n", why);
    return false;
}

static bool send_batches(const struct links *links, struct link *link)
{
    while (link->sending < link->count && link->sending < link->answering + IN_FLIGHT) {
        const struct buffer *bytes = &links->pipeline->batches[link->batches[link->sending]].bytes;
        ssize_t piece = send(link->redis->fd, bytes->bytes + link->sent_bytes,
                             bytes->length - link->sent_bytes, MSG_NOSIGNAL);
        if (piece < 0 && errno == EAGAIN) {
            return true;
        }
        if (piece < 0 && errno != EINTR) {
            return fail(strerror(errno));
        }
        link->sent_bytes += piece < 0 ? 0 : (size_t)piece;
        if (link->sent_bytes == bytes->length) {
            link->sending++;
            link->sent_bytes = 0;
        }
    }
    return true;
}

/* ---- the replies ---- */

static bool take_reply(struct links *links, struct link *link, redisReply *reply)
{
    bool good = links->is_good(reply) && link->answering < link->count;
    if (!good) {
        (void)fail(reply->str != NULL ? reply->str : "a reply that it must not give");
    }
    freeReplyObject(reply);
    link->replies++;
    if (good && link->replies == links->pipeline->batches[link->batches[link->answering]].commands) {
        link->answering++;
        link->replies = 0;
        links->unanswered--;
    }
    return good;
}

static bool take_replies(struct links *links, struct link *link)
{
    void *reply = NULL;
    while (redisReaderGetReply(link->redis->reader, &reply) == REDIS_OK) {
        if (reply == NULL) {
            return true;
        }
        if (!take_reply(links, link, reply)) {
            return false;
        }
    }
    return fail(link->redis->reader->errstr);
}

static bool receive(struct links *links, struct link *link)
{
    char bytes[READ_BYTES];
    for (;;) {
        ssize_t piece = recv(link->redis->fd, bytes, sizeof bytes, 0);
        if (piece < 0 && errno == EAGAIN) {
            return true;
        }
        if (piece == 0 || (piece < 0 && errno != EINTR)) {
            return fail(piece == 0 ? "it closed the link" : strerror(errno));
        }
        if (piece > 0 && (redisReaderFeed(link->redis->reader, bytes, (size_t)piece) != REDIS_OK ||
                          !take_replies(links, link))) {
            return false;
        }
    }
}

/* ---- the whole ---- */

static bool send_all(struct links *links)
{
    while (links->unanswered > 0) {
        struct epoll_event events[EVENTS_A_TURN];
        int count = epoll_wait(links->poll, events, EVENTS_A_TURN, TIMEOUT_MS);
        if (count <= 0) {
            return fail("no reply");
        }
        for (int i = 0; i < count; i++) {
            if (!receive(links, events[i].data.ptr) || !send_batches(links, events[i].data.ptr)) {
                return false;
            }
        }
    }
    return true;
}

bool pipeline_run(const struct pipeline *pipeline, const struct bench_options *options,
                  pipeline_reply_fn *is_good)
{
    struct links links = {.pipeline = pipeline, .poll = -1, .is_good = is_good};
    struct bench_clock clock;
    size_t reports = 0;
    for (size_t i = 0; i < pipeline->count; i++) {
        reports += pipeline->batches[i].reports;
    }
    bool done = open_links(&links, pipeline, options) && bench_clock_start(&clock, options) &&
                send_all(&links) && bench_clock_print(&clock, reports);
    close_links(&links);
    return done;
}
