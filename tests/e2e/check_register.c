/* A register that changes while the election is open: noticed, named, taken up by its fingerprint, and followed by every
 * server, while units report. */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/store/election_folder.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "readyz.h"
#include "small_election.h"
#include "suite.h"
#include "told_faults.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 20, FINGERPRINT_BYTES = 16 };

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */
static struct turnoutd second;
static char admin[TOKEN_HEADER_BYTES];
static char relay[TOKEN_HEADER_BYTES];

static void setup(void)
{
    workspace_init(&workspace);
    turnoutd_start(&first, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, "T", admin);
    token_header(&workspace, ROLE_RELAY, "T", relay);
    committee_expect(first.intake_http_port, "/v1/phase", admin, "{\"phase\":\"open\"}", 200);
}

static void teardown(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

/* ---- the files ---- */

/* In a file of the election in this folder. */
static void replace(const char *folder, const char *file, const char *from, const char *to)
{
    char name[64];
    char path[WORKSPACE_PATH_BYTES];
    struct buffer out = {0};
    (void)snprintf(name, sizeof name, "%s/%s", folder, file);
    workspace_path(&workspace, name, path);
    char *text = workspace_read(path);
    const char *at = strstr(text, from);
    ck_assert_ptr_nonnull(at);
    buffer_append(&out, text, (size_t)(at - text));
    buffer_append_text(&out, to);
    buffer_append_text(&out, at + strlen(from));
    workspace_write(&workspace, name, out.bytes);
    buffer_done(&out);
    free(text);
}

static void add_unit(const char *folder)
{
    replace(folder, "units.csv", "0102-001,", "0101-009,0101,Khu vực 9,40\n0102-001,");
}

/* Waits until the server has read the files and says so. */
static void wait_named(const struct turnoutd *turnoutd, const char *words)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    struct readyz_verdict verdict = {.is_ready = false};
    do {
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s: %s", words, verdict.why);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
        readyz_ask(turnoutd, "files", &verdict);
        ck_assert(verdict.is_ok);
    } while (words[0] == '\0' ? verdict.why[0] != '\0' : strstr(verdict.why, words) == NULL);
}

/* ---- asking ---- */

static json_t *look(const struct turnoutd *turnoutd)
{
    struct http_answer answer;
    committee_ask(turnoutd->intake_http_port, "/v1/register", admin, NULL, &answer);
    ck_assert_msg(answer.status == 200, "%d: %s", answer.status, answer.body);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

static void get_fingerprint(const struct turnoutd *turnoutd, const char *key,
                            char ret_fingerprint[FINGERPRINT_BYTES])
{
    json_t *document = look(turnoutd);
    ck_assert(slice_copy(slice_of(json_text_of(document, key)), ret_fingerprint, FINGERPRINT_BYTES));
    json_decref(document);
}

/* The answer, whose status must be this one; the caller gives it back with json_decref(). */
static json_t *take_up(const struct turnoutd *turnoutd, const char *fingerprint, int status)
{
    char body[128];
    struct http_answer answer;
    (void)snprintf(body, sizeof body, "{\"fingerprint\":\"%s\",\"reason\":\"a new station\"}", fingerprint);
    committee_ask(turnoutd->intake_http_port, "/v1/register", admin, body, &answer);
    ck_assert_msg(answer.status == status, "%d, not %d: %s", answer.status, status, answer.body);
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

static void take_up_files(const struct turnoutd *turnoutd)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(turnoutd, "files", fingerprint);
    json_t *answer = take_up(turnoutd, fingerprint, 200);
    ck_assert(json_is_true(json_object_get(answer, "changed")));
    ck_assert_str_eq(json_text_of(answer, "fingerprint"), fingerprint);
    json_decref(answer);
}

static void expect_refused(const char *words)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(&first, "files", fingerprint);
    json_t *answer = take_up(&first, fingerprint, 409);
    ck_assert_str_eq(json_text_of(answer, "code"), "register-refused");
    ck_assert_msg(strstr(json_text_of(answer, "detail"), words) != NULL, "%s",
                  json_text_of(answer, "detail"));
    json_decref(answer);
}

