/* What can happen to a link, and that none of it is mistaken for an answer: whatever was in flight is
 * `unavailable`, sending it again counts it once, and the link comes back. */
#include <turnout/store/store.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "store_fixture.h"
#include "suite.h"

enum { SHORT_DEADLINE_MS = 150, WAIT_MS = 5000 };

static struct store_fixture store;

static void begin(void)
{
    struct error error;
    bool durable;
    store_fixture_start(&store, NULL);
    ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_OK);
    store.options.command_deadline_ms = SHORT_DEADLINE_MS;
    store_fixture_connect(&store);
}

static void end(void)
{
    store_fixture_end(&store);
}

/* Runs the loop until a counter of the fixture's has reached a number. */
static void run_until(const uint32_t *counter, uint32_t least)
{
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    while (*counter < least) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "waited in vain; last word: %s", store.why);
        ck_assert_int_ge(event_base_loop(store.base, EVLOOP_ONCE), 0);
    }
}

static int64_t voted_now(void)
{
    bool moved;
    struct totals totals;
    struct totals communes[STORE_FIXTURE_COMMUNES];
    ck_assert_msg(store_fixture_read(&store, 1, -1, &moved, &totals, communes) == TURNOUT_OK, "%s",
                  store.why);
    return totals.voted;
}

static struct store_result apply_well(const struct report *report)
{
    struct store_result result;
    ck_assert_msg(store_fixture_apply_one(&store, 0, report, &result) == TURNOUT_OK, "%s", store.why);
    return result;
}

/* An application that is left in flight. */
struct answer {
    uint32_t times;
    enum turnout_error error;
    char why[128];
};

static void on_answer(void *context, enum turnout_error error, const char *why,
                      const struct store_result *results, size_t count)
{
    struct answer *answer = context;
    (void)results;
    ck_assert_uint_eq(count, 1);
    answer->times++;
    answer->error = error;
    (void)strncpy(answer->why, why, sizeof answer->why - 1);
}

static void send_one(const struct report *report, struct answer *ret_answer)
{
    *ret_answer = (struct answer){0};
    struct store_batch *batch = store_batch_new(1);
    store_fixture_add(&store, batch, 0, report, 1);
    store_apply(store.store, batch, on_answer, ret_answer);
    ck_assert_uint_eq(ret_answer->times, 0);
}

FIXTURE(begin, end);
TIMEOUT(60);

TEST(test_redis_killed_in_flight)
{
    struct answer answer;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_signal(&store.redis, SIGSTOP);
    send_one(&report, &answer);
    (void)event_base_loop(store.base, EVLOOP_NONBLOCK);
    redis_fixture_signal(&store.redis, SIGKILL);
    run_until(&store.times_down, 1);
    ck_assert_uint_eq(answer.times, 1); /* before the owner is told that the link is down */
    ck_assert_int_eq(answer.error, TURNOUT_UNAVAILABLE);
    ck_assert_str_ne(answer.why, "");
    ck_assert(!store_is_up(store.store));

    redis_fixture_restart(&store.redis);
    run_until(&store.times_up, 2);
    ck_assert_int_eq(apply_well(&report).status, STATUS_ACCEPTED);
    ck_assert_int_eq(voted_now(), 10);
    ck_assert_uint_eq(store_counters(store.store)->links_lost, 1);
}

TEST(test_redis_killed_while_the_link_is_idle)
{
    redis_fixture_signal(&store.redis, SIGKILL);
    run_until(&store.times_down, 1);
    redis_fixture_restart(&store.redis);
    run_until(&store.times_up, 2);
    ck_assert_int_eq(voted_now(), 0);
}

TEST(test_deadline_missed)
{
    struct answer answer;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_signal(&store.redis, SIGSTOP);
    int64_t start_ms = clock_monotonic_ms();
    send_one(&report, &answer);
    run_until(&answer.times, 1);
    ck_assert_int_eq(answer.error, TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(answer.why, "deadline"));
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, SHORT_DEADLINE_MS);
    ck_assert_int_lt(clock_monotonic_ms() - start_ms, 10 * SHORT_DEADLINE_MS);

    /* Redis had it all the same: the link broke, not the report. */
    redis_fixture_signal(&store.redis, SIGCONT);
    run_until(&store.times_up, 2);
    ck_assert_int_eq(apply_well(&report).status, STATUS_DUPLICATE);
    ck_assert_int_eq(voted_now(), 10);
}

