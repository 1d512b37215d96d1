/* Signed reports into a real turnoutd: who may say what, which code the others are told, and what becomes of a key
 * while the server runs (DESIGN section 6). */
#include <check.h>
#include <hiredis/hiredis.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/wire/report_json.h>

#include "readyz.h"
#include "signed_reports.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "workspace.h"

enum { ASK_AGAIN_MS = 50, BAD_SETTINGS = 2 };

static const char unsigned_report[] = "";

static struct workspace workspace;
static struct turnoutd turnoutd;

static const char *const signed_intake[] = {"--intake", "signed", NULL};
static const char *const open_intake[] = {"--intake", "open", NULL};

/* ---- keys ---- */

static const struct key_row rows[] = {
    {"unit", "0101-001", "", "", ""},
    {"neighbour", "0101-002", "", "", ""},
    {"commune", "0101", "", "", ""},
    {"province", "01", "", "", ""},
    {"nation", "T", "", "", ""},
    {"far-commune", "0201", "", "", ""},
    {"far-province", "02", "", "", ""},
    {"revoked", "0101-001", "", "", "2026-03-01T00:00:00+07:00"},
    {"to-be-revoked", "0101-001", "", "", "2199-01-01T00:00:00+07:00"},
    {"expired", "0101-001", "", "2026-03-01T00:00:00+07:00", ""},
    {"early", "0101-001", "2199-01-01T00:00:00+07:00", "", ""},
    {"far-and-revoked", "0201", "", "", "2026-03-01T00:00:00+07:00"},
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- reports ---- */

static void expect(const struct report *report, int wanted_status, const char *wanted_code, const char *name)
{
    char code[CODE_TEXT_BYTES];
    int status = signed_report_post(turnoutd.intake_http_port, report, code);
    ck_assert_msg(status == wanted_status && strcmp(code, wanted_code) == 0, "%s: %d %s, not %d %s", name,
                  status, code, wanted_status, wanted_code);
}

static void expect_signed(int32_t seq, const char *key, int wanted_status, const char *wanted_code)
{
    struct report report = signed_report_of(seq, seq);
    signed_report_sign(&report, key, key);
    expect(&report, wanted_status, wanted_code, key);
}

/* Sends reports signed with this key, a higher seq each time, until one is answered so. Returns the next seq. */
static int32_t report_until(int32_t seq, const char *key, const char *wanted_code)
{
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    for (;; seq++) {
        char code[CODE_TEXT_BYTES];
        struct report report = signed_report_of(seq, seq);
        if (key != unsigned_report) {
            signed_report_sign(&report, key, key);
        }
        (void)signed_report_post(turnoutd.intake_http_port, &report, code);
        if (strcmp(code, wanted_code) == 0) {
            return seq + 1;
        }
        ck_assert_msg(clock_monotonic_ms() < deadline, "%s: still \"%s\", not %s", key, code, wanted_code);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
}

static void wait_logged(const char *words)
{
    char line[PROCESS_LINE_BYTES];
    process_wait_line(&turnoutd.process, turnoutd.process.stderr_path, words, line);
}

static void set_up(void)
{
    workspace_init(&workspace);
    workspace_add_small_election(&workspace, "election");
}

static void tear_down(void)
{
    workspace_done(&workspace);
}

/* ---- who may say what ---- */

static const struct {
    const char *name;
    const char *key;
    const char *signer; /* NULL: the key's own; unsigned_report: nobody */
    const char *unit;   /* NULL: 0101-001 */
    const char *election;
    const char *as_of;
    int status;
    const char *code;
} refusals[] = {
    {.name = "unsigned", .signer = unsigned_report, .status = 401, .code = "bad-signature"},
    {.name = "a key that nobody has", .key = "nobody", .status = 401, .code = "unknown-key"},
    {.name = "an id is the whole id", .key = "uni", .signer = "unit", .status = 401, .code = "unknown-key"},
    {.name = "another's signature",
     .key = "unit",
     .signer = "neighbour",
     .status = 401,
     .code = "bad-signature"},
    {.name = "a stranger's signature",
     .key = "unit",
     .signer = "nobody",
     .status = 401,
     .code = "bad-signature"},
    {.name = "another unit's key", .key = "neighbour", .status = 403, .code = "out-of-scope"},
    {.name = "a key for another unit",
     .key = "unit",
     .unit = "0101-002",
     .status = 403,
     .code = "out-of-scope"},
    {.name = "another commune's relay", .key = "far-commune", .status = 403, .code = "out-of-scope"},
    {.name = "another province's relay", .key = "far-province", .status = 403, .code = "out-of-scope"},
    {.name = "a relay beyond its commune",
     .key = "commune",
     .unit = "0102-001",
     .status = 403,
     .code = "out-of-scope"},
    {.name = "a relay beyond its province",
     .key = "province",
     .unit = "0201-001",
     .status = 403,
     .code = "out-of-scope"},
    {.name = "revoked", .key = "revoked", .status = 401, .code = "unknown-key"},
    {.name = "expired", .key = "expired", .status = 401, .code = "unknown-key"},
    {.name = "not valid yet", .key = "early", .status = 401, .code = "unknown-key"},
    /* What is said first, when several things are wrong. */
    {.name = "another election", .key = "unit", .election = "large", .status = 404, .code = "wrong-election"},
    {.name = "another election, unsigned",
     .signer = unsigned_report,
     .election = "large",
     .unit = "nowhere",
     .status = 404,
     .code = "wrong-election"},
    {.name = "no such unit, by nobody",
     .key = "nobody",
     .unit = "0101-009",
     .status = 404,
     .code = "unknown-unit"},
    {.name = "revoked, and elsewhere", .key = "far-and-revoked", .status = 401, .code = "unknown-key"},
    {.name = "out of scope, and forged",
     .key = "neighbour",
     .signer = "unit",
     .status = 403,
     .code = "out-of-scope"},
    {.name = "forged, and in the future",
     .key = "unit",
     .signer = "neighbour",
     .as_of = "2199-01-01T00:00:00+07:00",
     .status = 401,
     .code = "bad-signature"},
    {.name = "signed, and in the future",
     .key = "unit",
     .as_of = "2199-01-01T00:00:00+07:00",
     .status = 422,
     .code = "as-of-in-future"},
};

static void put(const char *text, char *ret_field, size_t capacity)
{
    if (text != NULL) {
        ck_assert(slice_copy(slice_of(text), ret_field, capacity));
    }
}

FIXTURE(set_up, tear_down);

TEST(only_who_may_is_heard)
{
    key_rows_write(&workspace, rows, ROWS);
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct report report = signed_report_of(1, 1);
        put(refusals[i].unit, report.unit, sizeof report.unit);
        put(refusals[i].election, report.election, sizeof report.election);
        put(refusals[i].as_of, report.as_of_text, sizeof report.as_of_text);
        if (refusals[i].signer != unsigned_report) {
            const char *signer = refusals[i].signer != NULL ? refusals[i].signer : refusals[i].key;
            signed_report_sign(&report, refusals[i].key, signer);
        }
        expect(&report, refusals[i].status, refusals[i].code, refusals[i].name);
    }

    /* None of them took a seq away from those who may. */
    expect_signed(1, "unit", 201, "");
    expect_signed(1, "unit", 200, "");
    expect_signed(2, "commune", 201, "");
    expect_signed(3, "province", 201, "");
    expect_signed(4, "nation", 201, "");
    expect_signed(5, "to-be-revoked", 201, "");
    /* The same report, whoever vouches for it. */
    expect_signed(5, "unit", 200, "");
    expect_signed(4, "unit", 200, "");
    small_wait_voted(turnoutd.public_port, 5);
    turnoutd_stop(&turnoutd);
}

/* All in one request: a flip that makes a line end makes two lines, neither of them a report. */
TEST(no_bit_can_change_on_the_way)
{
    key_rows_write(&workspace, rows, ROWS);
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    struct report report = signed_report_of(1, 123);
    put("Đếm lại: \"đủ\"", report.note, sizeof report.note);
    signed_report_sign(&report, "unit", "unit");
    struct buffer json = {0};
    report_json_write(&json, &report);
    struct buffer lines = {0};
    for (size_t bit = 0; bit < 8 * json.length; bit++) {
        size_t at = lines.length + bit / 8;
        buffer_append(&lines, json.bytes, json.length);
        buffer_append_char(&lines, '\n');
        lines.bytes[at] = (char)(lines.bytes[at] ^ (1 << bit % 8));
    }
    struct http_answer answer;
    http_post(turnoutd.intake_http_port, "/v1/reports", "application/x-ndjson", lines.bytes, lines.length,
              &answer);
    ck_assert_int_eq(answer.status, 200);
    size_t rejected = 0;
    for (const char *at = answer.body; (at = strstr(at, "\"status\":\"rejected\"")) != NULL; at++) {
        rejected++;
    }
    ck_assert_uint_ge(rejected, 8 * json.length);
    ck_assert_ptr_null(strstr(answer.body, "receipt"));
    http_answer_done(&answer);
    expect(&report, 201, "", "unchanged");
    buffer_done(&lines);
    buffer_done(&json);
    turnoutd_stop(&turnoutd);
}

/* ---- unsigned reports ---- */

/* As if the election had been opened with what stands: its one report is not in the way of this test. */
static void set_phase(const char *phase)
{
    static const char *const keys[] = {"turnout:{small}:meta", "turnout:{small:01}:totals"};
    struct redisContext *redis = turnoutd_redis(&workspace);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct redisReply *reply = redisCommand(redis, "HSET %s phase %s", keys[i], phase);
        ck_assert_msg(reply != NULL && reply->type == REDIS_REPLY_INTEGER, "HSET was refused");
        freeReplyObject(reply);
    }
    redisFree(redis);
}