static void post(const struct turnoutd *turnoutd, const char *unit, int seq, int voted,
                 struct http_answer *ret_answer)
{
    struct buffer body = {0};
    small_report_write(&body,
                       &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .counts = true});
    committee_ask(turnoutd->intake_http_port, "/v1/reports", relay, body.bytes, ret_answer);
    buffer_done(&body);
}

/* Sends it until it is answered with something else than `unavailable`. */
static void report(const struct turnoutd *turnoutd, const char *unit, int seq, int voted, int status)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    int answered;
    do {
        struct http_answer answer;
        post(turnoutd, unit, seq, voted, &answer);
        answered = answer.status;
        ck_assert_msg(answered == status || answered == 503, "%s: %d %s", unit, answered, answer.body);
        http_answer_done(&answer);
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
    } while (answered == 503);
}

/* Of the nation or another area, in what is shown now. */
static void expect_figures(const struct turnoutd *turnoutd, const char *code, int64_t units,
                           int64_t registered, int64_t voted)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/areas/%s", code);
    json_t *document = json_get(turnoutd->public_port, target, 200);
    const json_t *area = json_object_of(document, "area");
    ck_assert_int_eq(json_integer_of(area, "units"), units);
    ck_assert_int_eq(json_integer_of(area, "registered"), registered);
    ck_assert_int_eq(json_integer_of(area, "voted"), voted);
    json_decref(document);
}

/* The newest entry of the ledger. */
static void expect_correction(const char *kind, const char *area, const char *unit)
{
    json_t *document = json_get(first.public_port, "/v1/corrections", 200);
    const json_t *entry = json_array_get(json_array_of(document, "corrections"), 0);
    ck_assert_str_eq(json_text_of(entry, "kind"), kind);
    ck_assert_str_eq(json_text_of(entry, "area"), area);
    ck_assert_str_eq(json_text_of(entry, "unit"), unit);
    ck_assert_str_eq(json_text_of(entry, "reason"), "a new station");
    json_decref(document);
}

static void restart(void)
{
    turnoutd_stop(&first);
    turnoutd_start(&first, &workspace, NULL);
}

FIXTURE(setup, teardown);
TIMEOUT(60);

TEST(a_unit_is_added_while_the_polls_are_open)
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0101-009", 1, 40, 404);
    add_unit("election");
    wait_named(&first, "unit 0101-009 is added to commune 0101 with 40 registered");
    report(&first, "0101-009", 1, 40, 404);
    expect_figures(&first, "T", 10, 6150, 300);
    take_up_files(&first);
    expect_figures(&first, "T", 11, 6190, 300);
    expect_figures(&first, "0101", 4, 1790, 300);
    report(&first, "0101-009", 1, 40, 201);
    report(&first, "0101-001", 2, 301, 201);
    report(&first, "0102-001", 1, 7, 201); /* behind it in the file */
    small_wait_voted(first.public_port, 348);
    wait_named(&first, "");
    expect_correction("unit-added", "0101", "0101-009");
    restart();
    expect_figures(&first, "T", 11, 6190, 348);
    report(&first, "0101-009", 1, 40, 200);
    report(&first, "0101-009", 2, 40, 201);
}

/* Each: what is replaced in units.csv, and what becomes of it. */
static const struct {
    const char *from, *to;
    const char *named;
    const char *kind, *area, *unit; /* in the ledger */
    int64_t units, registered;      /* of the nation */
    int64_t units_0101, registered_0101;
} changes[] = {
    {"0101-002,0101,Khu vực 2,500", "0101-002,0101,Khu vực 2,550",
     "unit 0101-002 has 550 registered instead of 500", "roll-mended", "0101", "0101-002", 10, 6200, 3, 1800},
    {"0101-002,0101,Khu vực 2,500", "0101-002,0101,Trường học,500", "unit 0101-002 is called \"Trường học\"",
     "unit-renamed", "0101", "0101-002", 10, 6150, 3, 1750},
    {"0101-002,0101", "0101-002,0202", "unit 0101-002 moves from commune 0101 to commune 0202", "unit-moved",
     "0202", "0101-002", 10, 6150, 2, 1250},
    {"0101-002,0101,Khu vực 2,500\n", "", "unit 0101-002 of commune 0101, 500 registered, is withdrawn",
     "unit-withdrawn", "0101", "0101-002", 9, 5650, 2, 1250},
};

