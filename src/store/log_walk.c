/* The log of a province is one stream. It is read from its beginning to its end, and what is of the communes is
 * followed: each entry names the one before of its commune. Then the communes' words are read. They stand for an entry
 * that is in the stream, and a commit writes both at once; so where they name another entry than the last one seen, a
 * server has written meanwhile, and the stream has more. */
#include <turnout/store/log_walk.h>

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/memory.h>

#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"
#include "walk_link.h"
#include "words.h"

enum { HEAD_TEXT_BYTES = 2 * LOG_HEAD_BYTES + 1 };

/* A commune that is followed. */
struct followed {
    char last[STORE_STREAM_ID_BYTES]; /* its last entry seen; `-` before */
    struct log_walked walked;
    char standing_last[STORE_STREAM_ID_BYTES]; /* what Redis says of it */
    struct log_walked standing;
};

struct walk {
    struct redisContext *redis;
    const struct election_register *reg;
    struct followed *followed; /* one a commune */
    uint32_t first;            /* index of the first one's area */
    uint32_t count;
    struct province_keys keys;
    log_walk_fn *on_line;
    void *context;
    char read_to[STORE_STREAM_ID_BYTES]; /* the stream's last entry seen; empty before */
    int64_t lines;                       /* of all */
};

static const char *code_of(const struct walk *walk, uint32_t place)
{
    return walk->reg->areas[walk->first + place].code;
}

/* ---- entries ---- */

static enum turnout_error refuse_entry(const struct walk *walk, struct slice id, const char *what,
                                       struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    return error_fail(error, TURNOUT_CONFLICT, "redis", "%s %s: %s", walk->keys.text[KEY_LOG],
                      text_show(id, shown), what);
}

static enum turnout_error take_lines(struct walk *walk, uint32_t place, struct slice id, struct slice lines,
                                     struct error *error)
{
    struct log_walked *walked = &walk->followed[place].walked;
    while (lines.bytes != NULL) {
        struct slice text = text_split(&lines, '\n');
        struct log_line line;
        struct error unread;
        if (log_line_read(text, &line, &unread) != TURNOUT_OK) {
            return refuse_entry(walk, id, unread.text, error);
        }
        log_chain_extend(walked->head, text);
        walked->lines++;
        walk->lines++;
        walk->on_line(walk->context, walk->first + place, text, &line);
    }
    return TURNOUT_OK;
}

static enum turnout_error take_entry(void *context, const redisReply *entry, struct error *error)
{
    static const char *const names[] = {"commune", "previous", "lines"};
    struct walk *walk = context;
    struct slice id = reply_text(entry->element[0]);
    const redisReply *fields = entry->element[1];
    bool is_entry = reply_is_list_of(fields, 6);
    for (size_t i = 0; i < 3 && is_entry; i++) {
        is_entry = slice_equals(reply_text(fields->element[2 * i]), names[i]);
    }
    if (!is_entry) {
        return refuse_entry(walk, id, "is no entry of the log", error);
    }
    uint32_t area = register_find_area(walk->reg, reply_text(fields->element[1]));
    if (area < walk->first || area >= walk->first + walk->count) {
        return TURNOUT_OK;
    }
    struct followed *followed = &walk->followed[area - walk->first];
    if (!slice_equals(reply_text(fields->element[3]), followed->last)) {
        return refuse_entry(walk, id, "does not name the entry of its commune before it", error);
    }
    bool fits = slice_copy(id, followed->last, sizeof followed->last);
    assert(fits);
    return take_lines(walk, area - walk->first, id, reply_text(fields->element[5]), error);
}

/* ---- what stands ---- */

static enum turnout_error take_standing(const struct walk *walk, uint32_t place, const redisReply *reply,
                                        struct error *error)
{
    struct followed *followed = &walk->followed[place];
    struct store_commune commune;
    struct slice words = reply_text(reply);
    struct slice last;
    if (!words_read_commune(words, &commune) || !text_split_last(&words, ' ', &last) ||
        !slice_copy(last, followed->standing_last, sizeof followed->standing_last)) {
        return error_fail(error, TURNOUT_CONFLICT, "redis", "%s %s: not the words of a commune",
                          walk->keys.text[KEY_COMMUNES], code_of(walk, place));
    }
    followed->standing.lines = commune.totals.revision;
    memcpy(followed->standing.head, commune.head, sizeof followed->standing.head);
    return TURNOUT_OK;
}

