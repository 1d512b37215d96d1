/* One account a unit, whatever carries its reports: several connections at once, on several workers. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "http.h"
#include "metric.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

enum { A_MINUTE = 50, BATCHES = 4, REPORTS = 250 };

static void setup(void)
{
    static const char *const settings[] = {"--workers", "4", "--reports-per-minute", "50", NULL};
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, settings);
}

/* Every fourth seq, so that reports of all batches are new whichever comes first. */
static void post_batch(struct http_link *link, int first_seq)
{
    struct buffer lines = {0};
    struct buffer request = {0};
    for (int i = 0; i < REPORTS; i++) {
        small_report_write(&lines, &(struct small_report){.seq = first_seq + i * BATCHES, .voted = 5});
        buffer_append_char(&lines, '\n');
    }
    buffer_printf(&request,
                  "POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  lines.length, lines.bytes);
    http_send(link, request.bytes, request.length);
    buffer_done(&lines);
    buffer_done(&request);
}

static uint64_t count_of(const char *text, const char *word)
{
    uint64_t count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        count++;
    }
    return count;
}

FIXTURE(setup, stop_server);

TEST(batches_at_once_store_as_many_as_one)
{
    struct http_link links[BATCHES];
    uint64_t accepted = 0;
    int64_t began_ms = clock_monotonic_ms();
    for (int i = 0; i < BATCHES; i++) {
        http_open(&links[i], turnoutd.intake_http_port);
    }
    for (int i = 0; i < BATCHES; i++) {
        post_batch(&links[i], i + 1);
    }
    for (int i = 0; i < BATCHES; i++) {
        struct http_answer answer;
        http_read_answer(&links[i], true, &answer);
        ck_assert_int_eq(answer.status, 200);
        accepted += count_of(answer.body, "\"status\":\"accepted\"");
        http_answer_done(&answer);
        http_close(&links[i]);
    }
    uint64_t passed_s = (uint64_t)(clock_monotonic_ms() - began_ms) / 1000 + 1;
    ck_assert_uint_ge(accepted, 1);
    ck_assert_uint_le(accepted, A_MINUTE + passed_s * A_MINUTE / 60 + 1);
    metric_wait(&turnoutd, "turnout_revision", accepted); /* and no more stands in the log */
}

SUITE("account");
