/* What can happen to a link, and that none of it is mistaken for an answer: whatever was in flight is
 * `unavailable`, committing it again counts it once, and the link comes back. */
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

#include "../../src/store/redis_command.h"
#include "../../src/store/redis_link.h"
#include "hand_commit.h"
#include "store_fixture.h"
#include "suite.h"

/* Short to wait for, and long for a Redis that is busy. */
enum { SHORT_DEADLINE_MS = 1000, WAIT_MS = 20000 };

static struct store_fixture store;
static struct store_ground ground;

static void on_link(void *context, bool up, const char *why)
{
    (void)context;
    store.times_up += up ? 1 : 0;
    store.times_down += up ? 0 : 1;
    (void)strncpy(store.why, why, sizeof store.why - 1);
}

static void run_until(const uint32_t *counter, uint32_t least);

/* A link and no tally, which would have one of its own. */
static void open_link(void)
{
    store.times_up = 0;
    store.store = store_new(store.base, &store.options, on_link, NULL);
    store_start(store.store);
    run_until(&store.times_up, 1);
}

static void begin(void)
{
    struct error error;
    bool durable;
    store_fixture_start(&store, NULL);
    ck_assert_int_eq(store_fixture_prepare(&store, 1, false, &durable, &error), TURNOUT_OK);
    ground = hand_ground(&store, 1);
    store.options.command_deadline_ms = SHORT_DEADLINE_MS;
    open_link();
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

/* Commits a report of a unit that was silent. It is stale when it stands already. */
static struct committed commit(const struct report *report)
{
    struct committed committed;
    hand_send(&store, &ground, 0, report, &committed);
    store_fixture_run_until(&store, &committed.done);
    return committed;
}

static void expect_commit(const struct report *report, bool written)
{
    struct committed committed = commit(report);
    ck_assert_msg(committed.error == TURNOUT_OK, "%s", committed.why);
    ck_assert(committed.is_answered);
    ck_assert_int_eq(committed.written[0], written);
}

/* A commit that is left in flight, and how often it was answered. */
struct answer {
    uint32_t times;
    enum turnout_error error;
    char why[128];
};

static void on_answer(void *context, enum turnout_error error, const char *why, const bool *written,
                      size_t count, const struct store_ground *standing)
{
    struct answer *answer = context;
    (void)standing;
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(written != NULL, error == TURNOUT_OK);
    answer->times++;
    answer->error = error;
    (void)strncpy(answer->why, why, sizeof answer->why - 1);
}

static void send_one(const struct report *report, struct answer *ret_answer)
{
    struct store_commune before = hand_seeded(&store, store.reg->units[0].commune);
    struct hand_commit commit;
    *ret_answer = (struct answer){0};
    hand_commit_init(&commit, &store, 0, report, &before);
    store_commit(store.store, 1, &ground, &commit.commune, 1, on_answer, ret_answer);
    hand_commit_done(&commit);
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
    expect_commit(&report, true);
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

    /* Redis had it all the same: the link broke, not the report. */
    redis_fixture_signal(&store.redis, SIGCONT);
    run_until(&store.times_up, 2);
    expect_commit(&report, false);
    ck_assert_int_eq(voted_now(), 10);
}

TEST(test_each_command_has_a_deadline_of_its_own)
{
    struct answer answers[3];
    struct report report = store_fixture_report(&store, 0, 1, 10);
    expect_commit(&report, true); /* a deadline that was kept leaves nothing */
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
    open_link();
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

/* Its users were changed while Redis was away: the reason is said, once, and the link comes back once they are
 * mended. */
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
    expect_commit(&report, true);
}

/* ---- commands ---- */

struct echo {
    bool done;
    const char *bytes;
    size_t length;
};

static void on_echo(void *context, const redisReply *reply, const char *why)
{
    struct echo *echo = context;
    ck_assert_msg(reply != NULL, "%s", why);
    ck_assert_int_eq(reply->type, REDIS_REPLY_STRING);
    ck_assert_uint_eq(reply->len, echo->length);
    ck_assert_mem_eq(reply->str, echo->bytes, echo->length);
    echo->done = true;
}

/* Whatever bytes they are, and also where the command is of many words: what stands before them says how many. */
TEST(test_a_word_arrives_as_it_was_put)
{
    static char large[300000];
    static const struct slice words[] = {
        {"", 0},         {"x", 1},        {"\r\n", 2}, {"a\0b", 3},
        {"*1\r\n$1", 6}, {"\xff\xfe", 2}, {"một", 5},  {large, sizeof large}};
    enum { WORDS = sizeof words / sizeof words[0], PIECES = 1200 };
    struct store_counters counters = {0};
    struct redis_link_options options = {.address = store.options.address,
                                         .command_deadline_ms = WAIT_MS,
                                         .counters = &counters,
                                         .on_link = on_link};
    options.address.user[0] = '\0'; /* who may do everything */
    memset(large, 'l', sizeof large);
    struct redis_link *link = redis_link_new(store.base, &options);
    redis_link_start(link);
    run_until(&store.times_up, 2);
    struct echo echoes[WORDS] = {{.done = false}};
    for (size_t i = 0; i < WORDS; i++) {
        struct redis_command command;
        echoes[i] = (struct echo){.bytes = words[i].bytes, .length = words[i].length};
        redis_command_begin(&command, "EVAL");
        redis_command_put_text(&command, "return ARGV[#ARGV - 1] == '-17' and ARGV[#ARGV]");
        redis_command_put_integer(&command, 0);
        for (size_t piece = 0; piece < (i + 1) * PIECES / WORDS; piece++) {
            redis_command_put_text(&command, "piece");
        }
        redis_command_put_integer(&command, -17);
        redis_command_put(&command, words[i]);
        redis_link_send(link, redis_command_bytes(&command), on_echo, &echoes[i]);
        redis_command_done(&command); /* the link has copied it */
    }
    ck_assert_uint_gt(redis_link_in_flight_bytes(link), sizeof large);
    store_fixture_run_until(&store, &echoes[WORDS - 1].done);
    for (size_t i = 0; i < WORDS; i++) {
        ck_assert(echoes[i].done);
    }
    ck_assert_uint_eq(redis_link_in_flight_bytes(link), 0);
    redis_link_free(link);
}

SUITE("link");
