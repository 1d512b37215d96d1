/* The round board of an election of two days, over a real turnoutd: who was heard in a round, on time or late, stands
 * there as soon as readers see the report. */
#include <check.h>
#include <string.h>

#include "http.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;

static const char election_ini[] = "[election]\n"
                                   "id = small\n"
                                   "name = Two days\n"
                                   "date = 2026-03-14\n"
                                   "timezone = Asia/Ho_Chi_Minh\n"
                                   "opens = 2026-03-14T07:00:00+07:00\n"
                                   "closes = 2026-03-15T19:00:00+07:00\n"
                                   "rounds = 09:00 15:00 2026-03-15T09:00 15:00\n"
                                   "[rules]\n"
                                   "late-after-s = 600\n";

enum { ROUNDS = 4 };

static void start_server(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/election.ini", election_ini);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

/* 0101-001 comes a little late to the first round, and corrects itself in time for nothing; 0101-002 is early; 0201-001
 * is heard on the second day alone, and late. */
static const struct small_report reports[] = {
    {.seq = 1, .as_of = "2026-03-14T09:11:00+07:00", .voted = 10},
    {.seq = 2, .as_of = "2026-03-14T09:12:00+07:00", .voted = 11},
    {.unit = "0101-002", .seq = 1, .as_of = "2026-03-14T08:50:00+07:00", .voted = 20},
    {.seq = 3, .as_of = "2026-03-15T09:10:00+07:00", .voted = 30},
    {.unit = "0201-001", .seq = 1, .as_of = "2026-03-15T09:10:01+07:00", .voted = 40},
};

static const json_t *area_of(const json_t *document, const char *code)
{
    const json_t *areas = json_array_of(document, "areas");
    for (size_t i = 0; i < json_array_size(areas); i++) {
        const json_t *area = json_array_get(areas, i);
        if (strcmp(json_text_of(area, "code"), code) == 0) {
            return area;
        }
    }
    ck_abort_msg("no area %s", code);
}

/* Pairs of on time and late, a round each. */
static void check_area(const json_t *document, const char *code, int64_t expected, int64_t never_heard,
                       const int64_t heard[ROUNDS][2])
{
    const json_t *area = area_of(document, code);
    const json_t *rounds = json_array_of(area, "rounds");
    ck_assert_int_eq(json_integer_of(area, "expected"), expected);
    ck_assert_int_eq(json_integer_of(area, "never_heard"), never_heard);
    ck_assert_uint_eq(json_array_size(rounds), ROUNDS);
    for (size_t i = 0; i < ROUNDS; i++) {
        const json_t *round = json_array_get(rounds, i);
        ck_assert_int_eq(json_integer_of(round, "on_time"), heard[i][0]);
        ck_assert_int_eq(json_integer_of(round, "late"), heard[i][1]);
        ck_assert_int_eq(json_integer_of(round, "silent"), expected - heard[i][0] - heard[i][1]);
    }
}

FIXTURE(start_server, stop_server);

TEST(the_board_counts_who_was_heard_when)
{
    static const int64_t nobody[ROUNDS][2] = {{0, 0}};
    json_t *document = json_get(turnoutd.public_port, "/v1/rounds", 200);
    check_area(document, "T", 10, 10, nobody);
    json_decref(document);
    for (size_t i = 0; i < COUNT(reports); i++) {
        small_report_expect(turnoutd.intake_http_port, &reports[i], 201);
    }
    small_wait_voted(turnoutd.public_port, 90);

    static const int64_t nation[ROUNDS][2] = {{1, 1}, {0, 0}, {1, 1}, {0, 0}};
    static const int64_t commune[ROUNDS][2] = {{1, 1}, {0, 0}, {1, 0}, {0, 0}};
    static const int64_t west[ROUNDS][2] = {{0, 0}, {0, 0}, {0, 1}, {0, 0}};
    document = json_get(turnoutd.public_port, "/v1/rounds", 200);
    check_area(document, "T", 10, 7, nation);
    check_area(document, "0101", 3, 1, commune);
    check_area(document, "02", 4, 3, west);
    check_area(document, "0202", 0, 0, nobody);
    const json_t *third = json_array_get(json_array_of(document, "rounds"), 2);
    ck_assert_str_eq(json_text_of(third, "at"), "2026-03-15T09:00:00+07:00");
    ck_assert_str_eq(json_text_of(third, "late_after"), "2026-03-15T09:10:00+07:00");
    ck_assert_str_eq(json_text_of(json_object_of(document, "election"), "closes"),
                     "2026-03-15T19:00:00+07:00");
    json_decref(document);
}

TEST(newsrooms_get_a_table)
{
    small_report_expect(turnoutd.intake_http_port, &reports[0], 201);
    small_wait_voted(turnoutd.public_port, 10);
    struct http_answer answer;
    http_request(turnoutd.public_port, "GET", "/v1/rounds.csv", "", &answer);
    ck_assert_int_eq(answer.status, 200);
    http_check_header(&answer, "Content-Type", "text/csv; charset=utf-8; header=present");
    static const char head[] = "code,level,parent,name,expected,never_heard,revision,09:00,15:00,"
                               "2026-03-15 09:00,2026-03-15 15:00,test\r\n"
                               "T,nation,,Đất Thử,10,9,1,10.00,0.00,0.00,0.00,true\r\n";
    ck_assert_msg(strncmp(answer.body, head, strlen(head)) == 0, "%s", answer.body);
    http_answer_done(&answer);
    http_request(turnoutd.public_port, "GET", "/v1/rounds.csv?sep=%3B&bom=1", "", &answer);
    ck_assert_ptr_nonnull(
        strstr(answer.body, "\r\n0101;commune;01;Xã Một;3;2;1;33.33;0.00;0.00;0.00;true\r\n"));
    http_answer_done(&answer);
    http_request(turnoutd.public_port, "GET", "/v1/rounds.csv?sep=x", "", &answer);
    ck_assert_int_eq(answer.status, 400);
    http_answer_done(&answer);
}

/* What stands is the same after a restart: it is counted, not remembered. */
TEST(the_board_outlives_the_server)
{
    small_report_expect(turnoutd.intake_http_port, &reports[0], 201);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    small_wait_voted(turnoutd.public_port, 10);
    static const int64_t late[ROUNDS][2] = {{0, 1}, {0, 0}, {0, 0}, {0, 0}};
    json_t *document = json_get(turnoutd.public_port, "/v1/rounds", 200);
    check_area(document, "T", 10, 9, late);
    json_decref(document);
}

SUITE("rounds");
