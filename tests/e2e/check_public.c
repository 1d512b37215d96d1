/* What readers get from a real turnoutd (DESIGN section 7): the documents and every figure in them. The tests
 * only read, so they share one server with five reports in it. How the documents are served: check_serving.c. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "http.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { HEADER_BYTES = 256 };

static struct workspace workspace;
static struct turnoutd turnoutd;

/* The commune 0101 has voted to the last voter, and a unit of one voter in 0102; 0201-001 is on its way. */
static const struct small_report reports[] = {
    {.unit = "0101-001", .seq = 1, .voted = 1000}, {.unit = "0101-002", .seq = 1, .voted = 500},
    {.unit = "0101-003", .seq = 1, .voted = 250},  {.unit = "0102-002", .seq = 1, .voted = 1},
    {.unit = "0201-001", .seq = 1, .voted = 333},
};
enum { VOTED = 1000 + 500 + 250 + 1 + 333 };

/* An area as it must be shown. Percentages are as in JSON. */
struct shown {
    const char *code;
    const char *level;
    const char *name;
    const char *parent;
    int64_t registered;
    int64_t voted;
    int64_t units;
    int64_t units_reported;
    int64_t units_complete;
    int64_t communes;
    int64_t communes_complete;
    int64_t registered_reported;
    double percent; /* negative: null */
    double percent_of_reported;
    double percent_low;
    double percent_high;
    const char *csv_percent;
};

/* 2084 of 6150 = 33.886..., 2084 of 2951 heard from = 70.620..., (2084 + 3199 silent) of 6150 = 85.902... */
static const struct shown areas[SMALL_AREAS] = {
    {"T", "nation", "Đất Thử", "", 6150, 2084, 10, 5, 4, 4, 1, 2951, 33.89, 70.62, 33.89, 85.90, "33.89"},
    {"01", "province", "Miền Đông", "T", 2551, 1751, 6, 4, 4, 2, 1, 1751, 68.64, 100, 68.64, 100, "68.64"},
    {"02", "province", "Miền Tây", "T", 3599, 333, 4, 1, 0, 2, 0, 1200, 9.25, 27.75, 9.25, 75.91, "9.25"},
    {"0101", "commune", "Xã Một", "01", 1750, 1750, 3, 3, 3, 1, 1, 1750, 100, 100, 100, 100, "100.00"},
    {"0102", "commune", "Xã Hai, cũ", "01", 801, 1, 3, 1, 1, 1, 0, 1, 0.12, 100, 0.12, 100, "0.12"},
    {"0201", "commune", "Xã Ba", "02", 3599, 333, 4, 1, 0, 1, 0, 1200, 9.25, 27.75, 9.25, 75.91, "9.25"},
    {"0202", "commune", "Xã Trống", "02", 0, 0, 0, 0, 0, 1, 0, 0, -1, -1, -1, -1, ""},
};

static void start_server(void)
{
    workspace_init(&workspace);
    turnoutd_start(&turnoutd, &workspace, NULL);
    for (size_t i = 0; i < sizeof reports / sizeof reports[0]; i++) {
        small_report_expect(turnoutd.intake_http_port, &reports[i], 201);
    }
    small_wait_voted(turnoutd.public_port, VOTED);
}

static void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

/* ---- documents ---- */

static void get(const char *target, const char *headers, struct http_answer *ret_answer)
{
    http_request(turnoutd.public_port, "GET", target, headers, ret_answer);
}

static json_t *get_json(const char *target)
{
    struct http_answer answer;
    get(target, "", &answer);
    ck_assert_msg(answer.status == 200, "%s: %d %s", target, answer.status, answer.body);
    http_check_header(&answer, "Content-Type", "application/json");
    json_t *document = json_of(answer.body);
    http_answer_done(&answer);
    return document;
}

static void check_percent(const json_t *area, const char *key, double wanted)
{
    const json_t *value = json_object_get(area, key);
    ck_assert_msg(value != NULL, "no %s", key);
    if (wanted < 0) {
        ck_assert_msg(json_is_null(value), "%s is not null", key);
    } else {
        ck_assert_msg(json_is_number(value) && fabs(json_number_value(value) - wanted) < 1e-9,
                      "%s is %f, not %f", key, json_number_value(value), wanted);
    }
}