static enum turnout_error read_standing(const struct walk *walk, struct error *error)
{
    struct redis_command command;
    redisReply *reply;
    redis_command_begin(&command, "HMGET");
    redis_command_put_text(&command, walk->keys.text[KEY_COMMUNES]);
    for (uint32_t i = 0; i < walk->count; i++) {
        redis_command_put_text(&command, code_of(walk, i));
    }
    enum turnout_error failed = redis_sync_send(walk->redis, "HMGET", &command, &reply, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    if (!reply_is_list_of(reply, walk->count)) {
        failed = error_fail(error, TURNOUT_UNAVAILABLE, "redis", "HMGET answered something unexpected");
    }
    for (uint32_t i = 0; i < walk->count && failed == TURNOUT_OK; i++) {
        failed = take_standing(walk, i, reply->element[i], error);
    }
    freeReplyObject(reply);
    return failed;
}

/* ---- the whole ---- */

static enum turnout_error compare(const struct walk *walk, uint32_t place, struct error *error)
{
    const struct followed *followed = &walk->followed[place];
    const struct log_walked *walked = &followed->walked;
    const struct log_walked *standing = &followed->standing;
    if (walked->lines != standing->lines || memcmp(walked->head, standing->head, sizeof walked->head) != 0) {
        char head[HEAD_TEXT_BYTES];
        char standing_head[HEAD_TEXT_BYTES];
        sodium_bin2hex(head, sizeof head, walked->head, sizeof walked->head);
        sodium_bin2hex(standing_head, sizeof standing_head, standing->head, sizeof standing->head);
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "chain of commune %s: %" PRId64
                          " lines, head %s, does not match: its words say %" PRId64 " lines, head %s",
                          code_of(walk, place), walked->lines, head, standing->lines, standing_head);
    }
    if (strcmp(followed->last, followed->standing_last) != 0) {
        return error_fail(error, TURNOUT_CONFLICT, "redis",
                          "chain of commune %s: its last entry in the log is %s, but its words name %s",
                          code_of(walk, place), followed->last, followed->standing_last);
    }
    return TURNOUT_OK;
}

/* Whether words name an entry that was not seen yet, or never will be. */
static bool has_unseen(const struct walk *walk)
{
    uint32_t i = 0;
    while (i < walk->count && strcmp(walk->followed[i].last, walk->followed[i].standing_last) == 0) {
        i++;
    }
    return i < walk->count;
}

/* Reads on for as long as servers write. */
static enum turnout_error walk_all(struct walk *walk, struct error *error)
{
    enum turnout_error failed;
    bool is_first = true;
    bool reads_on;
    do {
        int64_t lines = walk->lines;
        failed = walk_stream(walk->redis, walk->keys.text[KEY_LOG], walk->read_to, take_entry, walk, error);
        bool has_more = is_first || walk->lines > lines;
        if (failed == TURNOUT_OK) {
            failed = read_standing(walk, error);
        }
        reads_on = failed == TURNOUT_OK && has_more && has_unseen(walk);
        is_first = false;
    } while (reads_on);
    for (uint32_t i = 0; i < walk->count && failed == TURNOUT_OK; i++) {
        failed = compare(walk, i, error);
    }
    return failed;
}

static void walk_init(struct walk *walk, const struct log_walk_of *of)
{
    const struct area *area = &of->reg->areas[of->area];
    bool is_commune = area->level == AREA_COMMUNE;
    assert(area->level != AREA_NATION);
    walk->reg = of->reg;
    walk->first = is_commune ? of->area : area->first_child;
    walk->count = is_commune ? 1 : area->children;
    walk->followed = memory_new_array(walk->count, sizeof *walk->followed);
    for (uint32_t i = 0; i < walk->count; i++) {
        walk->followed[i].last[0] = '-';
    }
    province_keys_init(&walk->keys, of->election,
                       is_commune ? of->reg->areas[area->parent].code : area->code);
}

enum turnout_error log_walk(const struct log_walk_of *of, int64_t patience_ms, log_walk_fn *on_line,
                            void *context, struct log_walked *ret_walked, struct error *error)
{
    struct walk walk = {.on_line = on_line, .context = context};
    enum turnout_error failed =
        walk_link_open(&of->address, of->election, of->reg, patience_ms, &walk.redis, error);
    if (failed != TURNOUT_OK) {
        return failed;
    }
    walk_init(&walk, of);
    failed = walk.count == 0 ? TURNOUT_OK : walk_all(&walk, error);
    redisFree(walk.redis);
    for (uint32_t i = 0; i < walk.count && failed == TURNOUT_OK; i++) {
        ret_walked[i] = walk.followed[i].walked;
    }
    free(walk.followed);
    return failed;
}
