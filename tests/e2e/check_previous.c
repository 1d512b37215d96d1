/* previous.csv of a real turnoutd: the same hour of the election before stands beside the figures of that hour, and
 * nothing at other times. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "json_schema.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static void set_up(void)
{
    char path[WORKSPACE_PATH_BYTES];
    struct buffer text = {0};
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
    workspace_path(&workspace, "election/election.ini", path);
    char *ini = workspace_read(path);
    buffer_printf(&text,
                  "%s\n[previous]\nname = Bầu cử trước\ndate = 2021-05-23\ncomparable = no\n"
                  "reason = Bầu sớm cũng được tính\n",
                  ini);
    workspace_write(&workspace, "election/election.ini", text.bytes);
    workspace_write(
        &workspace, "election/previous.csv",
        "area,time,registered,voted,percent\nT,09:00,6000,1234,\n01,09:00,,,20.5\n0101,09:00,0,0,\n"
        "T,11:00,6000,3000,\n");
    buffer_done(&text);
    free(ini);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static json_t *get(const char *target, const char *schema)
{
    char fault[JSON_SCHEMA_FAULT_BYTES];
    json_t *document = json_get(turnoutd.public_port, target, 200);
    ck_assert_msg(json_schema_check(schema, document, fault), "%s: %s", target, fault);
    return document;
}

/* Counts so many at a time, and waits until that is shown. */
static void count(int seq, const char *as_of, int voted)
{
    small_report_expect(turnoutd.intake_http_port,
                        &(struct small_report){.seq = seq, .as_of = as_of, .voted = voted}, 201);
    small_wait_voted(turnoutd.public_port, voted);
}

/* `wanted` is the two fields as JSON. */
static void expect(const json_t *area, const char *wanted)
{
    json_t *fields = json_pack("{s:O, s:O}", "previous", json_object_get(area, "previous"),
                               "difference_points", json_object_get(area, "difference_points"));
    json_t *expected = json_of(wanted);
    char *text = json_dumps(fields, JSON_COMPACT);
    ck_assert_msg(json_equal(fields, expected), "%s is not %s", text, wanted);
    free(text);
    json_decref(expected);
    json_decref(fields);
}

static void expect_area(const char *code, const char *wanted)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/areas/%s", code);
    json_t *document = get(target, "area.schema.json");
    expect(json_object_of(document, "area"), wanted);
    json_decref(document);
}

static const char nothing[] = "{\"previous\":null,\"difference_points\":null}";

FIXTURE(set_up, stop_server);

TEST(the_same_hour_stands_beside_the_figures)
{
    expect_area("T", nothing);
    count(1, "2026-03-15T09:00:00+07:00", 615); /* 10 % of all, 24.11 % of the province */
    expect_area("T", "{\"previous\":{\"time\":\"09:00\",\"registered\":6000,\"voted\":1234,"
                     "\"percent\":20.57},\"difference_points\":-10.57}");
    expect_area("01", "{\"previous\":{\"time\":\"09:00\",\"registered\":null,\"voted\":null,"
                      "\"percent\":20.5},\"difference_points\":3.61}");
    expect_area("0101", "{\"previous\":{\"time\":\"09:00\",\"registered\":0,\"voted\":0,"
                        "\"percent\":null},\"difference_points\":null}");
    expect_area("02", nothing);
    count(2, "2026-03-15T10:59:59+07:00", 616);
    expect_area("T", nothing);
    count(3, "2026-03-15T11:00:30+07:00", 617);
    expect_area("01", nothing);
    json_t *document = get("/v1/turnout", "turnout.schema.json");
    expect(json_object_of(document, "nation"),
           "{\"previous\":{\"time\":\"11:00\",\"registered\":6000,\"voted\":3000,\"percent\":50},"
           "\"difference_points\":-39.97}");
    const json_t *election = json_object_of(document, "previous_election");
    ck_assert_str_eq(json_text_of(election, "name"), "Bầu cử trước");
    ck_assert_str_eq(json_text_of(election, "date"), "2021-05-23");
    ck_assert(json_is_false(json_object_get(election, "comparable")));
    ck_assert_str_eq(json_text_of(election, "reason"), "Bầu sớm cũng được tính");
    json_decref(document);
    json_decref(get("/v1/snapshot.json", "snapshot.schema.json"));
}

SUITE("previous");
