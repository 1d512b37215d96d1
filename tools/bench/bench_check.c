/* Whether a Redis holds what was sent, by sums of its own over the same reports: in every province the voters, the
 * revision, the number of units heard, and a line of the log for each report. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

#include <turnout/base/memory.h>

#include "bench_reports.h"
#include "redis_keys.h"
#include "redis_reply.h"
#include "redis_sync.h"

enum { TIMEOUT_MS = 30000, ENTRIES_A_TIME = 1000 };

struct sums {
    uint64_t voted;
    uint64_t revision;
    uint64_t units;
    uint64_t lines;
};

/* ---- what was sent ---- */

/* [province - 1]. The caller frees. */
static struct sums *sum_up(struct bench_reports *reports)
{
    const struct election_register *reg = reports->folder.reg;
    struct sums *sums = memory_new_array(reg->province_count, sizeof *sums);
    int32_t *voted = memory_new_array(reg->unit_count, sizeof *voted); /* of each unit, -1: silent */
    struct report *report = memory_new(sizeof *report);
    uint32_t unit;
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        voted[i] = -1;
    }
    while (bench_reports_next(reports, report, &unit)) {
        struct sums *sum = &sums[bench_reports_province(reports, unit) - 1];
        sum->revision++;
        sum->lines++;
        voted[unit] = report->voted; /* a unit's reports come in their order */
    }
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        if (voted[i] >= 0) {
            struct sums *sum = &sums[bench_reports_province(reports, i) - 1];
            sum->units++;
            sum->voted += (uint64_t)voted[i];
        }
    }
    free(report);
    free(voted);
    return sums;
}

/* ---- what stands ---- */

/* The caller frees the reply. NULL, with the reason on standard error, when there is none. */
static redisReply *ask(struct redisContext *redis, const char *const *words, int count)
{
    struct slice arguments[8];
    struct error error;
    redisReply *reply;
    for (int i = 0; i < count; i++) {
        arguments[i] = slice_of(words[i]);
    }
    if (redis_sync_command(redis, count, arguments, &reply, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "bench_check: %s\n", error.text);
        return NULL;
    }
    return reply;
}

static bool read_totals(struct redisContext *redis, const struct province_keys *keys, struct sums *sums)
{
    const char *words[] = {"HMGET", keys->text[KEY_TOTALS], "voted", "revision"};
    redisReply *reply = ask(redis, words, 4);
    if (reply == NULL) {
        return false;
    }
    bool is_read = reply_is_list_of(reply, 2) &&
                   text_parse_unsigned(reply_text(reply->element[0]), INT64_MAX, &sums->voted) &&
                   text_parse_unsigned(reply_text(reply->element[1]), INT64_MAX, &sums->revision);
    freeReplyObject(reply);
    return is_read;
}

static bool count_units(struct redisContext *redis, const struct province_keys *keys, struct sums *sums)
{
    const char *words[] = {"HLEN", keys->text[KEY_UNITS]};
    redisReply *reply = ask(redis, words, 2);
    if (reply == NULL) {
        return false;
    }
    bool is_read = reply->type == REDIS_REPLY_INTEGER;
    sums->units = is_read ? (uint64_t)reply->integer : 0;
    freeReplyObject(reply);
    return is_read;
}

/* An entry of turnoutd's log has the lines of a commit in one field; any other entry is a report. */
static uint64_t count_lines(const redisReply *fields)
{
    for (size_t i = 0; i + 1 < fields->elements; i += 2) {
        if (slice_equals(reply_text(fields->element[i]), "lines")) {
            struct slice rest = reply_text(fields->element[i + 1]);
            uint64_t lines = 0;
            while (rest.bytes != NULL) {
                lines += text_split(&rest, '\n').length > 0 ? 1 : 0;
            }
            return lines;
        }
    }
    return 1;
}

/* Counts the lines of a piece of the log, and moves *next behind its last entry. */
static bool take_entries(const redisReply *reply, struct buffer *next, struct sums *sums)
{
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *entry = reply->element[i];
        if (!reply_is_list_of(entry, 2) || entry->element[1]->type != REDIS_REPLY_ARRAY) {
            return false;
        }
        sums->lines += count_lines(entry->element[1]);
        buffer_clear(next);
        buffer_printf(next, "(%s", entry->element[0]->str);
    }
    return true;
}

static bool read_log(struct redisContext *redis, const struct province_keys *keys, struct sums *sums)
{
    struct buffer next = {0};
    char most[16];
    (void)snprintf(most, sizeof most, "%d", ENTRIES_A_TIME);
    buffer_append_text(&next, "-");
    bool is_read = true;
    size_t entries = 1;
    while (is_read && entries > 0) {
        const char *words[] = {"XRANGE", keys->text[KEY_LOG], next.bytes, "+", "COUNT", most};
        redisReply *reply = ask(redis, words, 6);
        is_read = reply != NULL && reply->type == REDIS_REPLY_ARRAY && take_entries(reply, &next, sums);
        entries = is_read ? reply->elements : 0;
        if (reply != NULL) {
            freeReplyObject(reply);
        }
    }
    buffer_done(&next);
    return is_read;
}

/* ---- comparing ---- */

static bool is_same(const char *province, const char *what, uint64_t sent, uint64_t found)
{
    if (sent != found) {
        (void)fprintf(stderr, "%s: %s %" PRIu64 " in Redis, %" PRIu64 " sent\n", province, what, found, sent);
    }
    return sent == found;
}

static bool check_province(struct redisContext *redis, const struct election_folder *folder,
                           uint32_t province, const struct sums *sent)
{
    const char *code = folder->reg->areas[province].code;
    struct province_keys keys;
    struct sums found = {0};
    province_keys_init(&keys, &folder->election, code);
    if (!read_totals(redis, &keys, &found) || !count_units(redis, &keys, &found) ||
        !read_log(redis, &keys, &found)) {
        (void)fprintf(stderr, "%s: cannot be read\n", code);
        return false;
    }
    return is_same(code, "voted", sent->voted, found.voted) &&
           is_same(code, "revision", sent->revision, found.revision) &&
           is_same(code, "units", sent->units, found.units) &&
           is_same(code, "lines of the log", sent->lines, found.lines);
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (!bench_begin(argc, argv, &options, &reports)) {
        return EXIT_FAILURE;
    }
    struct redisContext *redis;
    struct error error;
    bool same = false;
    if (redis_sync_connect(&options.redis, TIMEOUT_MS, &redis, &error) == TURNOUT_OK) {
        struct sums *sent = sum_up(&reports);
        same = true;
        for (uint32_t province = 1; province <= reports.folder.reg->province_count && same; province++) {
            same = check_province(redis, &reports.folder, province, &sent[province - 1]);
        }
        free(sent);
        redisFree(redis);
    } else {
        (void)fprintf(stderr, "bench_check: %s\n", error.text);
    }
    bench_reports_done(&reports);
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
