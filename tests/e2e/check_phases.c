/* Phases and publication modes over two servers of one election: what is allowed, that both agree within a second, and
 * what readers and units see of it. */
#include <check.h>
#include <ctype.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "readyz.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 10 };

static struct workspace workspace;
static struct turnoutd first;  /* runs the Redis */
static struct turnoutd second; /* uses it */
static char admin[TOKEN_HEADER_BYTES];
static bool counts; /* what is reported, or else it is a test */

/* It reads figures once a minute only: what it shows sooner, it has heard of otherwise. */
static void start_second(void)
{
    turnoutd_start_second(&second, &workspace, "--publish-ms", "60000");
}

static void setup(void)
{
    workspace_init(&workspace);
    counts = false;
    turnoutd_start(&first, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, "T", admin);
}

static void teardown(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

/* ---- asking ---- */

static void change(const char *target, const char *body, int status, const char *before_or_code)
{
    struct http_answer answer;
    committee_ask(first.intake_http_port, target, admin, body, &answer);
    ck_assert_msg(answer.status == status, "%s: %d, not %d: %s", body, answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    answer_check_member(document, status == 200 ? "before" : "code", before_or_code, body);
    json_decref(document);
    http_answer_done(&answer);
}

static void set_phase(const char *phase, int status, const char *before_or_code)
{
    char body[OPENING_BYTES];
    if (strcmp(phase, "open") == 0) {
        committee_write_opening(&workspace, body);
    } else {
        (void)snprintf(body, sizeof body, "{\"phase\":\"%s\"}", phase);
    }
    change("/v1/phase", body, status, before_or_code);
}

static void set_mode(const char *mode, const char *before)
{
    char body[64];
    (void)snprintf(body, sizeof body, "{\"mode\":\"%s\"}", mode);
    change("/v1/publication", body, 200, before);
}

static json_t *shown_by(const struct turnoutd *turnoutd)
{
    return json_get(turnoutd->public_port, "/v1/turnout", 200);
}

static bool shows(const struct turnoutd *turnoutd, bool is_test, const char *mode)
{
    json_t *document = shown_by(turnoutd);
    bool does = json_is_true(json_object_get(document, "test")) == is_test &&
                strcmp(json_text_of(document, "publication"), mode) == 0;
    json_decref(document);
    return does;
}

static void wait_shown(const struct turnoutd *turnoutd, bool is_test, const char *mode)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (!shows(turnoutd, is_test, mode)) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "never %s", mode);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void post_report(const struct turnoutd *turnoutd, int seq, int voted, struct http_answer *ret_answer)
{
    small_report_post(turnoutd->intake_http_port,
                      &(struct small_report){.seq = seq, .voted = voted, .counts = counts}, ret_answer);
}

static void expect_report(const struct turnoutd *turnoutd, int seq, int voted, int status, const char *code)
{
    struct http_answer answer;
    post_report(turnoutd, seq, voted, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    json_t *result = json_of(answer.body);
    answer_check_member(result, "code", code, code);
    json_decref(result);
    http_answer_done(&answer);
}

/* The same once who takes reports has heard of the phase, too: readers may have been shown it sooner. */
static void await_refusal(const struct turnoutd *turnoutd, int status, const char *code)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct http_answer answer;
    post_report(turnoutd, 1, 1, &answer);
    while (answer.status != status && clock_monotonic_ms() < deadline_ms) {
        http_answer_done(&answer);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        post_report(turnoutd, 1, 1, &answer);
    }
    http_answer_done(&answer);
    expect_report(turnoutd, 1, 1, status, code);
}

/* ---- phases ---- */

FIXTURE(setup, teardown);

TEST(two_servers_agree_within_a_second)
{
    start_second();
    ck_assert(shows(&first, true, "live") && shows(&second, true, "live"));
    counts = true;
    expect_report(&first, 1, 1, 409, "not-open");
    expect_report(&second, 1, 1, 409, "not-open");
    set_phase("open", 200, "rehearsal");
    wait_shown(&first, false, "live");
    wait_shown(&second, false, "live");
    await_refusal(&first, 401, "bad-signature"); /* unsigned ones are for rehearsals */
    await_refusal(&second, 401, "bad-signature");
    set_mode("hold", "live");
    wait_shown(&first, false, "hold");
    wait_shown(&second, false, "hold");
    set_phase("closed", 200, "open");
    set_mode("rounds", "hold");
    wait_shown(&first, false, "rounds");
    wait_shown(&second, false, "rounds");
    await_refusal(&first, 409, "closed");
    await_refusal(&second, 409, "closed");
    turnoutd_stop(&second);
}

TEST(phases_follow_each_other)
{
    set_phase("rehearsal", 200, "rehearsal");
    set_phase("closed", 409, "not-allowed");
    set_phase("open", 200, "rehearsal");
    set_phase("open", 200, "open");
    set_phase("rehearsal", 409, "not-allowed");
    set_phase("closed", 200, "open");
    set_phase("rehearsal", 409, "not-allowed");
    set_phase("open", 200, "closed");
}

/* In /readyz, which goes on being ready, in the log, and in what committees read. */
static void expect_warned(const char *words)
{
    struct readyz_verdict verdict = {.why = ""};
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (strstr(verdict.why, words) == NULL) {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s", verdict.why);
        readyz_ask(&first, "phase", &verdict);
    }
    ck_assert(verdict.is_ready && verdict.is_ok);
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&first.process, first.process.stderr_path, "check-warns check=phase", line);
    struct http_answer answer;
    committee_ask(first.intake_http_port, "/v1/areas/T/silent", admin, NULL, &answer);
    json_t *document = json_of(answer.body);
    ck_assert_str_eq(json_text_of(document, "phase"), "open");
    ck_assert_ptr_nonnull(strstr(json_text_of(document, "phase_warning"), words));
    json_decref(document);
    http_answer_done(&answer);
}

