/* Asks /readyz. */
#include "readyz.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/base/clock.h>

#include "http.h"
#include "metric.h"
#include "small_election.h"

enum { ASK_AGAIN_MS = 20 };

void readyz_ask(const struct turnoutd *turnoutd, const char *check, struct readyz_verdict *ret_verdict)
{
    struct http_answer answer;
    http_request(turnoutd->operate_port, "GET", "/readyz", "", &answer);
    json_t *document = json_of(answer.body);
    *ret_verdict = (struct readyz_verdict){.is_ready = answer.status == 200};
    ck_assert_int_eq(json_is_true(json_object_get(document, "ready")), ret_verdict->is_ready);
    bool is_there = false;
    size_t i;
    const json_t *one;
    json_array_foreach(json_array_of(document, "checks"), i, one)
    {
        (void)json_text_of(one, "since");
        if (strcmp(json_text_of(one, "name"), check) == 0) {
            is_there = true;
            ret_verdict->is_ok = json_is_true(json_object_get(one, "ok"));
            ck_assert_int_lt(
                snprintf(ret_verdict->why, sizeof ret_verdict->why, "%s", json_text_of(one, "why")),
                (int)sizeof ret_verdict->why);
        }
    }
    ck_assert_msg(is_there, "no check %s", check);
    json_decref(document);
    http_answer_done(&answer);
}

/* Waits until the check fails for a reason that has these words in it. */
void readyz_expect_broken(const struct turnoutd *turnoutd, const char *check, const char *words)
{
    int64_t begun = clock_monotonic_ms();
    struct readyz_verdict verdict;
    for (;;) {
        readyz_ask(turnoutd, check, &verdict);
        if (!verdict.is_ok && strstr(verdict.why, words) != NULL) {
            break;
        }
        ck_assert_msg(clock_monotonic_ms() - begun < PROCESS_DEADLINE_MS, "%s: never noticed: %s", check,
                      verdict.why);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    ck_assert(!verdict.is_ready);
    char metric[64];
    ck_assert_int_lt(snprintf(metric, sizeof metric, "turnout_check{name=\"%s\"}", check),
                     (int)sizeof metric);
    ck_assert_uint_eq(metric_of(turnoutd, metric), 0);
}

void readyz_expect_ready(const struct turnoutd *turnoutd)
{
    int64_t begun = clock_monotonic_ms();
    struct readyz_verdict verdict = {.is_ready = false};
    while (!verdict.is_ready) {
        readyz_ask(turnoutd, "store-writes", &verdict);
        ck_assert_msg(verdict.is_ready || clock_monotonic_ms() - begun < PROCESS_DEADLINE_MS,
                      "never ready again");
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

void readyz_expect_mended(struct turnoutd *turnoutd, const char *check)
{
    readyz_expect_ready(turnoutd);
    char logged[64];
    char line[PROCESS_LINE_BYTES];
    ck_assert_int_lt(snprintf(logged, sizeof logged, " not-ready check=%s ", check), (int)sizeof logged);
    process_wait_line(&turnoutd->process, turnoutd->process.stderr_path, logged, line);
    ck_assert_int_lt(snprintf(logged, sizeof logged, " check-passes check=%s", check), (int)sizeof logged);
    process_wait_line(&turnoutd->process, turnoutd->process.stderr_path, logged, line);
}

void readyz_expect_for_readers(const struct turnoutd *turnoutd, int status)
{
    struct http_answer answer;
    http_request(turnoutd->operate_port, "GET", "/readyz?for=readers", "", &answer);
    ck_assert_int_eq(answer.status, status);
    http_answer_done(&answer);
}
