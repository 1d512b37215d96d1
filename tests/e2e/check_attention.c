/* What committees are to look at: units that are not heard and why, units that owe a final, reports that broke a
 * rule. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"
#include "committee.h"
#include "http.h"
#include "one_server.h"
#include "small_election.h"
#include "suite.h"

static char decide[TOKEN_HEADER_BYTES]; /* of the nation */

static void setup(void)
{
    start_server();
    token_header(&workspace, ROLE_DECIDE, "T", decide);
}

static json_t *get(const char *target, const char *schema)
{
    return committee_get(turnoutd.intake_http_port, target, decide, schema);
}

static void report(const struct small_report *sent, int status)
{
    small_report_expect(turnoutd.intake_http_port, sent, status);
}

/* The units of a list, each followed by a space. */
static void expect_units(const char *target, const char *schema, const char *list, const char *wanted)
{
    json_t *document = get(target, schema);
    const json_t *rows = json_array_of(document, list);
    struct buffer units = {0};
    buffer_append_text(&units, "");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        buffer_printf(&units, "%s ", json_text_of(json_array_get(rows, i), "unit"));
    }
    ck_assert_msg(strcmp(units.bytes == NULL ? "" : units.bytes, wanted) == 0, "%s: %s", target, units.bytes);
    buffer_done(&units);
    json_decref(document);
}

/* ---- excuses ---- */

static void excuse(const char *unit, const char *body, int status)
{
    char target[64];
    (void)snprintf(target, sizeof target, "/v1/units/%s/excuse", unit);
    committee_expect(turnoutd.intake_http_port, target, decide, body, status);
}

static void expect_status(const char *unit, const char *status, int64_t expected, int64_t silent)
{
    json_t *document = get("/v1/areas/0101/silent", "units.schema.json");
    ck_assert_int_eq(json_integer_of(document, "expected"), expected);
    ck_assert_int_eq(json_integer_of(document, "silent"), silent);
    const json_t *rows = json_array_of(document, "units");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        if (strcmp(json_text_of(row, "unit"), unit) == 0) {
            ck_assert_str_eq(json_text_of(row, "status"), status);
            json_decref(document);
            return;
        }
    }
    ck_abort_msg("%s is not listed", unit);
}

FIXTURE(setup, stop_server);

#define NO_SIGNAL   "{\"status\":\"no-signal\",\"note\":\"bờ sông, \\\"xuồng\\\"\"}"
#define NOT_OPENING "{\"status\":\"not-opening\"}"
#define MERGED      "{\"status\":\"merged\",\"into\":\"0101-002\"}"

TEST(a_silent_unit_is_excused)
{
    expect_status("0101-001", "silent", 3, 3);
    excuse("0101-001", NO_SIGNAL, 200);
    expect_status("0101-001", "no-signal", 3, 2);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    expect_status("0101-001", "no-signal", 3, 2);
    json_t *unit = get("/v1/units/0101-001", "unit.schema.json");
    ck_assert_str_eq(json_text_of(json_object_of(unit, "excuse"), "note"), "bờ sông, \"xuồng\"");
    json_decref(unit);
    excuse("0101-003", MERGED, 200);
    expect_status("0101-003", "merged", 2, 1);
    excuse("0101-003", NOT_OPENING, 200);
    expect_status("0101-003", "not-opening", 2, 1);
    excuse("0101-003", "{\"status\":\"none\"}", 200);
    expect_status("0101-003", "silent", 3, 2);
    excuse("0101-003", "{\"status\":\"expected\",\"until\":\"2999-01-01T00:00:00+07:00\"}", 200);
    expect_status("0101-003", "expected", 3, 1);
    excuse("0101-003", "{\"status\":\"expected\",\"until\":\"2026-03-15T08:00:00+07:00\"}", 200);
    expect_status("0101-003", "silent", 3, 2);
}

