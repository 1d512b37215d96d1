/* What the committee's desk is told beside what the public sees: the round board as it stands, and who has changed
 * what. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <turnout/base/clock.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static char admin[TOKEN_HEADER_BYTES]; /* of the nation */

static void setup(void)
{
    start_server();
    token_header(&workspace, ROLE_ADMIN, "T", admin);
}

static json_t *get(const char *target, const char *schema)
{
    return committee_get(turnoutd.intake_http_port, target, admin, schema);
}

static void report(const struct small_report *sent, int status)
{
    small_report_expect(turnoutd.intake_http_port, sent, status);
}

static void ask(const char *target, const char *body)
{
    committee_expect(turnoutd.intake_http_port, target, admin, body, 200);
}

FIXTURE(setup, stop_server);

/* ---- the board ---- */

static void expect_row(const char *target, size_t row, const char *code, const int64_t wanted[4])
{
    static const char *const counts[] = {"on_time", "late", "no_signal", "silent"};
    json_t *document = get(target, "board.schema.json");
    const json_t *area = json_array_get(json_array_of(document, "areas"), row);
    ck_assert_str_eq(json_text_of(area, "code"), code);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_msg(json_integer_of(area, counts[i]) == wanted[i], "%s, %s: %s is %lld", target, code,
                      counts[i], (long long)json_integer_of(area, counts[i]));
    }
    json_decref(document);
}

TEST(the_board_is_of_now_while_the_public_is_shown_none_of_it)
{
    ask("/v1/publication", "{\"mode\":\"hold\"}");
    report(&(struct small_report){.seq = 1, .voted = 5}, 201);
    report(
        &(struct small_report){
            .unit = "0201-001", .seq = 1, .as_of = "2026-03-15T09:59:00+07:00", .voted = 6},
        201);
    ask("/v1/units/0101-002/excuse", "{\"status\":\"no-signal\"}");
    expect_row("/v1/areas/T/board?round=1", 0, "T", (int64_t[]){1, 1, 1, 7});
    expect_row("/v1/areas/T/board?round=1", 1, "01", (int64_t[]){1, 0, 1, 4});
    expect_row("/v1/areas/01/board?round=1", 1, "0101", (int64_t[]){1, 0, 1, 1});
    expect_row("/v1/areas/0201/board?round=1", 0, "0201", (int64_t[]){0, 1, 0, 3});
    expect_row("/v1/areas/0201/board?round=2", 0, "0201", (int64_t[]){0, 0, 0, 4});
    json_t *public = json_get(turnoutd.public_port, "/v1/rounds", 200);
    const json_t *nation = json_array_get(json_array_of(public, "areas"), 0);
    const json_t *first = json_array_get(json_array_of(nation, "rounds"), 0);
    ck_assert_int_eq(json_integer_of(first, "on_time"), 0);
    json_decref(public);
}

TEST(a_board_is_of_one_round)
{
    static const char *const bad[] = {"", "?round=0", "?round=7", "?round=x"};
    char target[64];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(target, sizeof target, "/v1/areas/01/board%s", bad[i]);
        committee_expect(turnoutd.intake_http_port, target, admin, NULL, 400);
    }
}

/* ---- the ledger ---- */

/* Kind and unit of each entry, a semicolon behind it; `-` is the election. */
static void put_entries(struct buffer *out, const json_t *document)
{
    const json_t *entries = json_array_of(document, "ledger");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *unit = json_string_value(json_object_get(entry, "unit"));
        buffer_printf(out, "%s %s;", json_text_of(entry, "kind"), unit == NULL ? "-" : unit);
    }
}

static void expect_entries(const char *target, const char *wanted)
{
    struct buffer entries = {0};
    json_t *document = get(target, "ledger.schema.json");
    buffer_append_text(&entries, "");
    put_entries(&entries, document);
    ck_assert_msg(strcmp(entries.bytes == NULL ? "" : entries.bytes, wanted) == 0, "%s: %s", target,
                  entries.bytes);
    buffer_done(&entries);
    json_decref(document);
}

#define CORRECTION ",\"kind\":\"correction\",\"reason\":\"miscount\""

/* Entries of two ledgers have an order only where they are not of the same millisecond. */
static void await_next_millisecond(void)
{
    int64_t now_ms = clock_wall_ms();
    while (clock_wall_ms() == now_ms) {
        ck_assert_int_eq(poll(NULL, 0, 1), 0);
    }
}

