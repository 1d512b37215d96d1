/* Bulletins on a real Redis: numbers that are given once, parts of which the first stands, and a province at one
 * instant. */
#include <string.h>

#include <check.h>
#include <hiredis/hiredis.h>

#include <turnout/store/frozen_files.h>

#include "store_fixture.h"
#include "suite.h"

#define META "turnout:{e-1}:meta"

static struct store_fixture store;

static void setup(void)
{
    store_fixture_begin(&store);
}

static void teardown(void)
{
    store_fixture_end(&store);
}

/* ---- asking ---- */

static struct {
    bool done;
    enum turnout_error error;
    int64_t number;
    char bytes[256];
    bool is_there;
} answer;

static void on_begun(void *context, enum turnout_error error, const char *why, int64_t number)
{
    (void)context;
    (void)why;
    answer.done = true;
    answer.error = error;
    answer.number = number;
}

static void on_kept(void *context, enum turnout_error error, const char *why)
{
    on_begun(context, error, why, 0);
}

static void on_frozen(void *context, enum turnout_error error, const char *why, struct slice bundle)
{
    on_begun(context, error, why, 0);
    answer.is_there = bundle.bytes != NULL;
    ck_assert(slice_copy(bundle, answer.bytes, sizeof answer.bytes));
}

static int64_t begin(const char *label, int64_t due)
{
    memset(&answer, 0, sizeof answer);
    store_begin_bulletin(store.store, &(struct store_beginning){1773561600, label, due}, on_begun, NULL);
    store_fixture_run_until(&store, &answer.done);
    return answer.error == TURNOUT_OK ? answer.number : -9;
}

static void end(int64_t number, const char *bundle)
{
    memset(&answer, 0, sizeof answer);
    store_end_bulletin(store.store, number, slice_of(bundle), on_kept, NULL);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
}

static enum turnout_error keep(const char *name, const char *bundle)
{
    memset(&answer, 0, sizeof answer);
    store_keep_frozen(store.store, 1, name, slice_of(bundle), on_kept, NULL);
    store_fixture_run_until(&store, &answer.done);
    return answer.error;
}

static const char *read_frozen(uint32_t area, const char *name)
{
    memset(&answer, 0, sizeof answer);
    store_read_frozen(store.store, area, name, on_frozen, NULL);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    return answer.is_there ? answer.bytes : NULL;
}

static struct {
    bool done;
    struct store_meta meta;
} meta_answer;

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    (void)context;
    (void)why;
    ck_assert_int_eq(error, TURNOUT_OK);
    meta_answer.meta = *meta;
    meta_answer.done = true;
}

static const struct store_meta *read_meta(void)
{
    meta_answer.done = false;
    store_read_meta(store.store, on_meta, NULL);
    store_fixture_run_until(&store, &meta_answer.done);
    return &meta_answer.meta;
}

FIXTURE(setup, teardown);

/* ---- numbers ---- */

TEST(a_bulletin_begins_and_ends)
{
    ck_assert_int_eq(read_meta()->bulletin, 0);
    ck_assert_int_eq(read_meta()->begun.number, 0);
    ck_assert_int_eq(begin("11:30, a second one", BULLETIN_DUE_ASKED), 1);
    const struct store_meta *meta = read_meta();
    ck_assert_int_eq(meta->bulletin, 0);
    ck_assert_int_eq(meta->begun.number, 1);
    ck_assert_int_eq(meta->begun.cut, 1773561600);
    ck_assert(meta->begun.is_rehearsal);
    ck_assert_str_eq(meta->begun.label, "11:30, a second one");
    ck_assert_int_eq(begin("another", BULLETIN_DUE_ASKED), BULLETIN_UNDER_WAY);
    end(2, "not this one");
    ck_assert_int_eq(read_meta()->begun.number, 1);
    end(1, "first");
    end(1, "again");
    ck_assert_str_eq(read_frozen(REGISTER_NATION, "1"), "first");
    ck_assert_int_eq(read_meta()->bulletin, 1);
    ck_assert_int_eq(read_meta()->begun.number, 0);
    redis_fixture_run(&store.redis, "HSET " META " phase open");
    ck_assert_int_eq(begin("15:00", BULLETIN_DUE_ASKED), 2);
    ck_assert(!read_meta()->begun.is_rehearsal);
}

/* The election was seeded now: what was due before is not made up for. */
TEST(what_is_due_is_begun_once)
{
    int64_t now = read_meta()->bulletin_due;
    ck_assert_int_gt(now, 0);
    ck_assert_int_eq(begin("old", now), BULLETIN_NOT_DUE);
    ck_assert_int_eq(begin("09:00", now + 10), 1);
    ck_assert_int_eq(begin("09:00", now + 10), BULLETIN_UNDER_WAY);
    end(1, "first");
    ck_assert_int_eq(begin("09:00", now + 10), BULLETIN_NOT_DUE);
    ck_assert_int_eq(begin("", now + 20), BULLETIN_NOT_DUE); /* passed over */
    ck_assert_int_eq(begin("11:00", now + 20), BULLETIN_NOT_DUE);
    ck_assert_int_eq(begin("13:00", now + 30), 2);
}

