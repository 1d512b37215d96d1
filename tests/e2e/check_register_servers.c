/* A register that changes, where several servers serve the election, where its change is interrupted, and at a
 * restart. */
#include <check.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>

#include <hiredis/hiredis.h>
#include <sodium.h>

#include <turnout/store/election_folder.h>

#include "changed_register.h"
#include "suite.h"
#include "told_faults.h"

static struct turnoutd second;

FIXTURE(set_up, tear_down);
TIMEOUT(60);

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

static void start_second_again(void)
{
    char election[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election-2", election);
    turnoutd_start_second(&second, &workspace, "--election", election);
}

static void start_second(void)
{
    workspace_add_small_election(&workspace, "election-2");
    workspace_make_folder(&workspace, "data-2");
    share("secret");
    share("tokens.csv");
    start_second_again();
}

TEST(another_server_is_not_ready_until_it_has_the_same_files)
{
    start_second();
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
    readyz_expect_ready(&second);
    report(&second, "0101-009", 2, 40, 201);
    report(&second, "0101-001", 1, 300, 200);
    small_wait_voted(second.public_port, 340);
    small_wait_voted(first.public_port, 340);
    expect_figures(&second, "T", 11, 6190, 340);
    turnoutd_stop(&second);
}

/* Asks what would change until nothing would; between two registers nothing can be said. */
static void look_while_following(const struct turnoutd *turnoutd)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (bool has_followed = false; !has_followed;) {
        struct http_answer answer;
        ck_assert_int_lt(clock_monotonic_ms(), deadline_ms);
        committee_ask(turnoutd->intake_http_port, "/v1/register", admin, NULL, &answer);
        ck_assert_msg(answer.status == 200 || answer.status == 503, "%d %s", answer.status, answer.body);
        if (answer.status == 200) {
            json_t *document = json_of(answer.body);
            has_followed = json_integer_of(document, "changes") == 0;
            json_decref(document);
        }
        http_answer_done(&answer);
    }
}

/* It may be taken up through any server that has the files. */
TEST(two_servers_with_the_files_follow_at_once)
{
    start_second();
    add_unit("election");
    add_unit("election-2");
    wait_named(&first, "0101-009");
    wait_named(&second, "0101-009");
    take_up_files(&second);
    report(&second, "0101-009", 1, 40, 201);
    look_while_following(&first);
    readyz_expect_ready(&first);
    small_wait_voted(first.public_port, 40);
    expect_figures(&first, "T", 11, 6190, 40);
    report(&first, "0101-009", 1, 40, 200);
    turnoutd_stop(&second);
}

/* ---- interrupted ---- */

/* The caller frees the reply, which is a list headed by `says`. */
static redisReply *expect_answer(struct redisContext *redis, const char *says, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    redisReply *reply = redisvCommand(redis, format, arguments);
    va_end(arguments);
    ck_assert_ptr_nonnull(reply);
    ck_assert_msg(reply->type == REDIS_REPLY_ARRAY, "%s", reply->str);
    ck_assert_str_eq(reply->element[0]->str, says);
    return reply;
}

/* As a server leaves it that is killed after the step of the first province: nobody goes on. */
static void interrupt_with(const char *field, const char *more_steps)
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
    redisReply *begun = expect_answer(
        redis, "begun",
        "FCALL turnout_register_begin 2 turnout:{small}:meta turnout:{small}:change %s %s files %s lines %s "
        "province:01 %s %s %s",
        digest->str, to, folder.reg->files,
        "{\"received\":4102444800000,\"outcome\":\"register\",\"change\":\"unit-added\",\"unit\":\"0101-"
        "009\","
        "\"area\":\"0101\",\"to\":\"40\",\"who\":\"me\",\"why\":\"a new station\"}\n",
        steps, field, more_steps);
    freeReplyObject(
        expect_answer(redis, "done",
                      "FCALL turnout_register_step 4 turnout:{small:01}:totals turnout:{small:01}:communes "
                      "turnout:{small:01}:units turnout:{small:01}:aside %s %s %s none %s",
                      digest->str, to, begun->element[1]->str, steps));
    freeReplyObject(begun);
    election_folder_done(&folder);
    freeReplyObject(digest);
    redisFree(redis);
}