LOOP_TEST(a_silent_unit_changes, COUNT(changes))
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0201-004", 1, 30, 201);
    replace("election", "units.csv", changes[_i].from, changes[_i].to);
    wait_named(&first, changes[_i].named);
    take_up_files(&first);
    expect_figures(&first, "T", changes[_i].units, changes[_i].registered, 330);
    expect_figures(&first, "0101", changes[_i].units_0101, changes[_i].registered_0101, 300);
    expect_correction(changes[_i].kind, changes[_i].area, changes[_i].unit);
    report(&first, "0201-004", 2, 31, 201);
    bool is_withdrawn = strcmp(changes[_i].kind, "unit-withdrawn") == 0;
    report(&first, "0101-002", 1, 5, is_withdrawn ? 404 : 201);
    small_wait_voted(first.public_port, is_withdrawn ? 331 : 336);
    restart();
    expect_figures(&first, "T", changes[_i].units, changes[_i].registered, is_withdrawn ? 331 : 336);
}

TEST(a_commune_is_added_and_one_is_renamed)
{
    replace("election", "areas.csv", "0201,commune", "0203,commune,02,Xã Mới,New\n0201,commune");
    replace("election", "areas.csv", "Xã Một", "Xã 1");
    replace("election", "units.csv", "0201-001,", "0203-001,0203,Khu vực 1,10\n0201-001,");
    wait_named(&first, "commune 0203 is added to 02");
    take_up_files(&first);
    expect_figures(&first, "0203", 1, 10, 0);
    expect_figures(&first, "02", 5, 3609, 0);
    report(&first, "0203-001", 1, 10, 201);
    small_wait_voted(first.public_port, 10);
    json_t *document = json_get(first.public_port, "/v1/areas/0101", 200);
    ck_assert_str_eq(json_text_of(json_object_of(document, "area"), "name"), "Xã 1");
    json_decref(document);
}

/* ---- refusals ---- */

static const struct {
    const char *file;
    const char *from, *to;
    const char *refused;
} refusals[] = {
    {"units.csv", "0101-001,0101,Khu vực 1,1000\n", "", "voids it first"},
    {"units.csv", "0101-001,0101", "0101-001,0102", "voids it first"},
    {"units.csv", "0101-001,0101,Khu vực 1,1000", "0101-001,0101,Khu vực 1,1001",
     "by a report with `registered`"},
    {"areas.csv", "0202,commune,02,Xã Trống,Empty Commune\n", "", "an area stays"},
    {"areas.csv", "0202,commune,02", "0202,commune,01", "put its parent back"},
    {"areas.csv", "0202,commune,02", "03,province,T,Miền Bắc,North\n0202,commune,02", "cannot be added"},
    {"election.ini", "as-of-tolerance-s = 120", "as-of-tolerance-s = 121", "as-of-tolerance-s"},
};

LOOP_TEST(what_cannot_be_taken_up_is_refused_by_row, COUNT(refusals))
{
    report(&first, "0101-001", 1, 300, 201);
    add_unit("election");
    replace("election", refusals[_i].file, refusals[_i].from, refusals[_i].to);
    wait_named(&first, "0101-009");
    json_t *document = look(&first);
    ck_assert_int_eq(json_integer_of(document, "changes"), 2);
    ck_assert_int_eq(json_integer_of(document, "refused"), 1);
    json_decref(document);
    expect_refused(refusals[_i].refused);
    report(&first, "0101-009", 1, 40, 404);
    report(&first, "0101-001", 2, 301, 201);
    replace("election", refusals[_i].file, refusals[_i].to[0] == '\0' ? "\n" : refusals[_i].to,
            refusals[_i].to[0] == '\0' ? "\n" : refusals[_i].from);
}

TEST(another_fingerprint_is_refused)
{
    char fingerprint[FINGERPRINT_BYTES];
    get_fingerprint(&first, "fingerprint", fingerprint);
    json_t *answer = take_up(&first, fingerprint, 200); /* it is in force */
    ck_assert(json_is_false(json_object_get(answer, "changed")));
    json_decref(answer);
    add_unit("election");
    wait_named(&first, "0101-009");
    answer = take_up(&first, fingerprint, 409);
    ck_assert_str_eq(json_text_of(answer, "code"), "another-fingerprint");
    json_decref(answer);
    committee_expect(first.intake_http_port, "/v1/register", admin, "{\"fingerprint\":\"7K4Q-9M2D\"}", 400);
}

