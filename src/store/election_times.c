/* The times of election.ini as words in meta, and which server they are claimed by. */
#include "election_times.h"

#include <poll.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>
#include <turnout/base/rfc3339.h>

#include "redis_reply.h"
#include "redis_sync.h"
#include "store_private.h"

/* A server that serves writes something twice a second, reports or not (tally.c). */
enum { OTHERS_WRITE_WITHIN_MS = 3000, LOOK_AGAIN_MS = 100 };

static void put_moment(struct buffer *out, const char *before, const struct election *election,
                       int64_t moment)
{
    char text[RFC3339_BYTES];
    rfc3339_format(moment, election->offset_s, text);
    buffer_append_text(out, before);
    buffer_append_text(out, text);
}

void election_times_write(const struct election *election, struct buffer *out)
{
    buffer_printf(out, "date=%s", election->date);
    put_moment(out, " opens=", election, election->opens);
    put_moment(out, " closes=", election, election->closes);
    for (uint32_t i = 0; i < election->round_count; i++) {
        put_moment(out, i == 0 ? " rounds=" : ",", election, election->rounds[i]);
    }
    buffer_printf(out, "%s timezone=%s", election->round_count == 0 ? " rounds=" : "", election->timezone);
    buffer_printf(out, " bulletin-delay-s=%d unit-figures=%s", election->bulletin_delay_s,
                  election->hides_unit_figures ? "committee" : "public");
}

static enum turnout_error fail_on(struct slice theirs, struct slice ours, const struct election *election,
                                  struct error *error)
{
    char shown[TEXT_SHOWN_BYTES];
    struct slice name = text_split(&ours, '=');
    (void)text_split(&theirs, '=');
    return error_fail(
        error, TURNOUT_CONFLICT, "election",
        "`%.*s` of election.ini is another than that of the servers that count %s, %s: give all "
        "the same file, stop all, and start them again",
        (int)name.length, name.bytes, election->id,
        theirs.length == 0 ? "which have none" : text_show(theirs, shown));
}

enum turnout_error election_times_judge(struct slice words, const struct election *election,
                                        struct error *error)
{
    struct buffer ours = {0};
    enum turnout_error failed = TURNOUT_OK;
    election_times_write(election, &ours);
    struct slice rest = {ours.bytes, ours.length};
    while (words.length > 0 && rest.length > 0 && failed == TURNOUT_OK) {
        struct slice their_part = text_split(&words, ' ');
        struct slice part = text_split(&rest, ' ');
        failed = slices_equal(their_part, part) ? TURNOUT_OK : fail_on(their_part, part, election, error);
    }
    buffer_done(&ours);
    return failed;
}

/* ---- claiming ---- */

static enum turnout_error set(struct redisContext *redis, const char *command, const char *meta_key,
                              const struct buffer *words, struct error *error)
{
    const struct slice arguments[] = {
        slice_of(command), slice_of(meta_key), slice_of("times"), {words->bytes, words->length}};
    return redis_sync_number(redis, 4, arguments, NULL, error);
}

static enum turnout_error stand(struct redisContext *redis, const char *meta_key, const struct buffer *words,
                                bool *ret_is_ours, struct error *error)
{
    const struct slice arguments[] = {slice_of("HGET"), slice_of(meta_key), slice_of("times")};
    redisReply *reply;
    enum turnout_error failed = redis_sync_command(redis, 3, arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        *ret_is_ours = slices_equal(reply_text(reply), (struct slice){words->bytes, words->length});
        freeReplyObject(reply);
    }
    return failed;
}

/* Appends what changes whenever a server writes. */
static enum turnout_error read_marks(struct redisContext *redis, const struct store_options *options,
                                     const char *meta_key, struct buffer *marks, struct error *error)
{
    enum turnout_error failed = TURNOUT_OK;
    for (uint32_t province = 0; province <= options->reg->province_count && failed == TURNOUT_OK;
         province++) {
        struct province_keys keys;
        if (province > 0) {
            province_keys_init(&keys, options->election, options->reg->areas[province].code);
        }
        const struct slice arguments[] = {slice_of("HGET"),
                                          slice_of(province == 0 ? meta_key : keys.text[KEY_TOTALS]),
                                          slice_of(province == 0 ? "settled" : "revision")};
        redisReply *reply;
        failed = redis_sync_command(redis, 3, arguments, &reply, error);
        if (failed == TURNOUT_OK) {
            struct slice mark = reply_text(reply);
            buffer_append(marks, mark.bytes, mark.length);
            buffer_append_char(marks, ' ');
            freeReplyObject(reply);
        }
    }
    return failed;
}

/* Whether another server writes. */
static enum turnout_error find_others(struct redisContext *redis, const struct store_options *options,
                                      const char *meta_key, bool *ret_others, struct error *error)
{
    struct buffer before = {0};
    struct buffer now = {0};
    int64_t until_ms = clock_monotonic_ms() + OTHERS_WRITE_WITHIN_MS;
    enum turnout_error failed = read_marks(redis, options, meta_key, &before, error);
    *ret_others = false;
    while (failed == TURNOUT_OK && !*ret_others && clock_monotonic_ms() < until_ms) {
        (void)poll(NULL, 0, LOOK_AGAIN_MS); /* nothing announces that nobody writes */
        buffer_clear(&now);
        failed = read_marks(redis, options, meta_key, &now, error);
        *ret_others = failed == TURNOUT_OK && !slices_equal((struct slice){before.bytes, before.length},
                                                            (struct slice){now.bytes, now.length});
    }
    buffer_done(&before);
    buffer_done(&now);
    return failed;
}

enum turnout_error election_times_claim(struct redisContext *redis, const struct store_options *options,
                                        const char *meta_key, bool *ret_is_changed, struct error *error)
{
    struct buffer words = {0};
    bool is_ours = false;
    bool others = false;
    *ret_is_changed = false;
    election_times_write(options->election, &words);
    enum turnout_error failed = stand(redis, meta_key, &words, &is_ours, error);
    if (failed == TURNOUT_OK && !is_ours) { /* else nothing is written: Redis may take no writes now */
        failed = set(redis, "HSETNX", meta_key, &words, error);
    }
    if (failed == TURNOUT_OK && !is_ours) {
        failed = stand(redis, meta_key, &words, &is_ours, error);
    }
    if (failed == TURNOUT_OK && !is_ours) {
        failed = find_others(redis, options, meta_key, &others, error);
    }
    if (failed == TURNOUT_OK && !is_ours && !others) {
        failed = set(redis, "HSET", meta_key, &words, error);
        *ret_is_changed = failed == TURNOUT_OK;
    }
    buffer_done(&words);
    return failed;
}
