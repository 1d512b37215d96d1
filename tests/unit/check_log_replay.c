/* A log decided again: what it comes to, and each way in which a line can be wrong. Signatures are those of test
 * keys. */
#include <turnout/wire/log_replay.h>

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include <turnout/base/buffer.h>
#include <turnout/wire/report_json.h>
#include <turnout/wire/signature.h>

#include "crypto.h"
#include "register_rows.h"
#include "suite.h"

enum { NINE = 1773540000, OPENS = NINE - 2 * 3600 }; /* 09:00 in +07:00 */

#define RECEIVED "1773540005000"

static const struct register_rows rows = {
    .areas = {{"N", "nation", ""}, {"P", "province", "N"}, {"c-1", "commune", "P"}, {"c-2", "commune", "P"}},
    .units = {{"u-1", "c-1", "1000"}, {"u-2", "c-1", "500"}, {"u-3", "c-2", "300"}}};

static struct election election;
static struct election_register *reg;
static struct signing_keys *keys;
static struct register_past past;
static struct log_replay replay;
static struct buffer line;

static void seed_of(char letter, unsigned char ret_seed[SIGNING_SEED_BYTES])
{
    memset(ret_seed, letter, SIGNING_SEED_BYTES);
}

static void add_key(struct signing_keys_builder *builder, const char *id, const char *area, int64_t until,
                    int64_t revoked)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    unsigned char public_key[PUBLIC_KEY_BYTES];
    unsigned char pair[SIGNING_PAIR_BYTES];
    seed_of(id[0], seed);
    ck_assert_int_eq(crypto_sign_seed_keypair(public_key, pair, seed), 0);
    signing_keys_builder_add(builder, 1, slice_of(id), slice_of(area), public_key, 0, until, revoked);
}

static void set_up(void)
{
    reg = register_of_rows(&rows);
    struct signing_keys_builder *builder = signing_keys_builder_new(reg, refuse_fault, NULL);
    add_key(builder, "a", "u-1", 0, 0);
    add_key(builder, "b", "c-1", 0, 0);
    add_key(builder, "c", "u-3", 0, 0);
    add_key(builder, "old", "u-1", NINE, 0);
    add_key(builder, "revoked", "u-1", 0, NINE);
    keys = signing_keys_builder_finish(builder);
    signing_keys_builder_free(builder);
    election = (struct election){.id = "e-1", .opens = OPENS, .closes = NINE + 36000};
    rules_init(&election.rules);
    const struct log_replay_of of = {&election, reg, &past, keys, register_find_area(reg, slice_of("c-1"))};
    log_replay_init(&replay, &of);
}

static void tear_down(void)
{
    log_replay_done(&replay);
    register_past_done(&past);
    signing_keys_release(keys);
    register_release(reg);
    buffer_done(&line);
}

/* ---- lines ---- */

/* A report of u-1 at nine. */
static struct report report_of(int32_t seq, int32_t voted)
{
    struct report report = {.election = "e-1",
                            .unit = "u-1",
                            .seq = seq,
                            .as_of_text = "2026-03-15T09:00:00+07:00",
                            .as_of = NINE,
                            .voted = voted,
                            .registered = REGISTERED_ABSENT};
    return report;
}

static void sign(struct report *report, const char *key)
{
    unsigned char seed[SIGNING_SEED_BYTES];
    seed_of(key[0], seed);
    ck_assert(slice_copy(slice_of(key), report->key, sizeof report->key));
    report_sign(report, seed);
}

/* `middle` stands between the outcome and the report. */
static void write_line(const char *outcome, const char *middle, const struct report *report)
{
    buffer_clear(&line);
    buffer_printf(&line, "{\"received\":" RECEIVED ",\"outcome\":\"%s\",%s,\"report\":", outcome, middle);
    report_json_write(&line, report);
    buffer_append_char(&line, '}');
}

