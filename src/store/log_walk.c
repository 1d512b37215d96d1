/* The log of a province is one stream. It is read from its beginning to its end, and what is of the commune is followed:
 * each entry names the one before. Then the commune's words are read. They stand for an entry that is in the stream, and a
 * commit writes both at once; so where they name another entry than the last one seen, a server has written meanwhile, and
 * the stream has more. */
#include <turnout/store/log_walk.h>

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/store/read.h>

#include "meta_words.h"
#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"
#include "words.h"

enum { COMMAND_MS = 10000, ENTRY_ID_BYTES = 48, HEAD_TEXT_BYTES = 2 * LOG_HEAD_BYTES + 1 };

struct walk {
    struct redisContext *redis;
    const char *commune; /* its code */
    struct province_keys keys;
    log_walk_fn *on_line;
    void *context;
    char read_to[ENTRY_ID_BYTES]; /* the stream's last entry seen; empty before */
    char last[ENTRY_ID_BYTES];    /* the commune's last entry seen; `-` before */
    struct log_walked walked;
};

/* What Redis says of the commune. */
struct standing {
    int64_t lines;
    unsigned char head[LOG_HEAD_BYTES];
    char last[ENTRY_ID_BYTES];
};

/* ---- entries ---- */

static enum turnout_error refuse_entry(const struct walk *walk, struct slice id, const char *what,
                                       struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    return error_fail(error, TURNOUT_CONFLICT, "redis", "%s %s: %s", walk->keys.text[KEY_LOG],
                      text_show(id, shown), what);
}

static enum turnout_error take_lines(struct walk *walk, struct slice id, struct slice lines,
                                     struct error *error)
{
    while (lines.bytes != NULL) {
        struct slice text = text_split(&lines, '\n');
        struct log_line line;
        struct error unread;
        if (log_line_read(text, &line, &unread) != TURNOUT_OK) {
            return refuse_entry(walk, id, unread.text, error);
        }
        log_chain_extend(walk->walked.head, text);
        walk->walked.lines++;
        walk->on_line(walk->context, text, &line);
    }
    return TURNOUT_OK;
}

static enum turnout_error take_entry(struct walk *walk, const redisReply *entry, struct error *error)
{
    static const char *const names[] = {"commune", "previous", "lines"};
    if (!reply_is_list_of(entry, 2) ||
        !slice_copy(reply_text(entry->element[0]), walk->read_to, ENTRY_ID_BYTES)) {
        return error_fail(error, TURNOUT_UNAVAILABLE, "redis", "XRANGE answered something unexpected");
    }
    struct slice id = reply_text(entry->element[0]);
    const redisReply *fields = entry->element[1];
    bool is_entry = reply_is_list_of(fields, 6);
    for (size_t i = 0; i < 3 && is_entry; i++) {
        is_entry = slice_equals(reply_text(fields->element[2 * i]), names[i]);
    }
    if (!is_entry) {
        return refuse_entry(walk, id, "is no entry of the log", error);
    }
    if (!slice_equals(reply_text(fields->element[1]), walk->commune)) {
        return TURNOUT_OK;
    }
    if (!slice_equals(reply_text(fields->element[3]), walk->last)) {
        return refuse_entry(walk, id, "does not name the entry of its commune before it", error);
    }
    bool fits = slice_copy(id, walk->last, sizeof walk->last);
    assert(fits);
    return take_lines(walk, id, reply_text(fields->element[5]), error);
}

/* ---- the stream ---- */