TEST(test_each_command_has_a_deadline_of_its_own)
{
    struct answer answers[3];
    struct report report = store_fixture_report(&store, 0, 1, 10);
    ck_assert_int_eq(apply_well(&report).status,
                     STATUS_ACCEPTED); /* a deadline that was kept leaves nothing */
    int64_t start_ms = clock_monotonic_ms();
    while (clock_monotonic_ms() - start_ms < 2 * SHORT_DEADLINE_MS) {
        (void)event_base_loop(store.base, EVLOOP_NONBLOCK);
        (void)poll(NULL, 0, 5);
    }
    ck_assert(store_is_up(store.store));
    redis_fixture_signal(&store.redis, SIGSTOP);
    for (int i = 0; i < 3; i++) {
        send_one(&report, &answers[i]);
    }
    run_until(&answers[2].times, 1);
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(answers[i].times, 1);
        ck_assert_int_eq(answers[i].error, TURNOUT_UNAVAILABLE);
    }
    redis_fixture_signal(&store.redis, SIGCONT);
}

TEST(test_freeing_answers_what_is_in_flight)
{
    struct answer in_flight;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    send_one(&report, &in_flight);
    store_free(store.store);
    store.store = NULL;
    ck_assert_uint_eq(in_flight.times, 1);
    ck_assert_int_eq(in_flight.error, TURNOUT_UNAVAILABLE);
    (void)event_base_loop(store.base, EVLOOP_NONBLOCK);
    ck_assert_uint_eq(in_flight.times, 1);
}

TEST(test_freeing_answers_what_was_sent_while_down)
{
    struct answer refused;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_signal(&store.redis, SIGKILL);
    run_until(&store.times_down, 1);
    send_one(&report, &refused);
    store_free(store.store);
    store.store = NULL;
    ck_assert_uint_eq(refused.times, 1);
    ck_assert_int_eq(refused.error, TURNOUT_UNAVAILABLE);
}

TEST(test_what_is_sent_while_down_is_refused_in_the_next_turn)
{
    struct answer answer;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_signal(&store.redis, SIGKILL);
    run_until(&store.times_down, 1);
    ck_assert(!store_has_room(store.store));
    send_one(&report, &answer);
    run_until(&answer.times, 1);
    ck_assert_int_eq(answer.error, TURNOUT_UNAVAILABLE);
}

TEST(test_room_ends_at_the_bound)
{
    struct answer answer;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    store_free(store.store);
    store.options.in_flight_bytes_max = 100;
    store_fixture_connect(&store);
    ck_assert(store_has_room(store.store));
    send_one(&report, &answer);
    ck_assert(!store_has_room(store.store));
    run_until(&answer.times, 1);
    ck_assert_int_eq(answer.error, TURNOUT_OK);
    ck_assert(store_has_room(store.store));
}

TEST(test_a_redis_that_is_loading_is_not_up)
{
    for (int i = 0; i < 500; i++) {
        redis_fixture_run(&store.redis, "SET k%d some-value-that-takes-a-little-room", i);
    }
    redis_fixture_signal(&store.redis, SIGTERM);
    run_until(&store.times_down, 1);
    store.redis.settings[0] = "--key-load-delay";
    store.redis.settings[1] = "1000";
    store.redis.settings[2] = "--loading-process-events-interval-bytes";
    store.redis.settings[3] = "1024";
    int64_t start_ms = clock_monotonic_ms();
    redis_fixture_launch(&store.redis);
    run_until(&store.times_up, 2);
    ck_assert_int_ge(clock_monotonic_ms() - start_ms, 400);
    redis_fixture_await(&store.redis);
    ck_assert_int_eq(voted_now(), 0);
}