static void expect_taken(void)
{
    struct error error = {.text = ""};
    enum turnout_error failed = log_replay_take(&replay, (struct slice){line.bytes, line.length}, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s: %s", error.text, line.bytes);
}

static void expect_refused(const char *said)
{
    struct error error = {.text = ""};
    enum turnout_error failed = log_replay_take(&replay, (struct slice){line.bytes, line.length}, &error);
    ck_assert_int_eq(failed, TURNOUT_BAD_INPUT);
    ck_assert_msg(strstr(error.text, said) != NULL, "%s: %s", error.text, line.bytes);
}

static void take(int32_t seq, int32_t voted, const char *middle)
{
    struct report report = report_of(seq, voted);
    sign(&report, "a");
    write_line("accepted", middle, &report);
    expect_taken();
}

static void write_text(const char *text)
{
    buffer_clear(&line);
    buffer_append_text(&line, text);
}

static void expect_unit(const char *unit, int32_t seq, int32_t voted, int32_t registered)
{
    struct unit_state state;
    ck_assert(log_replay_find(&replay, slice_of(unit), INT64_MAX, &state));
    ck_assert_int_eq(state.seq, seq);
    ck_assert_int_eq(state.voted, voted);
    ck_assert_int_eq(state.registered, registered);
}

#define SILENT "\"round\":0,\"before\":null"
#define DECIDED                                                                                              \
    "\"unit\":\"u-1\",\"seq\":2,\"as_of\":\"2026-03-15T09:00:00+07:00\",\"voted\":20,\"registered\":3000,"   \
    "\"kind\":\"progress\",\"round\":0,"
#define BY "\"before\":[10,1000],\"who\":\"x\",\"why\":\"y\"}"

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(set_up, tear_down);

TEST(reports_add_up_to_what_stands)
{
    expect_unit("u-1", 0, 0, 1000);
    take(1, 10, SILENT);
    take(2, 30, "\"round\":0,\"before\":[10,1000]");
    struct report by_office = report_of(5, 7);
    ck_assert(slice_copy(slice_of("u-2"), by_office.unit, sizeof by_office.unit));
    by_office.registered = 510;
    sign(&by_office, "b");
    write_line("accepted", SILENT, &by_office);
    expect_taken();
    expect_unit("u-1", 2, 30, 1000);
    expect_unit("u-2", 5, 7, 510);
    ck_assert_int_eq(replay.counts.lines, 3);
    ck_assert_int_eq(replay.counts.is_signed, 3);
    ck_assert_int_eq(log_replay_waiting(&replay), 0);
    struct unit_state state;
    ck_assert(!log_replay_find(&replay, slice_of("u-3"), 0, &state));
}

TEST(the_head_is_that_of_the_chain)
{
    unsigned char head[LOG_HEAD_BYTES] = {0};
    take(1, 10, SILENT);
    log_chain_extend(head, (struct slice){line.bytes, line.length});
    ck_assert_mem_eq(replay.head, head, sizeof head);
}

/* ---- who says so ---- */

static const struct {
    const char *unit;
    const char *key;
    const char *signer;
    const char *said;
} senders[] = {
    {"u-1", "b", "a", "not the signature of this report by the key b"},
    {"u-1", "nobody", "a", "no key nobody in keys.csv"},
    {"u-2", "a", "a", "the key a does not sign for unit u-2"},
    {"u-1", "c", "c", "the key c does not sign for unit u-1"},
    {"u-1", "old", "old", "when the report came, the key old "},
    {"u-3", "c", "c", "u-3 is no unit of this commune"},
    {"u-9", "a", "a", "u-9 is no unit of this commune"},
};

LOOP_TEST(a_report_by_somebody_else_is_refused, COUNT(senders))
{
    struct report report = report_of(1, 10);
    ck_assert(slice_copy(slice_of(senders[_i].unit), report.unit, sizeof report.unit));
    unsigned char seed[SIGNING_SEED_BYTES];
    seed_of(senders[_i].signer[0], seed);
    ck_assert(slice_copy(slice_of(senders[_i].key), report.key, sizeof report.key));
    report_sign(&report, seed);
    write_line("accepted", SILENT, &report);
    expect_refused(senders[_i].said);
}

TEST(a_report_of_another_election_is_refused)
{
    struct report report = report_of(1, 10);
    memcpy(report.election, "e-2", sizeof "e-2");
    sign(&report, "a");
    write_line("accepted", SILENT, &report);
    expect_refused("of another election");
}

/* It was revoked as of a moment before the report came, but perhaps later than that. */
TEST(a_key_that_is_revoked_by_now_is_counted)
{
    struct report report = report_of(1, 10);
    sign(&report, "revoked");
    write_line("accepted", SILENT, &report);
    expect_taken();
    ck_assert_int_eq(replay.counts.is_signed, 1);
    ck_assert_int_eq(replay.counts.revoked, 1);
}

TEST(reports_without_a_signature_are_counted_by_themselves)
{
    struct report report = report_of(1, 10);
    write_line("accepted", SILENT ",\"who\":\"office (7K4Q9M2D)\"", &report);
    expect_taken();
    report.test = true;
    report.seq = 2;
    write_line("accepted", "\"round\":0,\"before\":[10,1000]", &report);
    expect_taken();
    ck_assert_int_eq(replay.counts.vouched, 1);
    ck_assert_int_eq(replay.counts.unsigned_tests, 1);
    ck_assert_int_eq(replay.counts.tests, 1);
    report.test = false;
    report.seq = 3;
    write_line("accepted", "\"round\":0,\"before\":[10,1000]", &report);
    expect_refused("the report is neither signed nor vouched for");
}

/* ---- what became of it ---- */

static const struct {
    int32_t seq;
    int32_t voted;
    const char *outcome;
    const char *middle;
    const char *said;
} decisions[] = {
    {2, 30, "accepted", SILENT, "unit u-1 had 10 of 1000 before"},
    {2, 30, "accepted", "\"round\":0,\"before\":[11,1000]", "unit u-1 had 10 of 1000 before"},
    {2, 30, "accepted", "\"round\":0,\"before\":[10,1001]", "unit u-1 had 10 of 1000 before"},
    {2, 1001, "accepted", "\"round\":0,\"before\":[10,1000]",
     "by the rules the report is rejected: voted-exceeds-registered, and not accepted"},
    {1, 10, "accepted", "\"round\":0,\"before\":[10,1000]",
     "by the rules the report is duplicate, and not accepted"},
    {1, 30, "accepted", "\"round\":0,\"before\":[10,1000]", "rejected: seq-conflict, and not accepted"},
    {2, 30, "held", "\"code\":\"roll-changed\",\"round\":0,\"before\":[10,1000]",
     "by the rules the report is accepted, and not held"},
    {2, 30, "accepted", "\"round\":0,\"before\":[10,1000],\"flags\":\"too-fast\"",
     "breaks the rules \"\", and not those"},
};

LOOP_TEST(what_the_rules_do_not_make_of_it_is_refused, COUNT(decisions))
{
    take(1, 10, SILENT);
    struct report report = report_of(decisions[_i].seq, decisions[_i].voted);
    sign(&report, "a");
    write_line(decisions[_i].outcome, decisions[_i].middle, &report);
    expect_refused(decisions[_i].said);
}

static void hold(void)
{
    struct report report = report_of(2, 20);
    report.registered = 3000;
    sign(&report, "a");
    election.rules.modes[RULE_ROLL_CHANGE] = MODE_HOLD;
    write_line("held",
               "\"code\":\"roll-changed\",\"round\":0,\"before\":[10,1000],\"flags\":\"roll-changed\"",
               &report);
    expect_taken();
}

static void decide(const char *outcome)
{
    buffer_clear(&line);
    buffer_printf(&line, "{\"received\":" RECEIVED ",\"outcome\":\"%s\"," DECIDED BY, outcome);
}

TEST(a_held_report_waits_and_is_released)
{
    take(1, 10, SILENT);
    hold();
    ck_assert_int_eq(log_replay_waiting(&replay), 1);
    expect_unit("u-1", 1, 10, 1000);
    decide("superseded");
    expect_refused("by the rules the held report would be accepted");
    decide("released");
    expect_taken();
    expect_unit("u-1", 2, 20, 3000);
    ck_assert_int_eq(log_replay_waiting(&replay), 0);
    write_text("{\"received\":" RECEIVED ",\"outcome\":\"rejected\"," DECIDED
               "\"before\":[20,3000],\"who\":\"x\",\"why\":\"y\"}");
    expect_refused("no such report waits for a decision");
}

TEST(a_held_report_is_turned_down)
{
    take(1, 10, SILENT);
    decide("rejected");
    expect_refused("no such report waits for a decision");
    hold();
    decide("rejected");
    expect_taken();
    expect_unit("u-1", 1, 10, 1000);
    ck_assert_int_eq(log_replay_waiting(&replay), 0);
}

#define VOIDED(seq, listed, before)                                                                          \
    "{\"received\":" RECEIVED ",\"outcome\":\"voided\",\"unit\":\"u-1\",\"seq\":" seq                        \
    ",\"registered\":" listed ",\"before\":" before ",\"who\":\"x\",\"why\":\"y\"}"

static void expect_totals(const struct totals *wanted)
{
    struct totals_fault fault = {.figure = ""};
    ck_assert_msg(totals_compare(&replay.totals, wanted, &fault), "%s is %lld, not %lld", fault.figure,
                  (long long)fault.is, (long long)fault.should_be);
}

/* A report of the first round, one that is held and released, and a void of all of it. Line by line. */
TEST(lines_add_up_to_the_totals_of_the_commune)
{
    take(1, 10, "\"round\":1,\"before\":null");
    struct totals wanted = {
        .voted = 10, .units_reported = 1, .registered_reported = 1000, .revision = 1, .rounds = {1}};
    expect_totals(&wanted);
    ck_assert_int_eq(replay.totals.as_of, NINE);
    hold();
    wanted.held = 1;
    wanted.revision = 2;
    expect_totals(&wanted);
    decide("released");
    expect_taken();
    wanted.voted = 20;
    wanted.registered = 2000;
    wanted.registered_reported = 3000;
    wanted.held = 0;
    wanted.revision = 3;
    expect_totals(&wanted);
    write_text(VOIDED("2", "1000", "[20,3000]"));
    expect_taken();
    wanted = (struct totals){.revision = 4};
    expect_totals(&wanted);
    ck_assert_int_eq(replay.totals.as_of, NINE);
}

TEST(what_is_turned_down_waits_no_more)
{
    take(1, 10, SILENT);
    hold();
    decide("rejected");
    expect_taken();
    const struct totals wanted = {
        .voted = 10, .units_reported = 1, .registered_reported = 1000, .revision = 3};
    expect_totals(&wanted);
}

TEST(a_void_takes_all_back)
{
    write_text(VOIDED("1", "1000", "null"));
    expect_refused("a unit without reports is voided");
    take(1, 10, SILENT);
    hold();
    write_text(VOIDED("1", "1000", "[10,1000]"));
    expect_refused("the void ends with report 2, and the listed roll is 1000");
    write_text(VOIDED("2", "999", "[10,1000]"));
    expect_refused("the void ends with report 2, and the listed roll is 1000");
    write_text(VOIDED("2", "1000", "[10,1000]"));
    expect_taken();
    expect_unit("u-1", 0, 0, 1000);
    ck_assert_int_eq(log_replay_waiting(&replay), 0);
    struct report again = report_of(1, 10);
    sign(&again, "a");
    write_line("accepted", SILENT, &again);
    expect_refused("by the rules the report is rejected: voided");
    take(1, 11, SILENT);
    expect_unit("u-1", 1, 11, 1000);
}

static const char *const no_lines[] = {
    "",
    "x",
    "{\"received\":1,\"outcome\":\"phase\",\"from\":\"open\",\"to\":\"closed\",\"who\":\"x\"}",
};

LOOP_TEST(what_is_no_line_of_a_commune_is_refused, COUNT(no_lines))
{
    write_text(no_lines[_i]);
    expect_refused("");
}

/* u-3 was of this commune until then. */
TEST(a_unit_that_has_left_has_its_lines_still)
{
    struct log_line moved = {.outcome = LOG_REGISTER,
                             .change = LEDGER_UNIT_MOVED,
                             .received_ms = INT64_MAX - 1,
                             .unit = "u-3",
                             .area = "c-2",
                             .from = "c-1",
                             .to = "c-2"};
    register_past_add(&past, &moved);
    struct report report = report_of(1, 10);
    memcpy(report.unit, "u-3", sizeof "u-3");
    sign(&report, "c");
    write_line("accepted", SILENT, &report);
    expect_taken();
    expect_unit("u-3", 1, 10, 300);
}

SUITE("log_replay");