static void check_integer(const json_t *area, const char *key, int64_t wanted)
{
    int64_t given = json_integer_of(area, key);
    ck_assert_msg(given == wanted, "%s: %s is %lld, not %lld", json_text_of(area, "code"), key,
                  (long long)given, (long long)wanted);
}

static void check_area(const json_t *area, const struct shown *wanted)
{
    ck_assert_str_eq(json_text_of(area, "code"), wanted->code);
    ck_assert_str_eq(json_text_of(area, "level"), wanted->level);
    ck_assert_str_eq(json_text_of(area, "name"), wanted->name);
    check_integer(area, "registered", wanted->registered);
    check_integer(area, "voted", wanted->voted);
    check_integer(area, "remaining", wanted->registered - wanted->voted);
    check_integer(area, "units", wanted->units);
    check_integer(area, "units_reported", wanted->units_reported);
    check_integer(area, "units_complete", wanted->units_complete);
    check_integer(area, "communes", wanted->communes);
    check_integer(area, "communes_complete", wanted->communes_complete);
    check_integer(area, "registered_reported", wanted->registered_reported);
    check_integer(area, "held", 0);
    check_percent(area, "percent", wanted->percent);
    check_percent(area, "percent_of_reported", wanted->percent_of_reported);
    check_percent(area, "percent_low", wanted->percent_low);
    check_percent(area, "percent_high", wanted->percent_high);
    ck_assert(json_is_true(json_object_get(area, "verified")));
}

static void check_envelope(const json_t *document)
{
    const json_t *election = json_object_of(document, "election");
    ck_assert_str_eq(json_text_of(election, "id"), "small");
    ck_assert_str_eq(json_text_of(election, "name"), "Bầu cử thử");
    ck_assert_str_eq(json_text_of(election, "date"), "2026-03-15");
    ck_assert_str_eq(json_text_of(election, "timezone"), "Asia/Ho_Chi_Minh");
    ck_assert_str_eq(json_text_of(document, "status"), "unofficial-partial");
    ck_assert_str_eq(json_text_of(document, "durability"), "strict");
    ck_assert_str_eq(json_text_of(document, "as_of"), "2026-03-15T09:00:00+07:00");
    ck_assert_str_eq(json_text_of(document, "generated_at") + strlen("2026-03-15T20:00:03"), "+07:00");
    ck_assert(json_is_true(json_object_get(document, "test")));
    ck_assert_int_eq(json_integer_of(document, "revision"), sizeof reports / sizeof reports[0]);
}

SHARED_FIXTURE(start_server, stop_server);

TEST(turnout_shows_nation_and_provinces)
{
    json_t *document = get_json("/v1/turnout");
    check_envelope(document);
    check_area(json_object_of(document, "nation"), &areas[0]);
    const json_t *provinces = json_array_of(document, "provinces");
    ck_assert_uint_eq(json_array_size(provinces), SMALL_PROVINCES);
    for (size_t i = 0; i < SMALL_PROVINCES; i++) {
        check_area(json_array_get(provinces, i), &areas[1 + i]);
    }
    json_decref(document);
}

/* Every count of an area is the sum of its children's, in the very document that shows them. */
TEST(totals_add_up)
{
    static const char *const counts[] = {"registered",
                                         "voted",
                                         "remaining",
                                         "units",
                                         "communes",
                                         "units_reported",
                                         "units_final",
                                         "units_complete",
                                         "communes_complete",
                                         "registered_reported",
                                         "held"};
    static const char *const parents[] = {"T", "01", "02"};
    for (size_t p = 0; p < sizeof parents / sizeof parents[0]; p++) {
        struct buffer target = {0};
        buffer_printf(&target, "/v1/areas/%s", parents[p]);
        json_t *document = get_json(target.bytes);
        const json_t *children = json_array_of(document, "children");
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            int64_t sum = 0;
            for (size_t i = 0; i < json_array_size(children); i++) {
                sum += json_integer_of(json_array_get(children, i), counts[c]);
            }
            check_integer(json_object_of(document, "area"), counts[c], sum);
        }
        json_decref(document);
        buffer_done(&target);
    }
}