TEST(a_closing_is_due_one)
{
    ck_assert_int_eq(begin("closing", BULLETIN_DUE_CLOSING), BULLETIN_NOT_DUE);
    redis_fixture_run(&store.redis, "HSET " META " bulletin_closing 1");
    ck_assert(read_meta()->is_closing_due);
    ck_assert_int_eq(begin("closing", BULLETIN_DUE_CLOSING), 1);
    ck_assert(!read_meta()->is_closing_due);
    end(1, "closing");
    ck_assert_int_eq(begin("closing", BULLETIN_DUE_CLOSING), BULLETIN_NOT_DUE);
}

static int64_t pass(const char *number)
{
    struct redisReply *reply =
        redis_fixture_command(&store.redis, "FCALL turnout_bulletin_pass 1 " META " %s", number);
    int64_t answered = reply->type == REDIS_REPLY_INTEGER ? reply->integer : -9;
    freeReplyObject(reply);
    return answered;
}

TEST(numbers_are_passed_over)
{
    ck_assert_int_eq(pass("5"), 1);
    ck_assert_int_eq(pass("3"), 1);
    ck_assert_int_eq(pass("x"), -9);
    ck_assert_int_eq(begin("09:00", BULLETIN_DUE_ASKED), 6);
    end(6, "first");
    ck_assert_int_eq(begin("11:00", BULLETIN_DUE_ASKED), 7);
}

static const char *const spoilt[] = {"HDEL " META " schema", "HSET " META " bulletin x",
                                     "HSET " META " bulletin_due -1", "DEL " META};

LOOP_TEST(what_the_keys_must_not_hold_begins_nothing, COUNT(spoilt))
{
    redis_fixture_run(&store.redis, spoilt[_i]);
    ck_assert_int_eq(begin("09:00", INT32_MAX), -9);
    ck_assert_int_eq(answer.error, TURNOUT_BAD_INPUT);
}

/* ---- parts ---- */

TEST(the_first_part_stands)
{
    ck_assert_ptr_null(read_frozen(1, "1"));
    ck_assert_int_eq(keep("1", "first"), TURNOUT_OK);
    ck_assert_int_eq(keep("1", "second"), TURNOUT_OK);
    ck_assert_str_eq(read_frozen(1, "1"), "first");
    ck_assert_ptr_null(read_frozen(2, "1"));
    redis_fixture_run(&store.redis, "SET turnout:{e-1:02}:bulletins x");
    memset(&answer, 0, sizeof answer);
    store_read_frozen(store.store, 2, "1", on_frozen, NULL);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_eq(answer.error, TURNOUT_BAD_INPUT);
}

/* ---- a province at one instant ---- */

static struct {
    bool done;
    enum turnout_error error;
    int64_t voted;
    int32_t unit_voted[4];
    int32_t unit_registered;
    bool has_ledger;
} province_answer;

static void on_province(void *context, enum turnout_error error, const char *why,
                        const struct store_province *province)
{
    (void)context;
    (void)why;
    province_answer.done = true;
    province_answer.error = error;
    if (province != NULL) {
        province_answer.voted = province->totals.voted;
        for (int i = 0; i < 4; i++) {
            province_answer.unit_voted[i] = province->units[i].voted;
        }
        province_answer.unit_registered = province->units[3].registered;
        province_answer.has_ledger = province->ledger_id[0] != '\0';
    }
}

static void read_province(void)
{
    memset(&province_answer, 0, sizeof province_answer);
    store_read_province_units(store.store, 1, on_province, NULL);
    store_fixture_run_until(&store, &province_answer.done);
}

static void report(uint32_t unit, int32_t seq, int32_t voted, enum report_kind kind)
{
    struct report report = store_fixture_report(&store, unit, seq, voted);
    struct report_outcome result;
    report.kind = kind;
    report.kind_given = kind != KIND_PROGRESS;
    report.reason = kind == KIND_CORRECTION ? REASON_MISCOUNT : REASON_NONE;
    ck_assert_int_eq(store_fixture_apply_one(&store, unit, &report, &result), TURNOUT_OK);
    ck_assert_int_eq(result.status, STATUS_ACCEPTED);
}

TEST(a_province_comes_with_its_units)
{
    read_province();
    ck_assert_int_eq(province_answer.error, TURNOUT_OK);
    ck_assert_int_eq(province_answer.unit_voted[1], 0);
    ck_assert_int_eq(province_answer.unit_registered, (int32_t)store.reg->units[3].registered);
    ck_assert(!province_answer.has_ledger);
    report(1, 1, 5, KIND_PROGRESS);
    report(1, 2, 4, KIND_CORRECTION);
    read_province();
    ck_assert_int_eq(province_answer.voted, 4);
    ck_assert_int_eq(province_answer.unit_voted[1], 4);
    ck_assert(province_answer.has_ledger);
}

static const char *const unsound[] = {
    "HSET turnout:{e-1:01}:units nobody 1",    "SET turnout:{e-1:01}:units x",
    "HDEL turnout:{e-1:01}:totals generation", "HSET turnout:{e-1:01}:totals voted x",
    "SET turnout:{e-1:01}:ledger x",
};

LOOP_TEST(a_province_that_is_unsound_is_refused, COUNT(unsound))
{
    redis_fixture_run(&store.redis, unsound[_i]);
    read_province();
    ck_assert_int_eq(province_answer.error, TURNOUT_BAD_INPUT);
}

SUITE("bulletins");