TEST(opening_needs_the_fingerprint)
{
    change("/v1/phase", "{\"phase\":\"open\"}", 400, "malformed");
    change("/v1/phase", "{\"phase\":\"open\",\"fingerprint\":\"0000-0000\"}", 409, "another-fingerprint");
    change("/v1/phase", "{\"phase\":\"open\",\"early\":true}", 400, "malformed");
    change("/v1/phase", "{\"phase\":\"open\",\"fingerprint\":1}", 400, "malformed");
    ck_assert(shows(&first, true, "live"));
    set_phase("open", 200, "rehearsal");
}

/* As people type it: in lower case, and without the dash. */
TEST(the_fingerprint_is_taken_as_people_type_it)
{
    char body[OPENING_BYTES];
    committee_write_opening(&workspace, body);
    char *dash = strchr(body, '-');
    ck_assert_ptr_nonnull(dash);
    for (char *c = dash - strlen("5XD2"); *c != '"'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    memmove(dash, dash + 1, strlen(dash));
    change("/v1/phase", body, 200, "rehearsal");
}

static bool is_marked(const char *target)
{
    struct http_answer answer;
    committee_ask(first.intake_http_port, target, admin, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%s: %d %s", target, answer.status, answer.body);
    json_t *document = json_of(answer.body);
    const json_t *test = json_object_get(document, "test");
    ck_assert_msg(json_is_boolean(test), "%s: %s", target, answer.body);
    bool is_marked = json_is_true(test);
    json_decref(document);
    http_answer_done(&answer);
    return is_marked;
}

static const char *const targets[] = {"/v1/desk",
                                      "/v1/held",
                                      "/v1/register",
                                      "/v1/units/0101-001",
                                      "/v1/areas/0101/units",
                                      "/v1/areas/T/silent",
                                      "/v1/areas/T/owing",
                                      "/v1/areas/T/flagged",
                                      "/v1/areas/T/refused"};

LOOP_TEST(a_rehearsal_is_marked_in_the_documents_of_committees, COUNT(targets))
{
    ck_assert(is_marked(targets[_i]));
    set_phase("open", 200, "rehearsal");
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (is_marked(targets[_i])) { /* the worker has not heard of it yet */
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

/* An election whose polls have not closed for years. */
TEST(closing_before_its_time_is_said)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/election.ini",
                    "[election]\nid = small\nname = S\ndate = 2198-03-15\ntimezone = Asia/Ho_Chi_Minh\n"
                    "opens = 2198-03-15T07:00:00+07:00\ncloses = 2198-03-15T19:00:00+07:00\nrounds =\n");
    turnoutd_start(&first, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, "T", admin);
    set_phase("open", 200, "rehearsal");
    expect_warned("not open yet by the clock");
    change("/v1/phase", "{\"phase\":\"closed\"}", 409, "too-early");
    change("/v1/phase", "{\"phase\":\"closed\",\"early\":false}", 409, "too-early");
    change("/v1/phase", "{\"phase\":\"closed\",\"early\":true}", 200, "open");
}

TEST(rehearsal_reports_keep_it_shut)
{
    expect_report(&first, 1, 10, 201, NULL);
    set_phase("open", 409, "rehearsal-stands");
    expect_report(&first, 2, 20, 201, NULL);
    ck_assert(shows(&first, true, "live"));
}

static void leave_province_in(const char *phase)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    freeReplyObject(redisCommand(redis, "HSET turnout:{small:01}:totals phase %s", phase));
    redisFree(redis);
}

/* By the next server that starts; the one that runs says that it is not ready, and takes reports again. */
TEST(an_opening_that_was_interrupted_is_taken_back)
{
    char line[PROCESS_LINE_BYTES];
    leave_province_in("opening");
    expect_report(&first, 1, 1, 503, "store-unavailable");
    readyz_expect_broken(&first, "phase",
                         "province 01 is in the phase `opening`, the election in `rehearsal`");
    start_second();
    process_wait_line(&second.process, second.process.stderr_path, "opening-interrupted", line);
    ck_assert_msg(strstr(line, "taken back") != NULL, "%s", line);
    readyz_expect_ready(&first);
    expect_report(&first, 1, 1, 201, NULL);
    turnoutd_stop(&second);
}

TEST(a_closing_that_was_interrupted_is_done_when_it_is_asked_for_again)
{
    set_phase("open", 200, "rehearsal");
    leave_province_in("closed");
    readyz_expect_broken(&first, "phase", "province 01 is in the phase `closed`, the election in `open`");
    set_phase("closed", 200, "open");
    readyz_expect_mended(&first, "phase");
}

/* ---- publication modes ---- */

static void expect_voted(const struct turnoutd *turnoutd, int64_t voted)
{
    json_t *document = shown_by(turnoutd);
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "voted"), voted);
    json_decref(document);
}

