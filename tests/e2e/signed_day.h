/* An election day with keys, for the tests of an export and of an audit: everything that a log can have. */
#ifndef TURNOUT_TESTS_SIGNED_DAY_H
#define TURNOUT_TESTS_SIGNED_DAY_H

#include <check.h>

#include "committee.h"
#include "signed_reports.h"
#include "small_election.h"
#include "turnoutd.h"
#include "workspace.h"

static struct workspace workspace;
static struct turnoutd turnoutd;
static char data[WORKSPACE_PATH_BYTES];
static char election[WORKSPACE_PATH_BYTES];

static const struct key_row keys[] = {
    {"unit-1", "0101-001", "", "", ""},
    {"unit-2", "0101-002", "", "", ""},
    {"office", "02", "", "2040-01-01T00:00:00+07:00", ""},
    {"unit-4", "0102-001", "", "", ""},
};

static inline void start(void)
{
    workspace_init(&workspace);
    workspace_path(&workspace, "data", data);
    workspace_path(&workspace, "election", election);
    workspace_add_small_election(&workspace, "election");
    key_rows_write(&workspace, keys, sizeof keys / sizeof keys[0]);
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static inline void stop(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

/* ---- a day ---- */

static inline void report_by(const char *key, const char *unit, int seq, int voted, int32_t registered,
                             int status)
{
    struct report report = signed_report_of(seq, voted);
    char code[CODE_TEXT_BYTES];
    report.test = false;
    report.registered = registered;
    ck_assert(slice_copy(slice_of(unit), report.unit, sizeof report.unit));
    signed_report_sign(&report, key, key);
    ck_assert_int_eq(signed_report_post(turnoutd.intake_http_port, &report, code), status);
}

static inline void report(const char *key, const char *unit, int seq, int voted)
{
    report_by(key, unit, seq, voted, REGISTERED_ABSENT, 201);
}

static inline void ask(enum token_role role, const char *target, const char *body, int status)
{
    char header[TOKEN_HEADER_BYTES];
    token_header(&workspace, role, "T", header);
    committee_expect(turnoutd.intake_http_port, target, header, body, status);
}

static inline void vouch(const char *unit, int seq, int voted)
{
    struct buffer body = {0};
    small_report_write(&body,
                       &(struct small_report){.unit = unit, .seq = seq, .voted = voted, .counts = true});
    ask(ROLE_RELAY, "/v1/reports", body.bytes, 201);
    buffer_done(&body);
}

/* Everything that a log can have: reports signed and vouched for, a held one released and another turned down, a
 * void. */
static inline void have_a_day(void)
{
    committee_open_election(&workspace, turnoutd.intake_http_port);
    report("unit-1", "0101-001", 1, 100);
    report("unit-2", "0101-002", 1, 50);
    report("office", "0201-001", 1, 10);
    report_by("unit-1", "0101-001", 2, 120, 2000, 202);
    ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"09:00\"}", 201);
    ask(ROLE_DECIDE, "/v1/held/0101-001.2", "{\"decision\":\"release\",\"reason\":\"so\"}", 200);
    report_by("unit-2", "0101-002", 2, 60, 4000, 202);
    ask(ROLE_DECIDE, "/v1/held/0101-002.2", "{\"decision\":\"reject\",\"reason\":\"no\"}", 200);
    report("unit-4", "0102-001", 1, 700);
    ask(ROLE_DECIDE, "/v1/units/0102-001/void", "{\"reason\":\"another's\"}", 200);
    report("unit-4", "0102-001", 1, 70);
    vouch("0201-002", 1, 30);
    report("office", "0201-001", 2, 20);
    report("unit-1", "0101-001", 3, 130);
    ask(ROLE_ADMIN, "/v1/bulletins", "{\"label\":\"11:00\"}", 201);
    report("unit-2", "0101-002", 3, 70);
}

#endif