static bool shown_as_test(void)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    bool is_test = json_is_true(json_object_get(document, "test"));
    json_decref(document);
    return is_test;
}

TEST(open_intake_is_for_rehearsals)
{
    key_rows_write(&workspace, rows, ROWS);
    turnoutd_start(&turnoutd, &workspace, open_intake);
    ck_assert(shown_as_test());
    struct report report = signed_report_of(1, 1);
    expect(&report, 201, "", "unsigned, in rehearsal");
    report.test = false;
    expect(&report, 409, "not-open", "no test report, in rehearsal");
    /* What is signed is verified all the same. */
    report = signed_report_of(2, 2);
    signed_report_sign(&report, "unit", "neighbour");
    expect(&report, 401, "bad-signature", "forged, in rehearsal");
    expect_signed(2, "nobody", 401, "unknown-key");
    expect_signed(2, "unit", 201, "");

    set_phase("open");
    int32_t seq = report_until(3, unsigned_report, "test-report");
    expect_signed(seq, "unit", 409, "test-report");
    report = signed_report_of(seq, seq);
    report.test = false;
    signed_report_sign(&report, "unit", "unit");
    expect(&report, 201, "", "signed, on the day");
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (shown_as_test()) {
        ck_assert_int_lt(clock_monotonic_ms(), deadline);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    report = signed_report_of(seq + 1, seq + 1);
    report.test = false;
    expect(&report, 401, "bad-signature", "unsigned, on the day");
    turnoutd_stop(&turnoutd);
}

/* ---- keys.csv while the server runs ---- */

TEST(revoking_takes_effect)
{
    enum { REVOKED_ROW = 8 };
    struct key_row changed[ROWS + 1];
    memcpy(changed, rows, sizeof rows);
    key_rows_write(&workspace, changed, ROWS);
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    ck_assert_str_eq(changed[REVOKED_ROW].id, "to-be-revoked");
    expect_signed(1, "to-be-revoked", 201, "");
    changed[REVOKED_ROW].revoked = "2026-03-01T00:00:00+07:00";
    key_rows_write(&workspace, changed, ROWS);
    int32_t seq = report_until(2, "to-be-revoked", "unknown-key");
    expect_signed(seq, "unit", 201, "");

    /* And the other way: a key that was forgotten is added. */
    expect_signed(seq + 1, "forgotten", 401, "unknown-key");
    changed[ROWS] = (struct key_row){"forgotten", "0101-001", "", "", ""};
    key_rows_write(&workspace, changed, ROWS + 1);
    (void)report_until(seq + 1, "forgotten", "");
    turnoutd_stop(&turnoutd);
}

/* A key ends by its row. A file that lacks keys may be half of one that is still being copied. */
TEST(a_file_that_lacks_keys_is_not_taken_up)
{
    key_rows_write(&workspace, rows, ROWS);
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    key_rows_write(&workspace, rows, ROWS / 2);
    wait_logged("keys.csv has 6 keys, and 6 of those that were known are not among them");
    expect_signed(1, "to-be-revoked", 201, "");
    workspace_write(&workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\n");
    wait_logged("keys.csv has 0 keys, and 12 of those that were known");
    expect_signed(2, "unit", 201, "");
    struct readyz_verdict verdict;
    readyz_ask(&turnoutd, "keys", &verdict);
    ck_assert_msg(!verdict.is_ok && strstr(verdict.why, "incomplete") != NULL, "%s", verdict.why);
    turnoutd_stop(&turnoutd);
    turnoutd_launch(&turnoutd, &workspace, signed_intake);
    wait_logged("keys.csv has 0 keys, and 12 of those that were known");
    turnoutd_await_ports(&turnoutd);
    (void)report_until(3, "unit", "");
    readyz_expect_broken(&turnoutd, "keys", "incomplete");
    key_rows_write(&workspace, rows, ROWS);
    wait_logged("keys-renewed keys=12");
    turnoutd_wait_ready(&turnoutd);
    turnoutd_stop(&turnoutd);
}

TEST(a_faulty_file_changes_nothing)
{
    key_rows_write(&workspace, rows, ROWS);
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    workspace_write(&workspace, "election/keys.csv",
                    "key,area,public_key,from,until,revoked\nunit,0101-001,x,,,\n");
    wait_logged("keys-kept");
    wait_logged("bad-keys file=keys.csv line=2 field=public_key");
    expect_signed(1, "unit", 201, "");

    char path[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election/keys.csv", path);
    ck_assert_int_eq(remove(path), 0);
    wait_logged("keys-gone");
    expect_signed(2, "unit", 201, "");

    /* A sound one counts again; the log has told of the faulty one once. */
    struct key_row changed[ROWS];
    memcpy(changed, rows, sizeof changed);
    ck_assert_str_eq(changed[0].id, "unit");
    changed[0].revoked = "2026-03-01T00:00:00+07:00";
    key_rows_write(&workspace, changed, ROWS);
    wait_logged("keys-renewed keys=12");
    (void)report_until(3, "unit", "unknown-key");
    char *log = workspace_read(turnoutd.process.stderr_path);
    const char *first = strstr(log, "bad-keys");
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "bad-keys"));
    free(log);
    turnoutd_stop(&turnoutd);
}

TEST(without_keys_nobody_can_report)
{
    turnoutd_start(&turnoutd, &workspace, signed_intake);
    wait_logged("no-keys");
    expect_signed(1, "unit", 401, "unknown-key");
    key_rows_write(&workspace, rows, ROWS);
    (void)report_until(1, "unit", "");
    turnoutd_stop(&turnoutd);
}

/* ---- faults at the start ---- */

static void check_program(const char *const arguments[], const char *complaint)
{
    struct process process = {0};
    process_start(&process, &workspace, "program", arguments);
    ck_assert_int_eq(process_wait_exit(&process, PROCESS_DEADLINE_MS), complaint == NULL ? 0 : BAD_SETTINGS);
    char *errors = workspace_read(process.stderr_path);
    char *output = workspace_read(process.stdout_path);
    if (complaint == NULL) {
        ck_assert_msg(strstr(output, ", 12 keys") != NULL, "%s", output);
    } else {
        ck_assert_msg(strstr(errors, complaint) != NULL, "no \"%s\" in: %s", complaint, errors);
        ck_assert_str_eq(output, "");
    }
    free(errors);
    free(output);
}

TEST(faulty_keys_are_told_before_the_day)
{
    char election[WORKSPACE_PATH_BYTES];
    workspace_path(&workspace, "election", election);
    const char *const daemon_check[] = {TURNOUT_BIN_DIR "/turnoutd", "--check-config", "--election", election,
                                        NULL};
    const char *const daemon_run[] = {TURNOUT_BIN_DIR "/turnoutd", "--election", election, NULL};
    const char *const command_check[] = {TURNOUT_BIN_DIR "/turnout", "register", "check", election, NULL};
    key_rows_write(&workspace, rows, ROWS);
    check_program(daemon_check, NULL);
    check_program(command_check, NULL);
    workspace_write(&workspace, "election/keys.csv", "key,area,public_key,from,until,revoked\n\na,,,,,\n");
    check_program(daemon_check, "bad-keys file=keys.csv line=3 field=area");
    check_program(daemon_run, "bad-keys file=keys.csv line=3 field=public_key");
    check_program(command_check, "election/keys.csv:3: area: ");
}

SUITE("signatures");
