/* What /metrics proves of a real turnoutd: readers cost Redis nothing, and reports in flight together share a batch,
 * hence an fdatasync. */
#include <check.h>
#include <inttypes.h>
#include <string.h>

#include "http.h"
#include "metric.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

FIXTURE(start_server, stop_server);
TIMEOUT(60);

/* The value of a sample, named with its labels. */
TEST(readers_cost_redis_nothing)
{
    static const char *const paths[] = {"/v1/turnout", "/v1/snapshot.json", "/v1/snapshot.csv?sep=%3B",
                                        "/v1/areas/01", "/v1/rounds"};
    enum { TIMES = 50, PATHS = sizeof paths / sizeof paths[0] };
    const char *commands = "turnout_store_commands_total{link=\"workers\"}";
    char line
        [PROCESS_LINE_BYTES]; /* the worker's link may come up, by some commands, when the server is ready already */
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, "store-up link=worker", line);
    uint64_t commands_before = metric_of(&turnoutd, commands);
    uint64_t served_before = metric_of(&turnoutd, "turnout_documents_served_total");
    for (size_t i = 0; i < TIMES * PATHS; i++) {
        struct http_answer answer;
        http_request(turnoutd.public_port, "GET", paths[i % PATHS], "", &answer);
        ck_assert_int_eq(answer.status, 200);
        http_answer_done(&answer);
    }
    ck_assert_uint_eq(metric_of(&turnoutd, "turnout_documents_served_total") - served_before, TIMES * PATHS);
    ck_assert_uint_eq(metric_of(&turnoutd, commands) - commands_before, 0);
}

TEST(reports_in_flight_together_share_an_fdatasync)
{
    enum { REPORTS = 500 };
    const char *batches = "turnout_store_commits_total{link=\"tally\"}";
    const char *batched = "turnout_store_committed_lines_total{link=\"tally\"}";
    uint64_t batches_before = metric_of(&turnoutd, batches);
    uint64_t batched_before = metric_of(&turnoutd, batched);
    struct buffer lines = {0};
    for (int seq = 1; seq <= REPORTS; seq++) {
        small_report_write(&lines, &(struct small_report){.seq = seq, .voted = seq});
        buffer_append_char(&lines, '\n');
    }
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    http_send(&link, lines.bytes, lines.length);
    for (int i = 0; i < REPORTS; i++) {
        char answer[512];
        http_read_line(&link, answer, sizeof answer);
        ck_assert_msg(strstr(answer, "\"accepted\"") != NULL, "%s", answer);
    }
    http_close(&link);
    buffer_done(&lines);

    uint64_t shared = metric_of(&turnoutd, batches) - batches_before;
    ck_assert_uint_eq(metric_of(&turnoutd, batched) - batched_before, REPORTS);
    ck_assert_msg(shared > 0 && shared < REPORTS / 2, "%" PRIu64 " batches for %d reports", shared, REPORTS);
}

SUITE("counters");
