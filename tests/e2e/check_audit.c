/* `turnout audit`, beside a turnoutd that runs and without one: sound as it is; and whatever is changed in Redis is
 * named. */
#include <check.h>
#include <stdio.h>

#include "command.h"
#include "shell.h"
#include "signed_day.h"
#include "suite.h"

/* Redis as its user `default`, who may do everything, and what a shell needs to change something there. */
static const char prelude[] =
    "r() { redis-cli -s data/redis/redis.sock \"$@\"; }\n"
    "units='turnout:{small:01}:units' communes='turnout:{small:01}:communes'\n"
    "totals='turnout:{small:01}:totals' log='turnout:{small:01}:log' log2='turnout:{small:02}:log'\n"
    "# word KEY FIELD WORD BY: a word of a value becomes more by so much\n"
    "word() { r HSET \"$1\" \"$2\" \"$(r HGET \"$1\" \"$2\" | awk -v w=$3 -v by=$4 '{ $w = sprintf(\"%.0f\", "
    "$w + by); print }')\"; "
    "}\n"
    "# line KEY FROM TO: in every entry, the lines that hold FROM\n"
    "line() { r EVAL \"local entries = redis.call('XRANGE', KEYS[1], '-', '+') redis.call('DEL', KEYS[1])\n"
    "    for _, e in ipairs(entries) do e[2][6] = string.gsub(e[2][6], ARGV[1], ARGV[2])\n"
    "        redis.call('XADD', KEYS[1], e[1], unpack(e[2])) end\" 1 \"$1\" \"$2\" \"$3\"; }\n"
    "all() { for key in \"$units\" \"$communes\" \"$totals\" \"$log\" \"$log2\"; do \"$@\" \"$key\"; done; "
    "}\n"
    "save() { r COPY \"$1\" \"saved:$1\"; }\n"
    "put_back() { r COPY \"saved:$1\" \"$1\" REPLACE; r DEL \"saved:$1\"; }\n";

static void in_redis(const char *what)
{
    char command[400];
    int length = snprintf(command, sizeof command, "set -eu; . ./prelude; { %s; } >/dev/null", what);
    ck_assert(length > 0 && length < (int)sizeof command);
    shell(&workspace, command);
}

static void start_a_day(void)
{
    start();
    have_a_day();
    workspace_write(&workspace, "prelude", prelude);
}

SHARED_FIXTURE(start_a_day, stop);
TIMEOUT(60);

#define AUDIT "audit", "--election", election, "--data", data

TEST(what_was_counted_is_sound)
{
    command_check(&workspace, 0,
                  "small: sound\n  14 lines of the log, replayed from the first; 10 valid signatures of "
                  "reports\n",
                  NULL, AUDIT, NULL);
    command_check(&workspace, 0, "  1 reports that an office vouched for", NULL, AUDIT, NULL);
}

/* What is done, and what is said of it. */
static const struct {
    const char *how;
    const char *said;
} tampered[] = {
    /* a unit */
    {"word $units 0101-001 2 1", "0101: voted is 200, and its units come to 201\n"},
    {"word $units 0101-001 2 1", "unit 0101-001: voted is 131, but its log gives 130\n"},
    {"word $units 0101-001 1 1", "unit 0101-001: seq is 4, but its log gives 3\n"},
    {"word $units 0101-001 5 -1", "unit 0101-001: received is "},
    {"r HSET $units 0101-001 \"$(r HGET $units 0101-001 | sed 's/0$/1/; t; s/.$/0/')\"",
     "unit 0101-001: its kind or digest is not that of the last report in its log\n"},
    {"r HDEL $units 0101-001", "unit 0101-001: seq is 0, but its log gives 3\n"},
    {"r HSET $units 0101-001 x", "units 0101-001: not the state of a unit of 01\n"},
    /* a unit and all that is above it, so that every sum is right */
    {"word $units 0101-001 2 1; word $communes 0101 3 1; r HINCRBY $totals voted 1",
     "unit 0101-001: voted is 131, but its log gives 130\n"},
    {"word $communes 0101 4 1; r HINCRBY $totals registered 1",
     "0101: registered is 2751, and its units come to 2750\n"},
    /* what no unit tells */
    {"word $communes 0101 9 1; r HINCRBY $totals held 1", "commune 0101: held is 1, but its log gives 0\n"},
    {"word $communes 0101 11 -1; r HINCRBY $totals round:1 -1",
     "commune 0101: round:1 is 1, but its log gives 2\n"},
    {"word $communes 0101 10 1", "commune 0101: as_of is "},
    {"r HINCRBY $totals voted 1", "01: voted is 271, and its communes come to 270\n"},
    /* the log */
    {"line $log '\"voted\":100' '\"voted\":101'",
     "log of commune 0101: line 1: not the signature of this report by the key unit-1\n"},
    {"line $log2 '\"voted\":30' '\"voted\":31'", "chain of commune 0201: 3 lines, head "},
    {"line $log '\"why\":\"so\"' '\"why\":\"no\"'", "chain of commune 0101: "},
    {"r XDEL $log $(r XRANGE $log - + COUNT 1 | head -1)",
     "does not name the entry of its commune before it\n"},
};

LOOP_TEST(tampering_is_named_with_its_place, COUNT(tampered))
{
    in_redis("all save");
    in_redis(tampered[_i].how);
    command_check(&workspace, 1, NULL, tampered[_i].said, AUDIT, NULL);
    command_check(&workspace, 1, NULL, "small: NOT sound: ", AUDIT, NULL);
    in_redis("all put_back");
    command_check(&workspace, 0, "small: sound\n", NULL, AUDIT, NULL);
}

TEST(a_wrong_command_line_is_told)
{
    command_check(&workspace, 2, NULL, "--election is missing", "audit", NULL);
    command_check(&workspace, 2, NULL, "--election", "audit", "--election", "/nowhere", "--data", data, NULL);
    command_check(&workspace, 1, NULL, "/nowhere", "audit", "--election", election, "--data", "/nowhere",
                  NULL);
}

CASE("without a server");
FIXTURE(start, stop);
TIMEOUT(60);

TEST(a_server_that_was_stopped_is_audited)
{
    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.seq = 1, .voted = 7}, 201);
    turnoutd_stop(&turnoutd);
    command_check(&workspace, 0, "  1 test reports that nobody signed", NULL, AUDIT, NULL);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

/* What is counted while the log is read was not there when the figures were, and is passed over. */
TEST(a_server_that_counts_is_audited)
{
    char command[512];
    int length =
        snprintf(command, sizeof command,
                 "set -eu\n"
                 "turnout simulate --election election --stream %s --reports-a-unit 20 --rate 100 >said &\n"
                 "for i in 1 2 3 4 5 6; do turnout audit --election election --data data; done >audits\n"
                 "wait $! && grep 'accepted *200' said && grep -c 'small: sound' audits | grep 6",
                 turnoutd.stream_address);
    ck_assert(length > 0 && length < (int)sizeof command);
    workspace_write(&workspace, "meanwhile", command);
    shell(&workspace, "sh ./meanwhile");
}

SUITE("audit");
