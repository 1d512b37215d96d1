/* kill -9 of turnoutd at random instants while it freezes a bulletin, under reports: whatever was published stays the
 * same, byte for byte; what was begun is finished, by the server that comes next; and all that is published adds up. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "committee.h"
#include "fault_cycles.h"
#include "fault_writers.h"
#include "http.h"
#include "shell_page.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

/* Enough provinces that a freezing takes its time. */
enum { SHORT_CYCLES = 20, PROVINCES = 30, COMMUNES = 2, UNITS = 3, NUMBER_BYTES = 24, LATEST_US = 250000 };

TIMEOUT(7200);

static struct workspace workspace;
static struct turnoutd turnoutd;

static void write_election(void)
{
    struct buffer areas = {0};
    struct buffer units = {0};
    buffer_append_text(&areas, "code,level,parent,name,name_en\nT,nation,,Đất Thử,\n");
    buffer_append_text(&units, "code,commune,name,registered\n");
    for (int p = 0; p < PROVINCES; p++) {
        buffer_printf(&areas, "p%d,province,T,Tỉnh,\n", p);
        for (int c = 0; c < COMMUNES; c++) {
            buffer_printf(&areas, "c%d.%d,commune,p%d,Xã,\n", p, c, p);
            for (int u = 0; u < UNITS; u++) {
                buffer_printf(&units, "u%d.%d.%d,c%d.%d,Khu vực,1000\n", p, c, u, p, c);
            }
        }
    }
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/areas.csv", areas.bytes);
    workspace_write(&workspace, "election/units.csv", units.bytes);
    buffer_done(&areas);
    buffer_done(&units);
}

/* What a bulletin's statement was when it was first seen; it names all else by its hash. */
static struct buffer statements[2 * SHORT_CYCLES + 2000];
static int64_t published;

static bool get_statement(int64_t number, struct buffer *out)
{
    char target[64];
    struct http_answer answer;
    (void)snprintf(target, sizeof target, "/v1/bulletins/%lld/bulletin.txt", (long long)number);
    http_request(turnoutd.public_port, "GET", target, "", &answer);
    bool is_there = answer.status == 200;
    if (is_there) {
        buffer_append(out, answer.body, answer.body_bytes);
    }
    http_answer_done(&answer);
    return is_there;
}

/* Those that were there are as they were; then those that are new. */
static void look(uint64_t seed)
{
    for (int64_t number = 1;; number++) {
        struct buffer now = {0};
        if (!get_statement(number, &now)) {
            ck_assert_msg(number > published, "seed %llu: bulletin %lld is gone", (unsigned long long)seed,
                          (long long)number);
            buffer_done(&now);
            return;
        }
        struct buffer *before = &statements[number - 1];
        if (number > published) {
            published = number;
            *before = now;
            continue;
        }
        ck_assert_msg(strcmp(now.bytes, before->bytes) == 0, "seed %llu: bulletin %lld was\n%s and is\n%s",
                      (unsigned long long)seed, (long long)number, before->bytes, now.bytes);
        buffer_done(&now);
    }
}

/* Sends the request and does not wait for its answer. */
static void ask_for_one(struct http_link *link, const char *header)
{
    static const char body[] = "{\"label\":\"11:30\"}";
    struct buffer request = {0};
    buffer_printf(&request,
                  "POST /v1/bulletins HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  header, sizeof body - 1, body);
    http_open(link, turnoutd.intake_http_port);
    http_send_text(link, request.bytes);
    buffer_done(&request);
}

static void send_reports(uint64_t *random, int seq, struct fault_figures *figures)
{
    for (int i = 0; i < 5; i++) {
        char unit[NUMBER_BYTES];
        (void)snprintf(unit, sizeof unit, "u%d.%d.%d", (int)fault_random_between(random, 0, PROVINCES - 1),
                       (int)fault_random_between(random, 0, COMMUNES - 1), i % UNITS);
        struct http_answer answer;
        small_report_post(turnoutd.intake_http_port,
                          &(struct small_report){.unit = unit, .seq = seq, .voted = seq}, &answer);
        figures->sent++;
        figures->acknowledged += answer.status == 201 ? 1 : 0;
        http_answer_done(&answer);
    }
}

/* What was begun comes to its end without anybody's doing. */
static void wait_for_the_one_begun(uint64_t seed)
{
    int64_t deadline_ms = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, ROLE_ADMIN, "T", header);
    for (;;) {
        struct http_answer answer;
        committee_ask(turnoutd.intake_http_port, "/v1/bulletins", header, "{\"label\":\"next\"}", &answer);
        bool is_free = answer.status == 201;
        http_answer_done(&answer);
        if (is_free) {
            return;
        }
        ck_assert_msg(clock_monotonic_ms() < deadline_ms, "seed %llu: a bulletin is never finished",
                      (unsigned long long)seed);
    }
}

static void expect_shell(const char *block, int64_t number)
{
    char text[NUMBER_BYTES];
    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    ck_assert_int_eq(setenv("number", text, 1), 0);
    struct shell_result result = shell_run(&workspace, block);
    ck_assert_msg(result.status == 0, "%s of %s: %s%s", block, text, result.out, result.errors);
    shell_result_done(&result);
}

TEST(a_bulletin_outlives_crashes)
{
    struct fault_cycles cycles = fault_cycles_of("bulletin_crash", SHORT_CYCLES);
    char header[TOKEN_HEADER_BYTES];
    char url[TURNOUTD_URL_BYTES];
    int seq = 0;
    workspace_init(&workspace);
    write_election();
    turnoutd_start(&turnoutd, &workspace, NULL);
    token_header(&workspace, ROLE_ADMIN, "T", header);
    while (fault_cycles_next(&cycles) &&
           published + 2 < (int64_t)(sizeof statements / sizeof statements[0])) {
        uint64_t random = cycles.seed;
        struct http_link link;
        int64_t instant_us = clock_monotonic_us() + fault_random_between(&random, 0, LATEST_US);
        ask_for_one(&link, header);
        do {
            send_reports(&random, ++seq, &cycles.figures);
        } while (clock_monotonic_us() < instant_us);
        process_kill(&turnoutd.process);
        http_close(&link);
        turnoutd_start(&turnoutd, &workspace, NULL);
        look(cycles.seed);
        wait_for_the_one_begun(cycles.seed);
        look(cycles.seed);
    }
    ck_assert_int_gt(published, 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u", turnoutd.public_port);
    ck_assert_int_eq(setenv("public", url, 1), 0);
    shell_extract(&workspace, "/proto/bulletin.md", "fetch");
    shell_extract(&workspace, "/proto/bulletin.md", "check");
    shell_extract(&workspace, "/proto/bulletin.md", "chain");
    for (int64_t number = 1; number <= published; number++) {
        expect_shell("fetch", number);
        expect_shell("check", number);
        if (number > 1) {
            expect_shell("chain", number);
        }
        buffer_done(&statements[number - 1]);
    }
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
    fault_cycles_end(&cycles);
}

SUITE("bulletin_crash");