TEST(a_faulty_file_changes_nothing)
{
    replace("election", "units.csv", "0101-002,0101", "0101-002,0109");
    wait_named(&first, "areas.csv is faulty");
    report(&first, "0101-002", 1, 5, 201);
    replace("election", "units.csv", "0101-002,0109", "0101-002,0101");
    wait_named(&first, "");
}

/* ---- several servers ---- */

/* What tokens are made and allowed by. */
static void share(const char *file)
{
    char name[32];
    char path[WORKSPACE_PATH_BYTES];
    (void)snprintf(name, sizeof name, "data/%s", file);
    workspace_path(&workspace, name, path);
    char *text = workspace_read(path);
    (void)snprintf(name, sizeof name, "data-2/%s", file);
    workspace_write(&workspace, name, text);
    workspace_path(&workspace, name, path);
    ck_assert_int_eq(chmod(path, 0600), 0);
    free(text);
}

static void start_second(bool with_new_files)
{
    char redis[WORKSPACE_PATH_BYTES];
    char data[WORKSPACE_PATH_BYTES];
    char election[WORKSPACE_PATH_BYTES];
    char address[WORKSPACE_PATH_BYTES + 8];
    workspace_path(&workspace, "data/redis/redis.sock", redis);
    workspace_path(&workspace, "data-2", data);
    workspace_path(&workspace, "election-2", election);
    workspace_add_small_election(&workspace, "election-2");
    workspace_make_folder(&workspace, "data-2");
    if (with_new_files) {
        add_unit("election-2");
    }
    share("secret");
    share("tokens.csv");
    int length = snprintf(address, sizeof address, "unix:%s", redis);
    ck_assert(length > 0 && (size_t)length < sizeof address);
    const char *const settings[] = {"--redis", address, "--data", data, "--election", election, NULL};
    turnoutd_start(&second, &workspace, settings);
}

TEST(another_server_is_not_ready_until_it_has_the_same_files)
{
    start_second(false);
    report(&second, "0101-001", 1, 300, 201);
    add_unit("election");
    wait_named(&first, "0101-009");
    take_up_files(&first);
    readyz_expect_broken(&second, "register", "(units.csv differ)");
    struct http_answer answer;
    post(&second, "0101-002", 1, 1, &answer);
    ck_assert_int_eq(answer.status, 503);
    http_answer_done(&answer);
    report(&first, "0101-009", 1, 40, 201);
    add_unit("election-2");
    readyz_expect_ready(&second, PROCESS_DEADLINE_MS);
    report(&second, "0101-009", 2, 40, 201);
    report(&second, "0101-001", 1, 300, 200);
    small_wait_voted(second.public_port, 340);
    small_wait_voted(first.public_port, 340);
    expect_figures(&second, "T", 11, 6190, 340);
    turnoutd_stop(&second);
}

/* It may be taken up through any server that has the files. */
TEST(two_servers_with_the_files_follow_at_once)
{
    start_second(false);
    add_unit("election");
    add_unit("election-2");
    wait_named(&first, "0101-009");
    wait_named(&second, "0101-009");
    take_up_files(&second);
    report(&second, "0101-009", 1, 40, 201);
    readyz_expect_ready(&first, PROCESS_DEADLINE_MS);
    small_wait_voted(first.public_port, 40);
    expect_figures(&first, "T", 11, 6190, 40);
    report(&first, "0101-009", 1, 40, 200);
    turnoutd_stop(&second);
}

/* ---- interrupted ---- */

static void expect_done(struct redisContext *redis, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    redisReply *reply = redisvCommand(redis, format, arguments);
    va_end(arguments);
    ck_assert_ptr_nonnull(reply);
    ck_assert_msg(reply->type != REDIS_REPLY_ERROR, "%s", reply->str);
    freeReplyObject(reply);
}

