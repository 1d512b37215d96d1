/* The link that workers have for what committees read: Redis takes no write on it, of no kind that the server makes. */
#include <check.h>
#include <string.h>

#include <turnout/store/commit.h>
#include <turnout/store/excuses.h>
#include <turnout/store/frozen_files.h>
#include <turnout/store/meta.h>
#include <turnout/store/take_up.h>

#include "expect_redis.h"
#include "store_fixture.h"
#include "suite.h"

static struct store_fixture store;
static struct store *reading;

struct answer {
    bool done;
    enum turnout_error error;
    char why[STORE_FIXTURE_WHY_BYTES];
};

static void note(struct answer *answer, enum turnout_error error, const char *why)
{
    ck_assert(!answer->done);
    answer->done = true;
    answer->error = error;
    ck_assert(slice_copy(slice_of(why), answer->why, sizeof answer->why));
}

static void on_link(void *context, bool up, const char *why)
{
    note(context, up ? TURNOUT_OK : TURNOUT_UNAVAILABLE, why);
}

static void setup(void)
{
    static const char *const settings[] = {"--enable-debug-command", "yes", NULL};
    static struct answer link;
    store_fixture_start(&store, settings);
    store_fixture_open(&store);
    struct store_options options = store.options;
    options.address = store_address_for_reading(&options.address);
    ck_assert_str_eq(options.address.user, READER_REDIS_USER);
    link = (struct answer){0};
    reading = store_new(store.base, &options, on_link, &link);
    store_start(reading);
    store_fixture_run_until(&store, &link.done);
    ck_assert_int_eq(link.error, TURNOUT_OK);
}

static void teardown(void)
{
    store_free(reading);
    store_fixture_end(&store);
}

/* ---- what it may ---- */

static void on_meta(void *context, enum turnout_error error, const char *why, const struct store_meta *meta)
{
    (void)meta;
    note(context, error, why);
}

static void on_excuses(void *context, enum turnout_error error, const char *why, const struct excuse *excuses)
{
    (void)excuses;
    note(context, error, why);
}

/* ---- what it may not ---- */

static void on_written(void *context, enum turnout_error error, const char *why)
{
    note(context, error, why);
}

static void on_changed(void *context, enum turnout_error error, const char *why,
                       const struct store_change *change)
{
    (void)change;
    note(context, error, why);
}

static void on_begun(void *context, enum turnout_error error, const char *why, int64_t number)
{
    (void)number;
    note(context, error, why);
}

static void on_taken_up(void *context, enum turnout_error error, const char *why,
                        const struct take_up *take_up)
{
    (void)take_up;
    note(context, error, why);
}

static void settle(struct answer *answer)
{
    store_settle(reading, 1, on_written, answer);
}

static void excuse(struct answer *answer)
{
    static const struct excuse no_signal = {.status = EXCUSE_NO_SIGNAL};
    store_excuse(reading, 0, &no_signal, on_written, answer);
}

static void keep_frozen(struct answer *answer)
{
    store_keep_frozen(reading, 1, "1", slice_of("x"), on_written, answer);
}

static void begin_bulletin(struct answer *answer)
{
    static const struct store_beginning beginning = {1773561600, "noon", BULLETIN_DUE_ASKED};
    store_begin_bulletin(reading, &beginning, on_begun, answer);
}

static void change_phase(struct answer *answer)
{
    store_change_phase(reading, PHASE_OPEN, "admin", 1, on_changed, answer);
}

static void change_publication(struct answer *answer)
{
    static const struct buffer shown[2];
    store_change_publication(reading, PUBLICATION_HOLD, shown, "admin", 1, on_changed, answer);
}

static void take_up(struct answer *answer)
{
    struct election_register *after = store_fixture_register(1);
    struct register_change *change =
        register_change_new(store.reg, &store.election.rules, after, &store.election.rules);
    store_take_up(reading, change, "admin", "why", 1, on_taken_up, answer);
    register_change_release(change);
    register_release(after);
}

static void (*const writes[])(struct answer *) = {
    settle, excuse, keep_frozen, begin_bulletin, change_phase, change_publication, take_up};

FIXTURE(setup, teardown);

TEST(it_reads)
{
    struct answer meta = {0};
    struct answer excuses = {0};
    store_read_meta(reading, on_meta, &meta);
    store_fixture_run_until(&store, &meta.done);
    ck_assert_int_eq(meta.error, TURNOUT_OK);
    store_read_excuses(reading, 0, 1, on_excuses, &excuses);
    store_fixture_run_until(&store, &excuses.done);
    ck_assert_int_eq(excuses.error, TURNOUT_OK);
}

LOOP_TEST(it_writes_nothing, COUNT(writes))
{
    char before[REDIS_DIGEST_BYTES];
    char after[REDIS_DIGEST_BYTES];
    struct answer answer = {0};
    store_fixture_disconnect(&store); /* the tally settles now and then */
    redis_fixture_digest(&store.redis, before);
    writes[_i](&answer);
    store_fixture_run_until(&store, &answer.done);
    ck_assert_int_ne(answer.error, TURNOUT_OK);
    ck_assert_msg(strstr(answer.why, "NOPERM") != NULL, "%s", answer.why);
    redis_fixture_digest(&store.redis, after);
    ck_assert_str_eq(before, after);
    store_fixture_connect(&store);
}

/* ---- whose user ---- */

TEST(under_another_name_there_is_one_user)
{
    struct store_address address = {.user = "ours", .password = "secret"};
    ck_assert_str_eq(store_address_for_reading(&address).user, "ours");
    address.user[0] = '\0';
    ck_assert_str_eq(store_address_for_reading(&address).user, "");
    ck_assert(slice_copy(slice_of(SERVER_REDIS_USER), address.user, sizeof address.user));
    address = store_address_for_reading(&address);
    ck_assert_str_eq(address.user, READER_REDIS_USER);
    ck_assert_str_eq(address.password, "secret");
}

SUITE("reading_link");