TEST(every_area_has_a_document)
{
    for (size_t i = 0; i < SMALL_AREAS; i++) {
        struct buffer target = {0};
        buffer_printf(&target, "/v1/areas/%s", areas[i].code);
        json_t *document = get_json(target.bytes);
        check_envelope(document);
        check_area(json_object_of(document, "area"), &areas[i]);

        const json_t *children = json_array_of(document, "children");
        size_t found = 0;
        for (size_t child = 0; child < SMALL_AREAS; child++) {
            if (strcmp(areas[child].parent, areas[i].code) == 0) {
                check_area(json_array_get(children, found), &areas[child]);
                found++;
            }
        }
        ck_assert_uint_eq(json_array_size(children), found);
        json_decref(document);
        buffer_done(&target);
    }
}

TEST(snapshot_shows_everything_parents_first)
{
    json_t *document = get_json("/v1/snapshot.json");
    check_envelope(document);
    const json_t *all = json_array_of(document, "areas");
    ck_assert_uint_eq(json_array_size(all), SMALL_AREAS);
    for (size_t i = 0; i < SMALL_AREAS; i++) {
        const json_t *area = json_array_get(all, i);
        check_area(area, &areas[i]);
        const char *parent = json_string_value(json_object_get(area, "parent"));
        ck_assert_str_eq(parent != NULL ? parent : "", areas[i].parent);
    }
    json_decref(document);
}

/* The next line of a CSV in the first `*rest`, without its CRLF. */
static char *next_row(char **rest)
{
    char *row = *rest;
    char *end = strstr(row, "\r\n");
    ck_assert_msg(end != NULL, "a row without CRLF: %s", row);
    *end = '\0';
    *rest = end + strlen("\r\n");
    return row;
}

/* Every row says, last of all, that it is of a rehearsal. */
static void check_csv(char *csv, const char *separator)
{
    static const char *const titles[] = {"code",  "level",     "parent",  "name",  "registered",
                                         "voted", "remaining", "percent", "units", "units_reported",
                                         "as_of", "revision",  "test"};
    struct buffer header = {0};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++) {
        buffer_append_text(&header, i > 0 ? separator : "");
        buffer_append_text(&header, titles[i]);
    }
    ck_assert_str_eq(next_row(&csv), header.bytes);
    buffer_done(&header);

    for (size_t i = 0; i < SMALL_AREAS; i++) {
        const struct shown *area = &areas[i];
        const char *quote = strchr(area->name, ',') != NULL ? "\"" : ""; /* whatever the separator is */
        const char *s = separator;
        struct buffer row = {0};
        buffer_printf(&row, "%s%s%s%s%s%s%s%s%s%s%lld%s%lld%s%lld%s%s%s%lld%s%lld%s", area->code, s,
                      area->level, s, area->parent, s, quote, area->name, quote, s,
                      (long long)area->registered, s, (long long)area->voted, s,
                      (long long)(area->registered - area->voted), s, area->csv_percent, s,
                      (long long)area->units, s, (long long)area->units_reported, s);
        const char *given = next_row(&csv);
        ck_assert_msg(strncmp(given, row.bytes, row.length) == 0, "%s\nshould begin with\n%s", given,
                      row.bytes);
        const char *last = strrchr(given, separator[0]);
        ck_assert_msg(last != NULL && strcmp(last + 1, "true") == 0, "%s", given);
        buffer_done(&row);
    }
    ck_assert_str_eq(csv, "");
}