/* Whoever is heard needs no excuse; and one that counts something cannot be said not to open. */
TEST(an_excuse_ends_when_the_unit_is_heard)
{
    excuse("0101-001", NO_SIGNAL, 200);
    excuse("0101-003", MERGED, 200);
    report(&(struct small_report){.seq = 1, .voted = 5}, 201);
    report(&(struct small_report){.unit = "0101-003", .seq = 1, .voted = 6}, 201);
    json_t *document = get("/v1/areas/0101/silent?round=2", "units.schema.json");
    ck_assert_int_eq(json_integer_of(document, "silent"), 3);
    ck_assert_int_eq(json_integer_of(document, "expected"), 3);
    json_decref(document);
    excuse("0101-001", MERGED, 409);
    excuse("0101-001", NOT_OPENING, 409);
    excuse("0101-001", NO_SIGNAL, 200);
    document = get("/v1/areas/0101/silent?round=2", "units.schema.json");
    ck_assert_int_eq(json_integer_of(document, "silent"), 2);
    json_decref(document);
}

TEST(an_excuse_has_what_belongs_to_it)
{
    excuse("0101-001", "{\"status\":\"asleep\"}", 400);
    excuse("0101-001", "{}", 400);
    excuse("0101-001", "{\"status\":\"merged\"}", 400);
    excuse("0101-001", "{\"status\":\"merged\",\"into\":\"0101-001\"}", 400);
    excuse("0101-001", "{\"status\":\"merged\",\"into\":\"0101-009\"}", 400);
    excuse("0101-001", "{\"status\":\"no-signal\",\"into\":\"0101-002\"}", 400);
    excuse("0101-001", "{\"status\":\"expected\"}", 400);
    excuse("0101-001", "{\"status\":\"expected\",\"until\":\"noon\"}", 400);
    excuse("0101-001", "{\"status\":\"none\",\"until\":\"2026-03-15T08:00:00+07:00\"}", 400);
    excuse("0101-009", NO_SIGNAL, 404);
    expect_status("0101-001", "silent", 3, 3);
}

/* The public board says how many are expected, and who has no signal, but not why. */
TEST(the_round_board_knows_who_is_excused)
{
    excuse("0101-001", NO_SIGNAL, 200);
    excuse("0101-003", MERGED, 200);
    for (int64_t expected = SMALL_UNITS; expected == SMALL_UNITS;) {
        json_t *document = json_get(turnoutd.public_port, "/v1/rounds", 200);
        const json_t *nation = json_array_get(json_array_of(document, "areas"), 0);
        const json_t *first = json_array_get(json_array_of(nation, "rounds"), 0);
        expected = json_integer_of(nation, "expected");
        ck_assert_int_eq(json_integer_of(first, "silent") + json_integer_of(first, "no_signal"), expected);
        ck_assert(expected == SMALL_UNITS || json_integer_of(first, "no_signal") == 1);
        json_decref(document);
    }
}

/* ---- owing ---- */

TEST(units_owe_a_final)
{
    report(&(struct small_report){.seq = 1, .voted = 5, .more = ",\"kind\":\"final\""}, 201);
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 5}, 201);
    expect_units("/v1/areas/0101/owing", "units.schema.json", "units", "0101-002 0101-003 ");
    excuse("0101-003", MERGED, 200);
    expect_units("/v1/areas/0101/owing", "units.schema.json", "units", "0101-002 ");
    expect_units("/v1/areas/0201/owing?limit=2", "units.schema.json", "units", "0201-001 0201-002 ");
    expect_units("/v1/areas/0201/owing?limit=2&after=0201-002", "units.schema.json", "units",
                 "0201-003 0201-004 ");
    small_wait_nation(turnoutd.public_port, "units_final", 1);
}

/* ---- flagged ---- */

#define LATER "2026-03-15T09:10:00+07:00"

