/* One link at a time. Replies are given in the next turn of the loop, in the order of the commands. */
#include "bench_link.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <hiredis/hiredis.h>

#include <turnout/base/buffer.h>
#include <turnout/base/memory.h>

#include "redis_link.h"
#include "redis_reply.h"
#include "redis_sync.h"

enum {
    TIMEOUT_MS = 30000,
    FIRST_PART = 15, /* FCALL, its name, the number of keys, nine keys, generation, digest, phase */
    PART_WORDS = 2,  /* in a part: where a commune's words stand, */
    PART_SHAPE = 5,  /* how many follow, */
    PART_FIXED = 6,  /* and where they begin; see proto/turnout.lua */
};

struct answer {
    redis_link_reply_fn *on_reply;
    void *context;
    redisReply *reply;
};

struct redis_link {
    struct redis_link_options options;
    redisContext *redis;
    struct event *turn;
    bool was_told_up;
    struct answer *answers;
    size_t count;
    size_t capacity;
};

static struct {
    bench_link_commit_fn *on_commit;
    void *context;
    size_t unanswered;
} kept;

void bench_link_keep_commits(bench_link_commit_fn *on_commit, void *context)
{
    kept.on_commit = on_commit;
    kept.context = context;
}

bool bench_link_is_idle(void)
{
    return kept.unanswered == 0;
}

/* ---- commits ---- */

/* What a command or a reply says, as hiredis reads it. The caller frees. */
static redisReply *read_whole(struct slice bytes)
{
    redisReader *reader = redisReaderCreate();
    void *reply = NULL;
    assert(reader != NULL);
    int failed = redisReaderFeed(reader, bytes.bytes, bytes.length);
    failed |= redisReaderGetReply(reader, &reply);
    assert(failed == REDIS_OK && reply != NULL);
    redisReaderFree(reader);
    return reply;
}

/* The number of words in a part of the commit that begins there. */
static size_t part_length(const redisReply *words, size_t at)
{
    /* units, silenced, set aside, held, decided, ledger, flagged, no longer flagged */
    static const uint64_t words_each[] = {2, 1, 2, 3, 1, 1, 2, 1};
    struct slice shape = reply_text(words->element[at + PART_SHAPE]);
    size_t length = PART_FIXED;
    for (size_t i = 0; i < sizeof words_each / sizeof words_each[0]; i++) {
        uint64_t count;
        bool is_count = text_parse_unsigned(text_split(&shape, ' '), words->elements, &count);
        assert(is_count);
        length += (size_t)(count * words_each[i]);
    }
    return length;
}

/* `done`, and of each commune its words as they are to be written. */
static redisReply *answer_commit(struct slice command)
{
    redisReply *words = read_whole(command);
    struct buffer parts = {0};
    size_t count = 0;
    for (size_t at = FIRST_PART; at < words->elements; at += part_length(words, at)) {
        struct slice written = reply_text(words->element[at + PART_WORDS]);
        buffer_printf(&parts, "$%zu\r\n%.*s\r\n", written.length, (int)written.length, written.bytes);
        count++;
    }
    struct buffer answer = {0};
    buffer_printf(&answer, "*%zu\r\n$4\r\ndone\r\n%s", count + 1, parts.bytes);
    redisReply *reply = read_whole((struct slice){answer.bytes, answer.length});
    buffer_done(&answer);
    buffer_done(&parts);
    freeReplyObject(words);
    return reply;
}

/* ---- everything else ---- */

/* NULL when Redis does not answer. */
static redisReply *ask_redis(struct redis_link *link, struct slice command)
{
    void *reply = NULL;
    if (redisAppendFormattedCommand(link->redis, command.bytes, command.length) != REDIS_OK ||
        redisGetReply(link->redis, &reply) != REDIS_OK) {
        (void)fprintf(stderr, "Redis: %s\n", link->redis->errstr);
    }
    return reply;
}

static bool is_commit(struct slice command)
{
    static const char name[] = "$14\r\nturnout_commit\r\n";
    size_t head = command.length < 64 ? command.length : 64;
    return memmem(command.bytes, head, name, strlen(name)) != NULL;
}

void redis_link_send(struct redis_link *link, struct slice command, redis_link_reply_fn *on_reply,
                     void *context)
{
    bool kept_back = is_commit(command);
    if (link->count == link->capacity) {
        link->capacity = link->capacity == 0 ? 64 : 2 * link->capacity;
        link->answers = memory_resize(link->answers, link->capacity, sizeof *link->answers);
    }
    link->answers[link->count++] =
        (struct answer){on_reply, context, kept_back ? answer_commit(command) : ask_redis(link, command)};
    kept.unanswered++;
    if (kept_back) {
        kept.on_commit(kept.context, command);
    }
    event_active(link->turn, EV_TIMEOUT, 0);
}

static void on_turn(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    struct redis_link *link = context;
    if (!link->was_told_up) {
        link->was_told_up = true;
        link->options.on_link(link->options.context, true, "");
    }
    struct answer *answers = link->answers;
    size_t count = link->count;
    link->answers = NULL; /* what callbacks send is answered in the next turn */
    link->count = 0;
    link->capacity = 0;
    for (size_t i = 0; i < count; i++) {
        answers[i].on_reply(answers[i].context, answers[i].reply, "");
        if (answers[i].reply != NULL) {
            freeReplyObject(answers[i].reply);
        }
        kept.unanswered--;
    }
    free(answers);
}

/* ---- life ---- */

struct redis_link *redis_link_new(struct event_base *base, const struct redis_link_options *options)
{
    struct redis_link *link = memory_new(sizeof *link);
    struct error error;
    link->options = *options;
    link->turn = event_new(base, -1, 0, on_turn, link);
    assert(link->turn != NULL);
    if (redis_sync_connect(&options->address, TIMEOUT_MS, &link->redis, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "Redis: %s\n", error.text);
        exit(EXIT_FAILURE);
    }
    return link;
}

void redis_link_start(struct redis_link *link)
{
    event_active(link->turn, EV_TIMEOUT, 0);
}

/* Nothing is left unanswered: whoever frees has waited. */
void redis_link_free(struct redis_link *link)
{
    assert(link->count == 0);
    event_free(link->turn);
    redisFree(link->redis);
    free(link->answers);
    free(link);
}

bool redis_link_is_up(const struct redis_link *link)
{
    return link->was_told_up;
}

const char *redis_link_why(const struct redis_link *link)
{
    (void)link;
    return "";
}

size_t redis_link_in_flight_bytes(const struct redis_link *link)
{
    (void)link;
    return 0;
}

void redis_link_distrust(struct redis_link *link, const char *why)
{
    (void)link;
    (void)fprintf(stderr, "bench_direct: %s\n", why);
    abort();
}