TEST(snapshot_comes_as_csv)
{
    static const char bom[] = "\xef\xbb\xbf";
    static const struct {
        const char *target;
        const char *separator;
        bool bom;
    } cases[] = {
        {"/v1/snapshot.csv", ",", false},
        {"/v1/snapshot.csv?bom=1", ",", true},
        {"/v1/snapshot.csv?sep=;", ";", false},
        {"/v1/snapshot.csv?sep=%3B&bom=1", ";", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct http_answer answer;
        get(cases[i].target, "", &answer);
        ck_assert_msg(answer.status == 200, "%s: %d", cases[i].target, answer.status);
        char type[HEADER_BYTES];
        ck_assert(http_answer_header(&answer, "Content-Type", type, sizeof type));
        ck_assert_msg(strncmp(type, "text/csv", strlen("text/csv")) == 0, "%s", type);
        bool has_bom = strncmp(answer.body, bom, strlen(bom)) == 0;
        ck_assert_msg(has_bom == cases[i].bom, "%s", cases[i].target);
        check_csv(answer.body + (has_bom ? strlen(bom) : 0), cases[i].separator);
        http_answer_done(&answer);
    }
}

/* ---- a part of the snapshot ---- */

static void expect_csv(const char *query, const char *wanted)
{
    struct buffer target = {0};
    struct http_answer answer;
    buffer_printf(&target, "/v1/snapshot.csv%s", query);
    get(target.bytes, "", &answer);
    ck_assert_msg(answer.status == 200 && strcmp(answer.body, wanted) == 0, "%s: %d %s", query, answer.status,
                  answer.body);
    http_answer_done(&answer);
    buffer_done(&target);
}

TEST(a_small_reader_takes_what_it_needs)
{
    expect_csv("?level=nation&fields=voted", "code,voted,test\r\nT,2084,true\r\n");
    expect_csv("?level=province,nation&fields=percent,code&sep=%3B&bom=1",
               "\xef\xbb\xbf"
               "code;percent;test\r\nT;33.89;true\r\n01;68.64;true\r\n02;9.25;true\r\n");
    expect_csv("?fields=name,units_final&level=commune",
               "code,name,units_final,test\r\n0101,Xã Một,0,true\r\n0102,\"Xã Hai, cũ\",0,true\r\n0201,Xã "
               "Ba,0,true\r\n0202,Xã "
               "Trống,0,true\r\n");
    json_t *document = get_json("/v1/snapshot.json?level=province&fields=code,voted");
    json_t *wanted =
        json_pack("[{s:s, s:i}, {s:s, s:i}]", "code", "01", "voted", 1751, "code", "02", "voted", 333);
    check_envelope(document);
    ck_assert(json_equal(json_array_of(document, "areas"), wanted));
    json_decref(wanted);
    json_decref(document);

    /* All fields of all levels are the document itself, but for what moves with time. */
    static const char *const moving[] = {"next", "generated_at"};
    json_t *whole = get_json("/v1/snapshot.json");
    document = get_json("/v1/snapshot.json?level=commune,province,nation");
    for (int i = 0; i < COUNT(moving); i++) {
        ck_assert_int_eq(json_object_del(whole, moving[i]), json_object_del(document, moving[i]));
    }
    ck_assert(json_equal(whole, document));
    json_decref(document);
    json_decref(whole);
}

static const struct {
    const char *query, *field, *detail;
} unknown[] = {
    {"fields=vote", "fields", "\"vote\" is no field of an area; did you mean voted?"},
    {"fields=", "fields", "\"\" is no field of an area"},
    {"fields=voted,units,x", "fields", "\"x\" is no field of an area"},
    {"fields=%zz", "fields", "names, separated by commas"},
    {"level=unit", "level", "\"unit\" is no level of an area"},
    {"level=nation,provinces", "level", "\"provinces\" is no level of an area; did you mean province?"},
    {"fields=voted&at=1", "fields",
     "at is not taken together with this one: a bulletin's documents are whole"},
    {"fields=voted&level=", "level", "\"\" is no level of an area"},
};

LOOP_TEST(an_unknown_field_or_level_is_named, COUNT(unknown))
{
    static const char *const documents[] = {"/v1/snapshot.json", "/v1/snapshot.csv"};
    for (int i = 0; i < COUNT(documents); i++) {
        struct buffer target = {0};
        buffer_printf(&target, "%s?%s", documents[i], unknown[_i].query);
        json_t *problem = json_get(turnoutd.public_port, target.bytes, 400);
        ck_assert_str_eq(json_text_of(problem, "code"), "bad-parameter");
        ck_assert_str_eq(json_text_of(problem, "field"), unknown[_i].field);
        ck_assert_str_eq(json_text_of(problem, "detail"), unknown[_i].detail);
        json_decref(problem);
        buffer_done(&target);
    }
}

SUITE("public");