TEST(what_counts_and_broke_a_rule_is_listed)
{
    report(&(struct small_report){.unit = "0201-001", .seq = 1, .voted = 120}, 201);
    report(&(struct small_report){.unit = "0201-001", .seq = 2, .voted = 1120, .as_of = LATER}, 201);
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 500}, 201);
    report(&(struct small_report){.unit = "0201-001", .seq = 3, .voted = 1121, .as_of = LATER}, 201);
    expect_units("/v1/areas/0201/flagged", "tries.schema.json", "flagged", "0201-001 ");
    expect_units("/v1/areas/01/flagged", "tries.schema.json", "flagged", "");
    json_t *document = get("/v1/areas/T/flagged?limit=1", "tries.schema.json");
    const json_t *row = json_array_get(json_array_of(document, "flagged"), 0);
    ck_assert_str_eq(json_text_of(row, "flags"), "too-fast");
    ck_assert_int_eq(json_integer_of(row, "seq"), 2);
    ck_assert_int_eq(json_integer_of(row, "voted"), 1120);
    ck_assert_int_eq(json_integer_of(document, "total"), 1);
    json_decref(document);
    turnoutd_stop(&turnoutd);
    turnoutd_start(&turnoutd, &workspace, NULL);
    expect_units("/v1/areas/T/flagged", "tries.schema.json", "flagged", "0201-001 ");
    committee_expect(turnoutd.intake_http_port, "/v1/units/0201-001/void", decide, "{\"reason\":\"so\"}",
                     200);
    expect_units("/v1/areas/T/flagged", "tries.schema.json", "flagged", "");
}

TEST(flagged_reports_come_in_pages)
{
    static const char *const units[] = {"0201-001", "0201-004", "0102-001"};
    char target[256];
    for (size_t i = 0; i < 3; i++) {
        report(&(struct small_report){.unit = units[i], .seq = 1, .voted = 1}, 201);
        report(&(struct small_report){.unit = units[i], .seq = 2, .voted = 700, .as_of = LATER}, 201);
    }
    expect_units("/v1/areas/T/flagged", "tries.schema.json", "flagged", "0102-001 0201-004 0201-001 ");
    struct buffer seen = {0};
    (void)snprintf(target, sizeof target, "/v1/areas/T/flagged?limit=1");
    for (size_t pages = 0; target[0] != '\0'; pages++) {
        ck_assert_uint_lt(pages, 3);
        json_t *document = get(target, "tries.schema.json");
        ck_assert_int_eq(json_integer_of(document, "total"), 3);
        buffer_printf(&seen, "%s ",
                      json_text_of(json_array_get(json_array_of(document, "flagged"), 0), "unit"));
        const char *next = json_string_value(json_object_get(document, "next"));
        target[0] = '\0';
        if (next != NULL) {
            (void)snprintf(target, sizeof target, "/v1/areas/T/flagged?limit=1&after=%s", next);
        }
        json_decref(document);
    }
    ck_assert_str_eq(seen.bytes, "0102-001 0201-004 0201-001 ");
    buffer_done(&seen);
    committee_expect(turnoutd.intake_http_port, "/v1/areas/T/flagged?after=x", decide, NULL, 400);
}

/* ---- refused ---- */

TEST(a_last_try_that_was_refused_is_listed)
{
    report(&(struct small_report){.seq = 1, .voted = 1046}, 422);
    report(&(struct small_report){.unit = "0101-002", .seq = 1, .voted = 960}, 422);
    expect_units("/v1/areas/0101/refused", "tries.schema.json", "refused", "0101-002 0101-001 ");
    expect_units("/v1/areas/0102/refused", "tries.schema.json", "refused", "");
    json_t *document = get("/v1/areas/T/refused?limit=1", "tries.schema.json");
    const json_t *row = json_array_get(json_array_of(document, "refused"), 0);
    ck_assert_str_eq(json_text_of(row, "code"), "voted-exceeds-registered");
    ck_assert_ptr_nonnull(strstr(json_text_of(row, "detail"), "960 voted, 500 registered"));
    ck_assert_int_eq(json_integer_of(row, "voted"), 960);
    ck_assert_int_eq(json_integer_of(document, "total"), 2);
    char target[256];
    (void)snprintf(target, sizeof target, "/v1/areas/T/refused?after=%s", json_text_of(document, "next"));
    expect_units(target, "tries.schema.json", "refused", "0101-001 ");
    json_decref(document);
    report(&(struct small_report){.seq = 1, .voted = 1047}, 422);
    expect_units("/v1/areas/0101/refused", "tries.schema.json", "refused", "0101-001 0101-002 ");
    report(&(struct small_report){.seq = 1, .voted = 146}, 201);
    expect_units("/v1/areas/0101/refused", "tries.schema.json", "refused", "0101-002 ");
    committee_expect(turnoutd.intake_http_port, "/v1/areas/T/refused?after=x", decide, NULL, 400);
}

SUITE("attention");
