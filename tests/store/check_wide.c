/* A province wider than one command may have arguments: thousands of communes, and a batch with a report from
 * each of a thousand of them. */
#include <turnout/store/store.h>

#include <stdio.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include "store_fixture.h"
#include "suite.h"
#include "told_faults.h"

enum { COMMUNES = 4500, ROLL = 7, VOTED = 3 };

static struct election_register *wide_register(void)
{
    struct slice nothing = slice_of("");
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("VN"), slice_of("nation"), nothing, slice_of("n"),
                              nothing);
    register_builder_add_area(builder, 1, slice_of("01"), slice_of("province"), slice_of("VN"), slice_of("p"),
                              nothing);
    for (int i = 0; i < COMMUNES; i++) {
        char commune[16];
        char unit[16];
        ck_assert_int_gt(snprintf(commune, sizeof commune, "c%d", i), 0);
        ck_assert_int_gt(snprintf(unit, sizeof unit, "u%d", i), 0);
        register_builder_add_area(builder, 1, slice_of(commune), slice_of("commune"), slice_of("01"),
                                  slice_of("c"), nothing);
        register_builder_add_unit(builder, 1, slice_of(unit), slice_of(commune), slice_of("u"),
                                  slice_of("7"));
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

struct seen {
    bool done;
    uint32_t reported; /* communes with exactly their two reports */
    uint32_t silent;
};

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    struct seen *seen = context;
    ck_assert_msg(error == TURNOUT_OK, "%s", why);
    ck_assert_int_eq(province->totals.registered, (int64_t)COMMUNES * ROLL);
    ck_assert_int_eq(province->totals.voted, (int64_t)STORE_BATCH_REPORTS_MAX * VOTED);
    ck_assert_int_eq(province->totals.units_reported, STORE_BATCH_REPORTS_MAX);
    for (uint32_t i = 0; i < province->commune_count; i++) {
        const struct totals *commune = &province->communes[i];
        ck_assert_int_eq(commune->registered, ROLL);
        seen->reported += commune->voted == VOTED && commune->units_reported == 1 &&
                                  commune->registered_reported == ROLL && commune->revision == 2 &&
                                  commune->rounds[0] == 1
                              ? 1
                              : 0;
        seen->silent += commune->revision == 0 ? 1 : 0;
    }
    seen->done = true;
}

/* One report from each of the first thousand units. The rounds differ, so that the fields of an area do not
 * divide the bound of a command's arguments evenly. */
static void apply_from_each(struct store_fixture *store, int32_t seq, uint32_t rounds)
{
    struct store_result results[STORE_BATCH_REPORTS_MAX];
    struct store_batch *batch = store_batch_new(1);
    for (uint32_t i = 0; i < STORE_BATCH_REPORTS_MAX; i++) {
        struct report report = store_fixture_report(store, i, seq, VOTED);
        store_fixture_add(store, batch, i, &report, 1 + i % rounds);
    }
    ck_assert_msg(store_fixture_apply(store, batch, results) == TURNOUT_OK, "%s", store->why);
    for (uint32_t i = 0; i < STORE_BATCH_REPORTS_MAX; i++) {
        ck_assert_int_eq(results[i].status, STATUS_ACCEPTED);
    }
}

TIMEOUT(60);

TEST(test_every_commune_is_there)
{
    struct store_fixture store;
    struct error error;
    bool durable;
    store_fixture_start(&store, NULL);
    register_free(store.reg);
    store.reg = wide_register();
    store.options.reg = store.reg;
    ck_assert_msg(store_fixture_prepare(&store, 1, false, &durable, &error) == TURNOUT_OK, "%s", error.text);
    redisReply *reply = redis_fixture_command(&store.redis, "HLEN turnout:{e-1:01}:communes");
    ck_assert_int_eq(reply->integer, COMMUNES);
    freeReplyObject(reply);

    store_fixture_connect(&store);
    apply_from_each(&store, 1, 1);
    apply_from_each(&store, 2, 2);
    struct seen seen = {0};
    store_read_province(store.store, 1, -1, on_province, &seen);
    store_fixture_run_until(&store, &seen.done);
    ck_assert_uint_eq(seen.reported, STORE_BATCH_REPORTS_MAX);
    ck_assert_uint_eq(seen.silent, COMMUNES - STORE_BATCH_REPORTS_MAX);
    store_fixture_end(&store);
}

SUITE("wide");
