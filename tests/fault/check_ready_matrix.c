/* For each check of /readyz that can fail: its cause is broken, and turnoutd goes on running, or is started again, or a
 * second server joins. Whoever cannot store says so; once the cause is mended all are ready again; and what was
 * acknowledged at any time stands in the totals. The short form has one of the three ways for each cause, the long one
 * all, and holds each fault for a minute:
 *
 *   tests/fault/run --cycles 1 ready_matrix
 * */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

#include <turnout/base/clock.h>

#include "fault_controls.h"
#include "fault_cycles.h"
#include "http.h"
#include "readyz.h"
#include "redis_fixture.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 20, HOLD_MS = 60000, LINES_A_MINUTE_MAX = 60 };

#define META "turnout:{small}:meta"

static struct redis_fixture redis;
static struct fault_controls *controls;
static char *kept; /* what a cause will put back */

/* ---- servers, each of which a unit reports to ---- */

struct server {
    struct workspace workspace; /* with its data and its log */
    const char *unit;
    struct turnoutd turnoutd;
    bool is_running;
    int seq;   /* of the last report that was acknowledged */
    int voted; /* likewise */
};

static struct server first, second;

static void launch(struct server *server)
{
    char election[WORKSPACE_PATH_BYTES];
    workspace_path(&first.workspace, "election", election);
    const char *const settings[] = {"--redis", redis.url, "--election", election, NULL};
    fault_preload_begin(&first.workspace, "disk");
    turnoutd_launch(&server->turnoutd, &server->workspace, settings);
    fault_preload_end();
    server->is_running = true;
}

static void start(struct server *server)
{
    launch(server);
    turnoutd_await(&server->turnoutd);
}

/* One voter more; the same report again where it was not acknowledged. */
static void report(struct server *server)
{
    struct http_answer answer;
    small_report_post(
        server->turnoutd.intake_http_port,
        &(struct small_report){.unit = server->unit, .seq = server->seq + 1, .voted = server->voted + 1},
        &answer);
    ck_assert_msg(answer.status == 201 || answer.status == 200 || answer.status == 503, "%d %s",
                  answer.status, answer.body);
    if (answer.status != 503) {
        server->seq++;
        server->voted++;
    }
    http_answer_done(&answer);
}

static void expect_stored(struct server *server)
{
    int voted = server->voted;
    report(server);
    ck_assert_int_eq(server->voted, voted + 1);
}

static int64_t counted(void)
{
    static const char *const provinces[] = {"01", "02"};
    int64_t voted = 0;
    for (size_t i = 0; i < COUNT(provinces); i++) {
        struct redisReply *reply =
            redis_fixture_command(&redis, "HGET turnout:{small:%s}:totals voted", provinces[i]);
        ck_assert_int_eq(reply->type, REDIS_REPLY_STRING);
        voted += strtoll(reply->str, NULL, 10);
        freeReplyObject(reply);
    }
    return voted;
}

/* ---- causes ---- */

/* A cause, or what mends it, that is one statement. */
#define BY(name, statement)                                                                                  \
    static void name(void)                                                                                   \
    {                                                                                                        \
        statement;                                                                                           \
    }

BY(kill_redis, redis_fixture_signal(&redis, SIGKILL))
BY(restart_redis, redis_fixture_restart(&redis))
BY(take_memory, redis_fixture_run(&redis, "CONFIG SET maxmemory 1"))
BY(give_memory, redis_fixture_run(&redis, "CONFIG SET maxmemory 0"))
BY(allow_functions, redis_fixture_run(&redis, "ACL SETUSER turnoutd +function|load"))
BY(sync_seldom, redis_fixture_run(&redis, "CONFIG SET appendfsync everysec"))
BY(sync_always, redis_fixture_run(&redis, "CONFIG SET appendfsync always"))
BY(take_rights, redis_fixture_run(&redis, "ACL SETUSER turnoutd -zadd"))
BY(give_rights, redis_fixture_run(&redis, "ACL SETUSER turnoutd +zadd"))

static void lose_functions(void)
{
    redis_fixture_run(&redis, "ACL SETUSER turnoutd -function|load");
    redis_fixture_run(&redis, "FUNCTION FLUSH");
}

static void put_into_meta(const char *field, const char *value)
{
    struct redisReply *reply = redis_fixture_command(&redis, "HGET " META " %s", field);
    ck_assert_int_eq(reply->type, REDIS_REPLY_STRING);
    redis_fixture_run(&redis, "HSET " META " %s %s", field, value);
    free(kept);
    kept = strdup(reply->str);
    freeReplyObject(reply);
}