TEST(test_a_peer_that_never_answers_is_left)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, store.options.address.path, sizeof store.options.address.path);
    store_free(store.store);
    redis_fixture_signal(&store.redis, SIGKILL);
    ck_assert_int_eq(unlink(address.sun_path), 0);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ck_assert_int_eq(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 16), 0);
    store.store = store_new(store.base, &store.options, NULL, NULL);
    store_start(store.store);
    int64_t deadline_ms = clock_monotonic_ms() + WAIT_MS;
    for (int connections = 0; connections < 3;) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_ge(event_base_loop(store.base, EVLOOP_ONCE), 0);
        connections += accept4(listener, NULL, NULL, SOCK_CLOEXEC) >= 0 ? 1 : 0;
    }
    ck_assert(!store_is_up(store.store));
    ck_assert_int_eq(close(listener), 0);
}

/* ---- being let in ---- */

/* Its users were changed while Redis was away: the reason is said, once, and the link comes back once they are mended. */
TEST(test_shut_out_and_let_in_again)
{
    static const struct {
        const char *spoil;
        const char *mend;
        const char *says;
    } cases[] = {
        {"ACL SETUSER turnoutd resetpass >secret", "ACL SETUSER turnoutd nopass", "WRONGPASS "},
        {"ACL SETUSER turnoutd off", "ACL SETUSER turnoutd on", "WRONGPASS "},
        {"ACL SETUSER turnoutd -ping", "ACL SETUSER turnoutd +ping", "NOPERM "},
    };
    struct report report = store_fixture_report(&store, 0, 1, 10);
    for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct answer answer;
        redis_fixture_run(&store.redis, cases[i].spoil);
        redis_fixture_run(&store.redis, "CLIENT KILL USER turnoutd");
        run_until(&store.times_down, 2 * i + 2); /* the link was lost, and we were shut out */
        ck_assert_msg(strncmp(store.why, cases[i].says, strlen(cases[i].says)) == 0, "%s", store.why);
        ck_assert_ptr_nonnull(strchr(store.why, '(')); /* what to do */
        ck_assert(!store_is_up(store.store));
        for (uint64_t failures = store_counters(store.store)->failures + 4;
             store_counters(store.store)->failures < failures;) { /* two attempts more, or three */
            ck_assert_int_ge(event_base_loop(store.base, EVLOOP_ONCE), 0);
        }
        ck_assert_uint_eq(store.times_down, 2 * i + 2);
        send_one(&report, &answer);
        run_until(&answer.times, 1);
        ck_assert_int_eq(answer.error, TURNOUT_UNAVAILABLE);
        ck_assert_msg(strncmp(answer.why, cases[i].says, strlen(cases[i].says)) == 0, "%s", answer.why);
        redis_fixture_run(&store.redis, cases[i].mend);
        run_until(&store.times_up, i + 2);
    }
    ck_assert_int_eq(apply_well(&report).status, STATUS_ACCEPTED);
}

/* ---- what Redis may say instead of an answer ---- */