/* As a server leaves it that is killed after the step of the first province: nobody goes on. */
static void interrupt(void)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    redisReply *digest = redisCommand(redis, "HGET turnout:{small}:meta digest");
    ck_assert_int_eq(digest->type, REDIS_REPLY_STRING);
    struct election_folder folder;
    struct error error;
    char path[WORKSPACE_PATH_BYTES];
    char to[2 * REGISTER_DIGEST_BYTES + 1];
    static const char steps[] = "unit 0101-009 0\nroll 0101 40\n";
    workspace_path(&workspace, "election", path);
    ck_assert_int_eq(election_folder_read(path, refuse_fault, NULL, &folder, &error), TURNOUT_OK);
    sodium_bin2hex(to, sizeof to, folder.reg->digest, REGISTER_DIGEST_BYTES);
    expect_done(
        redis,
        "FCALL turnout_register_begin 2 turnout:{small}:meta turnout:{small}:change %s %s files %s lines %s "
        "province:01 %s",
        digest->str, to, folder.reg->files,
        "{\"received\":4102444800000,\"outcome\":\"register\",\"change\":\"unit-added\",\"unit\":\"0101-"
        "009\","
        "\"area\":\"0101\",\"to\":\"40\",\"who\":\"me\",\"why\":\"a new station\"}\n",
        steps);
    expect_done(redis,
                "FCALL turnout_register_step 4 turnout:{small:01}:totals turnout:{small:01}:communes "
                "turnout:{small:01}:units turnout:{small:01}:aside %s %s 1 none %s",
                digest->str, to, steps);
    election_folder_done(&folder);
    freeReplyObject(digest);
    redisFree(redis);
}

/* Readers keep the figures meanwhile; what is not concerned goes on. */
TEST(an_interrupted_one_is_continued_by_asking_again)
{
    report(&first, "0101-001", 1, 300, 201);
    report(&first, "0201-001", 1, 30, 201);
    small_wait_voted(first.public_port, 330);
    add_unit("election");
    wait_named(&first, "0101-009");
    interrupt();
    report(&first, "0201-001", 2, 31, 201);
    struct http_answer answer;
    post(&first, "0101-001", 2, 301, &answer);
    ck_assert_int_eq(answer.status, 503);
    http_answer_done(&answer);
    json_t *document = json_get(first.public_port, "/v1/turnout", 200);
    ck_assert(json_is_true(json_object_get(json_object_of(document, "nation"), "verified")));
    ck_assert_int_eq(json_integer_of(json_object_of(document, "nation"), "registered"), 6150);
    json_decref(document);
    take_up_files(&first);
    report(&first, "0101-001", 2, 301, 201);
    report(&first, "0101-009", 1, 40, 201);
    small_wait_voted(first.public_port, 372);
    expect_figures(&first, "T", 11, 6190, 372);
    expect_correction("unit-added", "0101", "0101-009");
}

TEST(an_interrupted_one_is_continued_after_kill_9)
{
    report(&first, "0101-001", 1, 300, 201);
    add_unit("election");
    interrupt();
    ck_assert_int_eq(kill(first.process.pid, SIGKILL), 0);
    ck_assert_int_ne(process_wait_exit(&first.process, PROCESS_DEADLINE_MS), 0);
    turnoutd_start(&first, &workspace, NULL);
    expect_figures(&first, "T", 11, 6190, 300);
    report(&first, "0101-009", 1, 40, 201);
    report(&first, "0101-001", 1, 300, 200);
    small_wait_voted(first.public_port, 340);
    expect_correction("unit-added", "0101", "0101-009");
}

/* ---- a restart ---- */

TEST(files_that_are_not_taken_up_do_not_start_and_nobody_is_told_to_reset)
{
    turnoutd_stop(&first);
    add_unit("election");
    struct turnoutd refused;
    turnoutd_launch(&refused, &workspace, NULL);
    ck_assert_int_eq(process_wait_exit(&refused.process, PROCESS_DEADLINE_MS), 2);
    char *log = workspace_read(refused.process.stderr_path);
    ck_assert_ptr_nonnull(strstr(log, "units.csv"));
    ck_assert_ptr_nonnull(strstr(log, "turnout register apply"));
    ck_assert_ptr_null(strstr(log, "reset"));
    free(log);
    replace("election", "units.csv", "0101-009,0101,Khu vực 9,40\n", "");
    turnoutd_start(&first, &workspace, NULL);
}

SUITE("register");
