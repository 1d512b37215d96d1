/* `turnout backup` of a server that runs, under load, and `turnout restore`: what is put back is whole, and a server
 * that remembers more than the copy says so. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>

#include "committee.h"
#include "own_workspace.h"
#include "shell.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"

enum { SOME = 200 };

static struct turnoutd turnoutd;

static void expect(const char *command, int status, const char *says)
{
    char *said = shell_says(&workspace, command, status);
    ck_assert_msg(strstr(said, says) != NULL, "%s: %s", command, said);
    free(said);
}

static void report(const char *unit, int seq, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.unit = unit, .seq = seq, .voted = voted}, 201);
}

static void expect_logged(const char *words)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, words, line);
}

static bool is_verified(void)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/areas/T", 200);
    bool verified = json_is_true(json_object_get(json_object_of(document, "area"), "verified"));
    json_decref(document);
    return verified;
}

FIXTURE(make_workspace, remove_workspace);
TIMEOUT(120);

/* A machine is lost: everything is put into an empty folder. */
TEST(a_lost_folder_is_restored)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    small_wait_voted(turnoutd.public_port, 10);
    expect("turnout backup copy --data data", 0, "copy holds a copy of data");
    expect("turnout backup copy --data data", 1, "copy exists");
    expect("turnout restore copy --data data --yes small", 1, "turnoutd runs there");
    turnoutd_stop(&turnoutd);
    expect("cmp copy/secret data/secret && cmp copy/tokens.csv data/tokens.csv && mv data lost", 0, "");

    expect("echo smal | turnout restore copy --data data", 1, "nothing was changed");
    expect("echo small | turnout restore copy --data data", 0, "run `turnout accept-loss`");
    expect("turnout restore copy --data data --yes small", 1, "is there already");
    expect("turnout accept-loss --data data --election-id small --yes small", 0, "new generation");
    turnoutd_start(&turnoutd, &workspace, NULL);
    ck_assert(is_verified());
    small_wait_voted(turnoutd.public_port, 10);
    report("0101-001", 2, 20);
    turnoutd_stop(&turnoutd);
}

/* Only Redis's files are lost: what the folder remembers stays, and shows what the copy lacks. */
TEST(a_copy_that_is_older_is_noticed)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    report("0101-001", 1, 10);
    small_wait_voted(turnoutd.public_port, 10);
    expect("turnout backup copy --data data", 0, "holds a copy");
    report("0101-001", 2, 20);
    report("0102-001", 1, 5);
    small_wait_voted(turnoutd.public_port, 25);
    turnoutd_stop(&turnoutd);
    expect("rm -r data/redis", 0, "");
    expect("turnout restore copy --data data --yes small", 0, "small: rehearsal, revision 3, 25 voted");
    turnoutd_start(&turnoutd, &workspace, NULL);
    expect_logged("reports-missing reports=2");
    ck_assert(!is_verified());
    turnoutd_stop(&turnoutd);
}

static void freeze(int64_t number)
{
    char header[TOKEN_HEADER_BYTES];
    struct http_answer answer;
    token_header(&workspace, ROLE_ADMIN, "T", header);
    committee_ask(turnoutd.intake_http_port, "/v1/bulletins", header, "{\"label\":\"x\"}", &answer);
    json_t *document = json_of(answer.body);
    ck_assert_int_eq(json_integer_of(document, "bulletin"), number);
    json_decref(document);
    http_answer_done(&answer);
}

/* What was published under a number may be kept for ever by whoever has read it. */
TEST(a_copy_that_is_older_gives_no_number_again)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    freeze(1);
    expect("turnout backup copy --data data", 0, "holds a copy");
    freeze(2);
    turnoutd_stop(&turnoutd);
    expect("rm -r data/redis && turnout restore copy --data data --yes small", 0, "restored");
    turnoutd_start(&turnoutd, &workspace, NULL);
    freeze(3);
    turnoutd_stop(&turnoutd);
    /* What came after the copy is known to nobody. */
    expect("rm -r data && turnout restore copy --data data --yes small", 0, "restored");
    turnoutd_start(&turnoutd, &workspace, NULL);
    freeze(1001);
    json_t *document = json_get(turnoutd.public_port, "/v1/bulletins", 200);
    const json_t *bulletins = json_array_of(document, "bulletins");
    ck_assert_uint_eq(json_array_size(bulletins), 2);
    ck_assert_str_eq(json_text_of(json_array_get(bulletins, 0), "previous"),
                     json_text_of(json_array_get(bulletins, 1), "sha256"));
    json_decref(document);
    expect("turnout export export --election election --data data", 0, "2 bulletins");
    expect("turnout verify export", 0, "bulletin 1001 (x, rehearsal)");
    turnoutd_stop(&turnoutd);
}

/* Redis's files grow, and are written anew, while they are copied. */
TEST(a_copy_under_load_is_whole)
{
    turnoutd_start(&turnoutd, &workspace, NULL);
    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "data/redis/redis.sock", path);
    redisContext *redis = redisConnectUnix(path);
    ck_assert(redis != NULL && redis->err == 0);
    int acknowledged = 0;
    for (int i = 1; i <= SOME; i++) {
        report("0101-001", i, i);
        acknowledged = i;
        if (i % 20 == 0) {
            freeReplyObject(redisCommand(redis, "BGREWRITEAOF"));
            expect("rm -rf copy && turnout backup copy --data data", 0, "holds a copy");
        }
    }
    redisFree(redis);
    turnoutd_stop(&turnoutd);
    expect("mv data lost && turnout restore copy --data data --yes small", 0, "restored");
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, acknowledged);
    ck_assert(is_verified());
    turnoutd_stop(&turnoutd);
}

TEST(what_is_no_data_folder_is_not_copied)
{
    expect("mkdir -m 700 empty && turnout backup copy --data empty", 1, "is no data folder");
    expect("turnout backup copy --data nowhere", 1, "nowhere");
    expect("turnout restore nowhere --data data", 1, "cannot tell of which election");
    expect("turnout backup", 2, "folder");
}

SUITE("backup");