static const struct {
    const char *spoil;
    const char *mend;
    const char *says;
} refusals[] = {
    {"CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "OOM "},
    {"CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "NOREPLICAS "},
    {"REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "READONLY "},
    {"ACL SETUSER turnoutd -fcall", "ACL SETUSER turnoutd +fcall", "NOPERM "},
    {"ACL SETUSER turnoutd -xadd", "ACL SETUSER turnoutd +xadd", "ERR The user executing the script"},
    {"FUNCTION FLUSH", NULL, "ERR Function not found"},
};

LOOP_TEST(test_refusals_are_never_rejections, COUNT(refusals))
{
    struct store_result result;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_run(&store.redis, refusals[_i].spoil);
    ck_assert_int_eq(store_fixture_apply_one(&store, 0, &report, &result), TURNOUT_UNAVAILABLE);
    ck_assert_msg(strncmp(store.why, refusals[_i].says, strlen(refusals[_i].says)) == 0, "%s", store.why);
    ck_assert_uint_eq(store_counters(store.store)->failures, 1);
    ck_assert_uint_eq(store_counters(store.store)->batches, 0);
    if (refusals[_i].mend != NULL) {
        redis_fixture_run(&store.redis, refusals[_i].mend);
        ck_assert_int_eq(apply_well(&report).status, STATUS_ACCEPTED);
        ck_assert_int_eq(voted_now(), 10);
    }
}

TEST(test_a_busy_redis)
{
    struct store_result result;
    struct report report = store_fixture_report(&store, 0, 1, 10);
    redis_fixture_run(&store.redis, "CONFIG SET busy-reply-threshold 1");
    ck_assert_int_eq(redisAppendCommand(store.redis.redis, "EVAL %s 0", "while true do end"), REDIS_OK);
    int flushed = 0;
    ck_assert_int_eq(redisBufferWrite(store.redis.redis, &flushed), REDIS_OK);
    ck_assert(flushed);

    enum turnout_error error;
    do { /* until the script has run long enough to be called busy */
        error = store_fixture_apply_one(&store, 0, &report, &result);
        report.seq++;
    } while (error == TURNOUT_OK);
    ck_assert_msg(strncmp(store.why, "BUSY ", 5) == 0, "%s", store.why);

    struct redisContext *killer = redis_fixture_log_in(store.redis.address.path, REDIS_FIXTURE_USER);
    freeReplyObject(redisCommand(killer, "SCRIPT KILL"));
    redisFree(killer);
    void *reply;
    ck_assert_int_eq(redisGetReply(store.redis.redis, &reply), REDIS_OK);
    freeReplyObject(reply);
    ck_assert_int_eq(apply_well(&report).status, STATUS_ACCEPTED);
}

/* A library that answers something else than what was asked for. */
static const struct {
    const char *answers;
    bool whole_batch; /* the answer as a whole is no answer */
} liars[] = {
    {"return false", true},
    {"return {}", true},
    {"return 'accepted'", true},
    {"return {ok = 'accepted'}", true},
    {"return {right, right}", true},
    {"return {1}", false},
    {"return {''}", false},
    {"return {right .. ' '}", false},
    {"return {'accepted - 01.1-001 1'}", false},
    {"return {string.gsub(right, ' 1 ', ' 2 ') .. ''}", false},
    {"return {string.gsub(right, '01.1.001', '01.1-002') .. ''}", false},
    {"return {string.gsub(right, '%x$', function(x) return x == '0' and '1' or '0' end) .. ''}", false},
    {"return {string.gsub(right, 'accepted', 'held') .. ''}", false},
    {"return {string.gsub(right, 'accepted', 'turned-down') .. ''}", false},
    {"return {string.gsub(right, 'accepted %-', 'held too-fast') .. ''}", false},
    {"return {string.gsub(right, 'accepted', 'unavailable') .. ''}", false},
    {"return {string.gsub(right, 'accepted', 'duplicate') .. ''}", false},
    {"return {string.gsub(right, 'accepted', 'rejected') .. ''}", false},
    {"return {string.gsub(right, 'accepted %-', 'rejected seq-conflict') .. ' 1 2'}", false},
};

static void load_liar(const char *body)
{
    redis_fixture_run(&store.redis, "FUNCTION LOAD REPLACE %s%s%s",
                      "#!lua name=turnout\n"
                      "redis.register_function('turnout_apply', function(keys, args)\n"
                      "local r = cmsgpack.unpack(args[3])\n"
                      "local right = 'accepted - ' .. r[1] .. ' ' .. r[4] .. ' ' .. r[14]\n",
                      body, "\nend)");
}

LOOP_TEST(test_an_answer_that_does_not_match_is_none, COUNT(liars))
{
    struct store_result result = {.status = STATUS_ACCEPTED};
    struct report report = store_fixture_report(&store, 0, 1, 10);
    load_liar(liars[_i].answers);
    enum turnout_error error = store_fixture_apply_one(&store, 0, &report, &result);
    if (liars[_i].whole_batch) {
        ck_assert_msg(error == TURNOUT_UNAVAILABLE, "%s", liars[_i].answers);
    } else {
        ck_assert_msg(error == TURNOUT_OK, "%s: %s", liars[_i].answers, store.why);
        ck_assert_msg(result.status == STATUS_UNAVAILABLE, "%s", liars[_i].answers);
        ck_assert_int_eq(result.code, CODE_STORE_UNAVAILABLE);
    }
    load_liar("return {right}"); /* the liar's frame is right, so it was the lie that was seen */
    ck_assert_int_eq(apply_well(&report).status, STATUS_ACCEPTED);
}

SUITE("link");