BY(put_another_register, put_into_meta("digest", "00"))
BY(put_register_back, put_into_meta("digest", kept))
BY(put_another_generation, put_into_meta("generation", "of-another-count"))
BY(put_generation_back, put_into_meta("generation", kept))
BY(begin_opening, redis_fixture_run(&redis, "HSET turnout:{small:02}:totals phase opening"))
BY(take_opening_back, redis_fixture_run(&redis, "HSET turnout:{small:02}:totals phase rehearsal"))
BY(stop_redis, redis_fixture_signal(&redis, SIGSTOP))
BY(continue_redis, redis_fixture_signal(&redis, SIGCONT))
BY(set_clock_back, controls->clock_offset_ms = -3600000)
BY(set_clock_right, controls->clock_offset_ms = 0)

static void spoil(const char *file)
{
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&first.workspace, file, path);
    free(kept);
    kept = workspace_read(path);
    workspace_append(&first.workspace, file, "broken\n");
}

BY(spoil_keys, spoil("election/keys.csv"))
BY(mend_keys, workspace_write(&first.workspace, "election/keys.csv", kept))
BY(spoil_tokens, spoil("data/tokens.csv"))
BY(mend_tokens, workspace_write(&first.workspace, "data/tokens.csv", kept))

static void move(const char *from, const char *to)
{
    char old[WORKSPACE_PATH_BYTES];
    char new[WORKSPACE_PATH_BYTES];
    workspace_path(&first.workspace, from, old);
    workspace_path(&first.workspace, to, new);
    ck_assert_int_eq(rename(old, new), 0);
}

BY(take_data, move("data", "aside"))

static void give_data(void)
{
    char made[WORKSPACE_PATH_BYTES];
    workspace_path(&first.workspace, "data", made);
    if (access(made, F_OK) == 0) { /* by a server that was started meanwhile */
        move("data", "begun-anew");
    }
    move("aside", "data");
}

BY(fill_disk, controls->bytes_left = 1 << 20)
BY(empty_disk, controls->bytes_left = 0)

/* What becomes of a server that starts on the cause. */
enum outcome {
    WAITS,   /* it runs, and is not ready */
    REFUSES, /* it ends, with a status other than 0 */
    SERVES,  /* the cause is not its own */
};

static const struct cause {
    const char *check;
    const char *says;
    void (*break_it)(void);
    void (*mend)(void);
    bool blocks; /* a report is answered after seconds only */
    enum outcome restarted, joining;
} causes[] = {
    {"store-link", "", kill_redis, restart_redis, false, WAITS, WAITS},
    {"store-writes", "OOM", take_memory, give_memory, false, WAITS, WAITS},
    {"functions", "does not take them", lose_functions, allow_functions, false, REFUSES, REFUSES},
    {"durability", "appendfsync", sync_seldom, sync_always, false, REFUSES, REFUSES},
    {"rights", "ZADD", take_rights, give_rights, false, REFUSES, REFUSES},
    {"register", "another register", put_another_register, put_register_back, false, REFUSES, REFUSES},
    {"generation", "of-another-count", put_another_generation, put_generation_back, false, REFUSES, REFUSES},
    {"publication-age", "not confirmed", stop_redis, continue_redis, true, WAITS, WAITS},
    {"clock", "jumped", set_clock_back, set_clock_right, false, SERVES, SERVES},
    {"keys", "faulty", spoil_keys, mend_keys, false, REFUSES, REFUSES},
    {"tokens", "faulty", spoil_tokens, mend_tokens, false, REFUSES, SERVES},
    {"data-folder", "not there any more", take_data, give_data, false, SERVES, SERVES},
    {"disk", "1 MiB", fill_disk, empty_disk, false, WAITS, WAITS},
    {"phase", "`opening`", begin_opening, take_opening_back, false, SERVES, SERVES},
};

/* ---- one cell of the matrix ---- */

enum way { RUNNING, RESTARTED, JOINED, WAYS };

struct cell {
    const struct cause *cause;
    enum way way;
    int64_t noticed_ms, ready_ms;
    size_t lines; /* of the log, while it was broken */
    const char *newcomer;
};

static size_t count_lines(const struct server *server)
{
    char *log = workspace_read(server->turnoutd.process.stderr_path);
    size_t lines = 0;
    for (const char *end = strchr(log, '\n'); end != NULL; end = strchr(end + 1, '\n')) {
        lines++;
    }
    free(log);
    return lines;
}