/* /v1/turnout but for `next`: each server has its own, and it moves on when a minute ends. */
static json_t *told_by(const struct turnoutd *turnoutd)
{
    json_t *document = shown_by(turnoutd);
    ck_assert_int_eq(json_object_del(document, "next"), 0);
    return document;
}

TEST(hold_keeps_what_was_shown)
{
    expect_report(&first, 1, 10, 201, NULL);
    small_wait_voted(first.public_port, 10);
    small_wait_first_report(first.public_port);
    set_mode("hold", "live");
    wait_shown(&first, true, "hold");
    json_t *before = told_by(&first);
    json_t *board_before = json_get(first.public_port, "/v1/rounds", 200);
    expect_report(&first, 2, 20, 201, NULL);
    start_second(); /* which shows that the report has long been readable, and nothing of it */
    json_t *after = told_by(&first);
    json_t *board_after = json_get(first.public_port, "/v1/rounds", 200);
    ck_assert(json_equal(before, after) && json_equal(board_before, board_after));
    expect_voted(&first, 10);

    json_t *others = told_by(&second); /* it was not there when the mode was changed */
    ck_assert(json_equal(before, others));
    json_decref(others);
    json_decref(before);
    json_decref(after);
    json_decref(board_before);
    json_decref(board_after);

    set_mode("live", "hold");
    wait_shown(&first, true, "live");
    wait_shown(&second, true, "live");
    small_wait_voted(first.public_port, 20);
    small_wait_voted(second.public_port, 20);
    turnoutd_stop(&second);
}

/* All rounds of the election have long passed, so there is no next one to wait for. */
TEST(rounds_keeps_what_the_last_one_showed)
{
    expect_report(&first, 1, 10, 201, NULL);
    small_wait_voted(first.public_port, 10);
    set_mode("rounds", "live");
    wait_shown(&first, true, "rounds");
    expect_report(&first, 2, 20, 201, NULL);
    start_second();
    expect_voted(&first, 10);
    turnoutd_stop(&second);
}

/* What was shown when the mode was changed, however soon after that the server ends, and in whatever way. */
static const struct {
    const char *mode;
    int signal;
} ends[] = {{"hold", SIGTERM}, {"rounds", SIGTERM}, {"hold", SIGKILL}, {"rounds", SIGKILL}};

LOOP_TEST(what_was_shown_outlives_the_server, sizeof ends / sizeof ends[0])
{
    expect_report(&first, 1, 10, 201, NULL);
    small_wait_voted(first.public_port, 10);
    set_mode(ends[_i].mode, "live");
    expect_report(&first, 2, 20, 201, NULL);
    if (ends[_i].signal == SIGTERM) {
        turnoutd_stop(&first);
    } else {
        process_kill(&first.process);
    }
    turnoutd_start(&first, &workspace, NULL);
    expect_voted(&first, 10);
    json_t *document = shown_by(&first);
    const json_t *nation = json_object_of(document, "nation");
    ck_assert_int_eq(json_integer_of(document, "revision"), 1);
    ck_assert_int_eq(json_integer_of(nation, "registered"), 6150);
    ck_assert_str_eq(json_text_of(document, "publication"), ends[_i].mode);
    json_decref(document);
    set_mode("live", ends[_i].mode);
    wait_shown(&first, true, "live");
    small_wait_voted(first.public_port, 20);
}

SUITE("phases");