static void interrupt(void)
{
    interrupt_with("province:02", "");
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
    readyz_expect_broken(&first, "register", "do `turnout register apply` again");
    take_up_files(&first);
    readyz_expect_ready(&first);
    report(&first, "0101-001", 2, 301, 201);
    report(&first, "0101-009", 1, 40, 201);
    small_wait_voted(first.public_port, 372);
    expect_figures(&first, "T", 11, 6190, 372);
    expect_correction("unit-added", "0101", "0101-009");
}

/* The files of before are put back, and asked for. */
TEST(an_interrupted_one_is_given_up)
{
    char fingerprint[FINGERPRINT_BYTES];
    report(&first, "0101-001", 1, 300, 201);
    add_unit("election");
    wait_named(&first, "0101-009");
    interrupt();
    readyz_expect_broken(&first, "register", "with the files of before that gives it up");
    replace("election", "units.csv", "0101-009,0101,Khu vực 9,40\n", "");
    wait_named(&first, "");
    get_fingerprint(&first, "fingerprint", fingerprint);
    json_t *answer = take_up(&first, fingerprint, 200);
    ck_assert(json_is_true(json_object_get(answer, "changed")));
    json_decref(answer);
    readyz_expect_ready(&first);
    report(&first, "0101-001", 2, 301, 201);
    report(&first, "0101-009", 1, 40, 404);
    small_wait_voted(first.public_port, 301);
    expect_figures(&first, "T", 10, 6150, 301);
    answer = take_up(&first, fingerprint, 200);
    ck_assert(json_is_false(json_object_get(answer, "changed")));
    json_decref(answer);
}

/* A unit that must be silent has reported since: a server that starts takes back what was done, and serves what
 * stands. */
TEST(an_interrupted_one_that_cannot_be_is_taken_back)
{
    add_unit("election");
    replace("election", "units.csv", "0201-001,0201,Khu vực 1,", "0201-001,0201,Khu vực 1,1");
    wait_named(&first, "0201-001");
    interrupt_with("province:02", "unit 0201-001 0\nroll 0201 10000\n");
    report(&first, "0201-001", 1, 30, 201);
    restart();
    readyz_expect_ready(&first);
    report(&first, "0101-001", 1, 300, 201);
    small_wait_voted(first.public_port, 330);
    expect_figures(&first, "T", 10, 6150, 330);
    expect_refused("by a report with `registered`");
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

/* By a crash, say, while an office has changed its files and nobody has taken them up. */
TEST(a_restart_goes_on_with_the_register_in_force)
{
    report(&first, "0101-001", 1, 300, 201);
    small_wait_voted(first.public_port, 300);
    add_unit("election");
    restart();
    wait_named(&first, "unit 0101-009 is added to commune 0101 with 40 registered");
    expect_figures(&first, "T", 10, 6150, 300);
    report(&first, "0101-001", 1, 300, 200);
    report(&first, "0101-009", 1, 40, 404);
    take_up_files(&first);
    report(&first, "0101-009", 1, 40, 201);
    small_wait_voted(first.public_port, 340);
    expect_figures(&first, "T", 11, 6190, 340);
    replace("election", "units.csv", "0101-009,0101,Khu vực 9,40", "0101-009,0101,Khu vực 9,41");
    restart();
    wait_named(&first, "0101-009");
    expect_figures(&first, "T", 11, 6190, 340);
}

TEST(a_server_that_was_away_follows)
{
    start_second();
    readyz_expect_ready(&second);
    turnoutd_stop(&second);
    add_unit("election");
    wait_named(&first, "0101-009");
    take_up_files(&first);
    report(&first, "0101-009", 1, 40, 201);
    add_unit("election-2");
    start_second_again();
    readyz_expect_ready(&second);
    small_wait_voted(second.public_port, 40);
    expect_figures(&second, "T", 11, 6190, 40);
    report(&second, "0101-009", 2, 40, 201);
    turnoutd_stop(&second);
}

/* Nobody is told to reset. */
TEST(files_that_nobody_remembers_do_not_start)
{
    static const char *const kept[] = {"data/in-force/units.csv", "data/in-force/areas.csv"};
    turnoutd_stop(&first);
    add_unit("election");
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        char path[WORKSPACE_PATH_BYTES];
        workspace_path(&workspace, kept[i], path);
        ck_assert_int_eq(remove(path), 0);
    }
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

SUITE("register_servers");