/* *ret_is_end: nothing was behind what was read. */
static enum turnout_error read_piece(struct walk *walk, bool *ret_is_end, struct error *error)
{
    char from[ENTRY_ID_BYTES + 1];
    struct redis_command command;
    redisReply *reply;
    (void)snprintf(from, sizeof from, "(%s", walk->read_to);
    redis_command_begin(&command, "XRANGE");
    redis_command_put_text(&command, walk->keys.text[KEY_LOG]);
    redis_command_put_text(&command, walk->read_to[0] == '\0' ? "-" : from);
    redis_command_put_text(&command, "+");
    redis_command_put_text(&command, "COUNT");
    redis_command_put_integer(&command, STORE_LOG_ENTRIES_MAX);
    enum turnout_error failed = redis_sync_send(walk->redis, "XRANGE", &command, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    for (size_t i = 0; i < reply->elements && failed == TURNOUT_OK; i++) {
        failed = take_entry(walk, reply->element[i], error);
    }
    *ret_is_end = reply->elements < STORE_LOG_ENTRIES_MAX;
    freeReplyObject(reply);
    return failed;
}

static enum turnout_error read_to_end(struct walk *walk, struct error *error)
{
    enum turnout_error failed;
    bool is_end = false;
    do {
        failed = read_piece(walk, &is_end, error);
    } while (failed == TURNOUT_OK && !is_end);
    return failed;
}

static enum turnout_error read_standing(const struct walk *walk, struct standing *ret_standing,
                                        struct error *error)
{
    const char *key = walk->keys.text[KEY_COMMUNES];
    const struct slice arguments[] = {slice_of("HGET"), slice_of(key), slice_of(walk->commune)};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(walk->redis, 3, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    struct store_commune commune;
    struct slice words = reply_text(reply);
    struct slice last;
    if (!words_read_commune(words, &commune) || !text_split_last(&words, ' ', &last) ||
        !slice_copy(last, ret_standing->last, sizeof ret_standing->last)) {
        failed = error_fail(error, TURNOUT_CONFLICT, "redis", "%s %s: not the words of a commune", key,
                            walk->commune);
    } else {
        ret_standing->lines = commune.totals.revision;
        memcpy(ret_standing->head, commune.head, sizeof ret_standing->head);
    }
    freeReplyObject(reply);
    return failed;
}

/* ---- the whole ---- */

static enum turnout_error compare(const struct walk *walk, const struct standing *standing,
                                  struct error *error)
{
    const struct log_walked *walked = &walk->walked;
    if (walked->lines != standing->lines || memcmp(walked->head, standing->head, sizeof walked->head) != 0) {
        char head[HEAD_TEXT_BYTES];
        char standing_head[HEAD_TEXT_BYTES];
        sodium_bin2hex(head, sizeof head, walked->head, sizeof walked->head);
        sodium_bin2hex(standing_head, sizeof standing_head, standing->head, sizeof standing->head);
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "chain of commune %s: %" PRId64
                          " lines, head %s, does not match: its words say %" PRId64 " lines, head %s",
                          walk->commune, walked->lines, head, standing->lines, standing_head);
    }
    if (strcmp(walk->last, standing->last) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "chain of commune %s: its last entry in the log is %s, but its words name %s",
                          walk->commune, walk->last, standing->last);
    }
    return TURNOUT_OK;
}

/* Reads on for as long as servers write. */
static enum turnout_error walk_all(struct walk *walk, struct error *error)
{
    struct standing standing = {.lines = 0};
    enum turnout_error failed;
    bool is_first = true;
    bool reads_on;
    do {
        int64_t lines = walk->walked.lines;
        failed = read_to_end(walk, error);
        bool has_more = is_first || walk->walked.lines > lines;
        if (failed == TURNOUT_OK) {
            failed = read_standing(walk, &standing, error);
        }
        reads_on = failed == TURNOUT_OK && has_more && strcmp(walk->last, standing.last) != 0;
        is_first = false;
    } while (reads_on);
    return failed == TURNOUT_OK ? compare(walk, &standing, error) : failed;
}

static enum turnout_error recognise(struct redisContext *redis, const struct log_walk_of *of,
                                    struct error *error)
{
    char meta[REDIS_KEY_BYTES];
    redis_key_meta(of->election, meta);
    const struct slice arguments[] = {slice_of("HMGET"), slice_of(meta), slice_of("schema"),
                                      slice_of("digest"), slice_of("files")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 5, arguments, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    bool is_list = reply_is_list_of(reply, 3);
    struct slice schema = is_list ? reply_text(reply->element[0]) : slice_of("");
    if (schema.length == 0) {
        failed = error_fail(error, TURNOUT_NOT_FOUND, "election", "Redis holds nothing of an election %s",
                            of->election->id);
    } else {
        failed = meta_words_judge(schema, reply_text(reply->element[1]), reply_text(reply->element[2]),
                                  of->election, of->reg, "use those that are in force", error);
    }
    freeReplyObject(reply);
    return failed;
}

enum turnout_error log_walk(const struct log_walk_of *of, int64_t patience_ms, log_walk_fn *on_line,
                            void *context, struct log_walked *ret_walked, struct error *error)
{
    const struct area *commune = &of->reg->areas[of->commune];
    assert(commune->level == AREA_COMMUNE);
    struct walk walk = {.commune = commune->code, .on_line = on_line, .context = context, .last = "-"};
    province_keys_init(&walk.keys, of->election, of->reg->areas[commune->parent].code);
    enum turnout_error failed =
        redis_sync_connect_patiently(&of->address, COMMAND_MS, patience_ms, &walk.redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    failed = recognise(walk.redis, of, error);
    if (failed == TURNOUT_OK) {
        failed = walk_all(&walk, error);
    }
    redisFree(walk.redis);
    if (failed == TURNOUT_OK) {
        *ret_walked = walk.walked;
    }
    return failed;
}