/* Until it is so; a report meanwhile, at every look. Returns how long it took. */
static int64_t wait_while(struct server *server, const struct cause *cause, bool is_ok)
{
    int64_t begun_ms = clock_monotonic_ms();
    struct readyz_verdict verdict;
    for (;;) {
        readyz_ask(&server->turnoutd, cause->check, &verdict);
        if (is_ok ? verdict.is_ready : !verdict.is_ok && strstr(verdict.why, cause->says) != NULL) {
            ck_assert(is_ok || !verdict.is_ready);
            return clock_monotonic_ms() - begun_ms;
        }
        ck_assert_msg(clock_monotonic_ms() - begun_ms < PROCESS_DEADLINE_MS, "%s: never %s: %s", cause->check,
                      is_ok ? "ready" : "noticed", verdict.why);
        if (!cause->blocks) {
            report(server);
        }
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void hold(struct server *server, const struct cause *cause)
{
    int64_t begun_ms = clock_monotonic_ms();
    while (fault_cycles_are_long() && clock_monotonic_ms() - begun_ms < HOLD_MS) {
        if (!cause->blocks) {
            report(server);
        }
        ck_assert_int_eq(poll(NULL, 0, 10 * ASK_AGAIN_MS), 0);
    }
}

/* A server that starts on the cause. */
static const char *try_start(struct server *server, enum outcome wanted)
{
    launch(server);
    if (wanted == REFUSES) {
        ck_assert_int_ne(process_wait_exit(&server->turnoutd.process, PROCESS_DEADLINE_MS), 0);
        server->is_running = false;
        return "refuses";
    }
    if (wanted == SERVES) {
        turnoutd_await(&server->turnoutd);
        expect_stored(server);
        return "serves";
    }
    turnoutd_await_ports(&server->turnoutd);
    struct http_answer answer;
    http_request(server->turnoutd.operate_port, "GET", "/readyz", "", &answer);
    ck_assert_int_eq(answer.status, 503);
    http_answer_done(&answer);
    return "waits";
}

/* Mended; whoever refused is started again, and whoever stands on what was there meanwhile, too. */
static void mend(struct cell *cell)
{
    const struct cause *cause = cell->cause;
    cause->mend();
    if (cell->way == RESTARTED && cause->restarted == SERVES) {
        process_kill(&first.turnoutd.process);
        first.is_running = false;
    }
    if (!first.is_running) {
        start(&first);
    }
    cell->ready_ms = wait_while(&first, cause, true);
    if (cell->way == JOINED && cause->joining == SERVES) {
        process_kill(&second.turnoutd.process);
        second.is_running = false;
    }
    if (cell->way == JOINED && !second.is_running) {
        start(&second);
    }
}

static void run(struct cell *cell)
{
    const struct cause *cause = cell->cause;
    start(&first);
    expect_stored(&first);
    cause->break_it();
    cell->newcomer = "";
    if (cell->way == RESTARTED) {
        process_kill(&first.turnoutd.process);
        cell->newcomer = try_start(&first, cause->restarted);
    } else {
        size_t lines = count_lines(&first);
        cell->noticed_ms = wait_while(&first, cause, false);
        if (cell->way == JOINED) {
            cell->newcomer = try_start(&second, cause->joining);
        } else {
            hold(&first, cause);
        }
        cell->lines = count_lines(&first) - lines;
        ck_assert_uint_lt(cell->lines, LINES_A_MINUTE_MAX);
    }
    mend(cell);
    expect_stored(&first);
    if (cell->way == JOINED) {
        turnoutd_wait_ready(&second.turnoutd);
        expect_stored(&second);
        turnoutd_stop(&second.turnoutd);
    }
    small_wait_voted(first.turnoutd.public_port, first.voted + second.voted);
    ck_assert_int_eq(counted(), first.voted + second.voted);
    turnoutd_stop(&first.turnoutd);
}

static void print(const struct cell *cell)
{
    static const char *const ways[WAYS] = {"running", "restarted", "joined"};
    (void)printf(
        "matrix %s %s noticed_ms=%lld ready_ms=%lld lines=%zu newcomer=%s acknowledged=%d counted=%d\n",
        cell->cause->check, ways[cell->way], (long long)cell->noticed_ms, (long long)cell->ready_ms,
        cell->lines, cell->newcomer, first.voted + second.voted, first.voted + second.voted);
    (void)fflush(stdout);
}

static void setup(void)
{
    (void)fault_cycles_are_long(); /* before turnoutd could take the variable for a setting */
    first = (struct server){.unit = "0101-001"};
    second = (struct server){.unit = "0201-001"};
    kept = NULL;
    workspace_init(&first.workspace);
    workspace_init(&second.workspace);
    workspace_add_small_election(&first.workspace, "election");
    workspace_write(&first.workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\n");
    controls = fault_controls_map(&first.workspace);
    fault_preload_begin(&first.workspace, "disk"); /* its clock is the servers' */
    redis_fixture_start(&redis, NULL);
    fault_preload_end();
}

static void teardown(void)
{
    free(kept);
    redis_fixture_stop(&redis);
    fault_controls_unmap(controls);
    workspace_done(&first.workspace);
    workspace_done(&second.workspace);
}

FIXTURE(setup, teardown);
TIMEOUT(600);

LOOP_TEST(what_is_acknowledged_is_counted, COUNT(causes) * WAYS)
{
    struct cell cell = {.cause = &causes[(size_t)_i / WAYS], .way = (enum way)((size_t)_i % WAYS)};
    bool is_of_short_form = (size_t)_i / WAYS % WAYS == (size_t)_i % WAYS;
    if (is_of_short_form || fault_cycles_are_long()) {
        run(&cell);
        print(&cell);
    }
}

SUITE("ready_matrix");
