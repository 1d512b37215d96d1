/* /v1/feed.atom of a real turnoutd: a feed as RFC 4287 has it, with an entry for each thing there is to be told of, the
 * same from every server and after every start. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "committee.h"
#include "http.h"
#include "shell.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 50, HEADER_BYTES = 256 };

static struct workspace workspace;
static struct turnoutd first; /* runs the Redis */

static void setup(void)
{
    workspace_init(&workspace);
    turnoutd_start(&first, &workspace, NULL);
}

static void teardown(void)
{
    turnoutd_stop(&first);
    workspace_done(&workspace);
}

static void ask(enum token_role role, const char *target, const char *body, int status)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, role, "T", header);
    committee_expect(first.intake_http_port, target, header, body, status);
}

static void report(int seq, int voted, const char *more)
{
    small_report_expect(first.intake_http_port,
                        &(struct small_report){.seq = seq, .voted = voted, .more = more}, 201);
}

/* The feed's entries, a line each (tests/support/atom_feed.py). The caller frees them. */
static char *read_feed(const struct turnoutd *turnoutd)
{
    char command[256];
    (void)snprintf(command, sizeof command,
                   "curl --silent --show-error --fail http://127.0.0.1:%u/v1/feed.atom | "
                   "/usr/bin/python3 " TURNOUT_SOURCE_DIR "/tests/support/atom_feed.py",
                   (unsigned)turnoutd->public_port);
    return shell_says(&workspace, command, 0);
}

/* Waits until there is an entry that begins so; the caller frees all of them. */
static char *wait_for(const char *entry)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;;) {
        char *entries = read_feed(&first);
        if (strstr(entries, entry) != NULL) {
            return entries;
        }
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "%s is never in %s", entry, entries);
        free(entries);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void expect_entry(const char *entries, const char *entry)
{
    ck_assert_msg(strstr(entries, entry) != NULL, "%s is not in %s", entry, entries);
}

FIXTURE(setup, teardown);

TEST(everything_to_be_told_of_has_an_entry)
{
    char *entries = read_feed(&first);
    ck_assert_str_eq(entries, "");
    free(entries);
    report(1, 100, NULL);
    free(wait_for("milestone\tRehearsal. "));
    report(2, 90, ",\"kind\":\"correction\",\"reason\":\"miscount\"");
    free(wait_for("correction\tRehearsal. correction: 0101-001, 100 → 90\turn:turnout:small:correction:"));
    ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"a <b> & c\"}", 201);
    entries = wait_for("bulletin\tRehearsal. Bulletin 1, a <b> & c: 1.46 %, 90 of 6150 have voted\t");
    expect_entry(entries, "milestone\tRehearsal. Đất Thử: the first report\turn:turnout:small:milestone:");
    expect_entry(entries, "milestone\tRehearsal. Miền Đông: the first report\t");
    free(entries);
    ask(ROLE_DECIDE, "/v1/units/0101-001/void", "{\"reason\":\"<i> & \\\"x\\\"\"}", 200);
    entries = wait_for("milestone\tRehearsal. Miền Đông: Withdrawn: no report counts any more\t");
    expect_entry(entries, "milestone\tRehearsal. Đất Thử: Withdrawn: no report counts any more\t");
    expect_entry(entries, "correction\tRehearsal. voided: 0101-001, 90 → 0\t");
    ck_assert_ptr_null(strstr(entries, "the first report"));

    turnoutd_stop(&first);
    turnoutd_start(&first, &workspace, NULL);
    char *again = read_feed(&first);
    ck_assert_str_eq(again, entries);
    free(again);
    free(entries);
}

/* Nothing new, the same bytes: also when figures have moved. */
TEST(its_tag_stays_while_there_is_nothing_new)
{
    struct http_answer answer;
    char etag[HEADER_BYTES];
    char header[HEADER_BYTES + 32];
    report(1, 100, NULL);
    free(wait_for("milestone\tRehearsal. "));
    http_request(first.public_port, "GET", "/v1/feed.atom", "", &answer);
    http_check_header(&answer, "Content-Type", "application/atom+xml; charset=utf-8");
    ck_assert(http_answer_header(&answer, "ETag", etag, sizeof etag));
    http_answer_done(&answer);
    report(2, 101, NULL);
    small_wait_voted(first.public_port, 101);
    (void)snprintf(header, sizeof header, "If-None-Match: %s\r\n", etag);
    http_request(first.public_port, "GET", "/v1/feed.atom", header, &answer);
    ck_assert_int_eq(answer.status, 304);
    http_answer_done(&answer);
}

SUITE("feed");
