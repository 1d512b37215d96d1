/* The shell lines of proto/report.md, run as they stand there: a unit that has openssl and curl needs nothing else. */
#include <check.h>
#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "answers.h"
#include "shell_page.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

#define HEADER "key,area,public_key,from,until,revoked\n"

static struct workspace workspace;
static struct turnoutd turnoutd;

/* The election that the lines speak of, with their unit in it. */
static void write_election(void)
{
    workspace_make_folder(&workspace, "election");
    workspace_write(
        &workspace, "election/election.ini",
        "[election]\nid = vn-2026\nname = Bầu cử\ndate = 2026-03-15\ntimezone = Asia/Ho_Chi_Minh\n"
        "opens = 2026-03-15T07:00:00+07:00\ncloses = 2026-03-15T19:00:00+07:00\nrounds =\n");
    workspace_write(&workspace, "election/areas.csv",
                    "code,level,parent,name,name_en\nVN,nation,,Việt Nam,\n46,province,VN,Huế,\n"
                    "19804,commune,46,Xã,\n");
    workspace_write(&workspace, "election/units.csv",
                    "code,commune,name,registered\n19804-003,19804,Khu vực 3,905\n");
    workspace_write(&workspace, "election/keys.csv", HEADER);
}

/* Runs a block; returns what it wrote, which the caller frees. */
static char *run(const char *block)
{
    struct shell_result result = shell_run(&workspace, block);
    ck_assert_msg(result.status == 0 && result.errors[0] == '\0', "%s ended with %d: %s", block,
                  result.status, result.errors);
    free(result.errors);
    return result.out;
}

/* What sending a report is answered; the caller gives it back. */
static json_t *send_report(void)
{
    char *said = run("sign-report");
    json_t *answer = json_of(said);
    free(said);
    return answer;
}

static void open_election(void)
{
    struct redisContext *redis = turnoutd_redis(&workspace);
    static const char *const commands[] = {"HSET turnout:{vn-2026}:meta phase open",
                                           "HSET turnout:{vn-2026:46}:totals phase open"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        redisReply *reply = redisCommand(redis, commands[i]);
        ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_INTEGER, "%s was refused", commands[i]);
        freeReplyObject(reply);
    }
    redisFree(redis);
}

static bool is_unknown_key(const json_t *answer)
{
    const char *code = json_string_value(json_object_get(answer, "code"));
    return code != NULL && strcmp(code, "unknown-key") == 0;
}

static void expect_status(const json_t *answer, const char *status)
{
    answer_check_member(answer, "code", NULL, status);
    answer_check_member(answer, "status", status, status);
    answer_check_receipt(answer);
}

TEST(a_shell_can_sign)
{
    workspace_init(&workspace);
    write_election();
    shell_extract(&workspace, "/proto/report.md", "make-key");
    shell_extract(&workspace, "/proto/report.md", "sign-report");

    static const char *const settings[] = {"--intake", "signed", NULL};
    turnoutd_start(&turnoutd, &workspace, settings);
    ck_assert_int_eq(setenv("intake", turnoutd.intake_url, 1), 0);
    open_election();

    char *row = run("make-key");
    json_t *answer = send_report();
    ck_assert(is_unknown_key(answer));
    struct buffer keys = {0};
    buffer_printf(&keys, "%s%s", HEADER, row);
    workspace_write(&workspace, "election/keys.csv", keys.bytes);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (is_unknown_key(answer)) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline);
        json_decref(answer);
        answer = send_report();
    }
    expect_status(answer, "accepted");
    json_decref(answer);
    answer = send_report();
    expect_status(answer, "duplicate");
    json_decref(answer);
    small_wait_voted(turnoutd.public_port, 881);
    buffer_done(&keys);
    free(row);
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

SUITE("openssl");