static void change_all_kinds(void)
{
    report(&(struct small_report){.seq = 1, .voted = 100}, 201);
    report(&(struct small_report){.seq = 2, .voted = 90, .more = CORRECTION}, 201);
    report(&(struct small_report){.seq = 3, .voted = 95, .more = ",\"registered\":1300"}, 202);
    await_next_millisecond();
    ask("/v1/publication", "{\"mode\":\"hold\"}");
    await_next_millisecond();
    ask("/v1/held/0101-001.3", "{\"decision\":\"reject\",\"reason\":\"so\"}");
    await_next_millisecond();
    report(&(struct small_report){.unit = "0201-001", .seq = 1, .voted = 6}, 201);
    ask("/v1/units/0201-001/void", "{\"reason\":\"so\"}");
}

#define OF_0101 "rejected 0101-001;publication -;correction 0101-001;"

TEST(the_ledger_says_who)
{
    change_all_kinds();
    expect_entries("/v1/areas/T/ledger", "voided 0201-001;" OF_0101);
    expect_entries("/v1/areas/0101/ledger", OF_0101);
    expect_entries("/v1/areas/0102/ledger", "publication -;");
    json_t *document = get("/v1/areas/0101/ledger", "ledger.schema.json");
    const json_t *entries = json_array_of(document, "ledger");
    ck_assert_str_eq(json_text_of(json_array_get(entries, 0), "who"), COMMITTEE_WHO);
    ck_assert_str_eq(json_text_of(json_array_get(entries, 1), "who"), COMMITTEE_WHO);
    ck_assert(json_is_null(json_object_get(json_array_get(entries, 2), "who")));
    json_decref(document);
}

/* A relay vouches for a correction that an office makes in the unit's name. */
TEST(a_correction_in_the_units_name_is_the_offices)
{
    char relay[TOKEN_HEADER_BYTES];
    struct buffer body = {0};
    token_header(&workspace, ROLE_RELAY, "0101", relay);
    report(&(struct small_report){.seq = 1, .voted = 100}, 201);
    small_report_write(&body, &(struct small_report){.seq = 2, .voted = 90, .more = CORRECTION});
    committee_expect(turnoutd.intake_http_port, "/v1/reports", relay, body.bytes, 201);
    buffer_done(&body);
    json_t *document = get("/v1/areas/0101/ledger", "ledger.schema.json");
    const json_t *entry = json_array_get(json_array_of(document, "ledger"), 0);
    ck_assert_str_eq(json_text_of(entry, "who"), COMMITTEE_WHO);
    ck_assert_str_eq(json_text_of(entry, "reason"), "miscount");
    json_decref(document);
}

/* A page may have no row, and one behind it. */
TEST(the_ledger_comes_in_pages)
{
    static const struct {
        const char *area;
        const char *wanted;
    } cases[] = {
        {"T", "voided 0201-001;" OF_0101}, {"0101", OF_0101}, {"0201", "voided 0201-001;publication -;"}};
    char target[256];
    change_all_kinds();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer seen = {0};
        (void)snprintf(target, sizeof target, "/v1/areas/%s/ledger?limit=1", cases[i].area);
        for (size_t pages = 0; target[0] != '\0'; pages++) {
            ck_assert_uint_lt(pages, 10);
            json_t *document = get(target, "ledger.schema.json");
            ck_assert_uint_le(json_array_size(json_array_of(document, "ledger")), 1);
            put_entries(&seen, document);
            const char *next = json_string_value(json_object_get(document, "next"));
            target[0] = '\0';
            if (next != NULL) {
                (void)snprintf(target, sizeof target, "/v1/areas/%s/ledger?limit=1&after=%s", cases[i].area,
                               next);
            }
            json_decref(document);
        }
        ck_assert_str_eq(seen.bytes, cases[i].wanted);
        buffer_done(&seen);
    }
    static const char *const bad[] = {"x", "1-1", "1-1.0101", "1-1.none", "1-1.", "0-0.T"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(target, sizeof target, "/v1/areas/T/ledger?after=%s", bad[i]);
        committee_expect(turnoutd.intake_http_port, target, admin, NULL, 400);
    }
}

SUITE("desk_lists");
