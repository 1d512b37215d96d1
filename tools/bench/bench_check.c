/* Whether a Redis holds what was sent: every total of every province and commune, against the same reports applied
 * to the store in memory, which follows the rules in plain C. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/base/memory.h>
#include <turnout/store/managed_redis.h>
#include <turnout/store/memory_store.h>

#include "bench_reports.h"
#include "province_reply.h"
#include "redis_keys.h"
#include "redis_sync.h"

enum { TIMEOUT_MS = 10000 };

/* The totals that must stand there once all reports are in. */
static struct memory_store *apply_all(struct bench_reports *reports)
{
    struct memory_store *store = memory_store_new(&reports->folder.election, reports->folder.reg);
    struct bench_report *report = memory_new(sizeof *report);
    while (bench_reports_next(reports, report)) {
        struct store_result result;
        memory_store_apply(store, report->unit, &report->received, &result);
    }
    free(report);
    return store;
}

static enum turnout_error read_province(struct redisContext *redis, const struct election_folder *folder,
                                        uint32_t province, struct totals *ret_totals,
                                        struct totals *ret_communes, struct error *error)
{
    struct province_keys keys;
    province_keys_init(&keys, &folder->election, folder->reg->areas[province].code);
    const struct slice arguments[] = {slice_of("FCALL_RO"),
                                      slice_of("turnout_read"),
                                      slice_of("2"),
                                      slice_of(keys.text[KEY_TOTALS]),
                                      slice_of(keys.text[KEY_COMMUNES]),
                                      slice_of("-1")};
    redisReply *reply;
    enum turnout_error failed =
        redis_sync_command(redis, sizeof arguments / sizeof arguments[0], arguments, &reply, error);
    if (failed == TURNOUT_OK) {
        failed = province_reply_read(reply, folder->reg, province, ret_totals, ret_communes, error);
        freeReplyObject(reply);
    }
    return failed;
}

static bool is_as_sent(const struct memory_store *sent, const struct election_register *reg, uint32_t area,
                       const struct totals *found)
{
    const struct totals *wanted = memory_store_totals(sent, area);
    if (totals_equal(wanted, found)) {
        return true;
    }
    (void)fprintf(stderr,
                  "%s: %" PRId64 " voted by %" PRId64 " reports, instead of %" PRId64 " by %" PRId64 "\n",
                  reg->areas[area].code, found->voted, found->revision, wanted->voted, wanted->revision);
    return false;
}

static bool check_province(struct redisContext *redis, const struct election_folder *folder,
                           const struct memory_store *sent, uint32_t province)
{
    const struct area *area = &folder->reg->areas[province];
    struct totals totals;
    struct totals *communes = memory_new_array(area->children, sizeof *communes);
    struct error error;
    bool same = true;
    if (read_province(redis, folder, province, &totals, communes, &error) != TURNOUT_OK) {
        (void)fprintf(stderr, "%s: %s\n", area->code, error.text);
        same = false;
    } else {
        same = is_as_sent(sent, folder->reg, province, &totals);
        for (uint32_t i = 0; i < area->children && same; i++) {
            same = is_as_sent(sent, folder->reg, area->first_child + i, &communes[i]);
        }
    }
    free(communes);
    return same;
}

int main(int argc, char **argv)
{
    struct bench_options options;
    struct bench_reports reports;
    if (sodium_init() < 0 || !bench_options_read(argc, argv, &options) ||
        !bench_reports_open(&options, &reports)) {
        return EXIT_FAILURE;
    }
    struct redisContext *redis;
    struct error error;
    bool same = false;
    if (store_address_set_user(&options.redis, MANAGED_REDIS_USER, &error) == TURNOUT_OK &&
        redis_sync_connect(&options.redis, TIMEOUT_MS, &redis, &error) == TURNOUT_OK) {
        struct memory_store *sent = apply_all(&reports);
        same = true;
        for (uint32_t province = 1; province <= reports.folder.reg->province_count && same; province++) {
            same = check_province(redis, &reports.folder, sent, province);
        }
        memory_store_free(sent);
        redisFree(redis);
    } else {
        (void)fprintf(stderr, "bench_check: %s\n", error.text);
    }
    bench_reports_done(&reports);
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
