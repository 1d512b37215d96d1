/* Lines of the log: read back as they were written, whatever people wrote into their reports and reasons; what is no
 * line; and the chain of hashes. What the public reads of a line is in check_public_ledger.c. */
#include <turnout/wire/log_line.h>

#include <string.h>

#include <check.h>

#include <turnout/wire/report_json.h>

#include "crypto.h"
#include "suite.h"

enum { OFFSET_S = 7 * 3600, THREE = 1773561600 };

#define AS_OF "2026-03-15T15:00:00+07:00"
#define SENT  "{\"election\":\"vn-2026\",\"unit\":\"u-1\",\"seq\":8,\"as_of\":\"" AS_OF "\",\"voted\":700}"

/* 640 of 912 by seq 7; 900 are listed. */
static const struct unit_state prior_state = {.seq = 7, .voted = 640, .registered = 912};
static const struct unit_state silent_state = {.registered = 900};

static const struct report_received plain_report = {.seq = 8,
                                                    .voted = 700,
                                                    .registered = REGISTERED_ABSENT,
                                                    .round = 5,
                                                    .as_of = THREE,
                                                    .received_ms = THREE * INT64_C(1000) + 3123};

static struct buffer out;

static void end(void)
{
    buffer_done(&out);
}

/* Reads what was written. */
static struct log_line read_back(void)
{
    struct log_line line;
    struct error error = {.text = ""};
    memset(&line, 'x', sizeof line);
    ck_assert_msg(log_line_read((struct slice){out.bytes, out.length}, &line, &error) == TURNOUT_OK, "%s: %s",
                  out.bytes, error.text);
    ck_assert_ptr_null(strpbrk(out.bytes, "\r\n"));
    ck_assert_uint_eq(strlen(out.bytes), out.length);
    return line;
}

static void check_nothing_else(const struct log_line *line, const char *who, const char *why)
{
    ck_assert_str_eq(line->who, who);
    ck_assert_str_eq(line->why, why);
    ck_assert_str_eq(line->from, "");
    ck_assert_str_eq(line->to, "");
}

SHARED_FIXTURE(crypto_start, NULL);
FIXTURE(NULL, end);

/* ---- reports ---- */

TEST(an_accepted_report)
{
    struct decision decision = {.status = STATUS_ACCEPTED};
    log_line_write_report(&out, &plain_report, &decision, &prior_state, NULL, slice_of(SENT));
    ck_assert_str_eq(out.bytes,
                     "{\"received\":1773561603123,\"outcome\":\"accepted\",\"round\":5,\"before\":[640,912],"
                     "\"report\":" SENT "}");
    struct log_line line = read_back();
    ck_assert_int_eq(line.outcome, LOG_ACCEPTED);
    ck_assert_int_eq(line.received_ms, plain_report.received_ms);
    ck_assert_uint_eq(line.round, 5);
    ck_assert_int_eq(line.code, CODE_NONE);
    ck_assert(!line.was_silent);
    ck_assert_int_eq(line.voted_before, 640);
    ck_assert_int_eq(line.registered_before, 912);
    ck_assert_str_eq(line.flags, "");
    check_nothing_else(&line, "", "");
    ck_assert_str_eq(line.report.election, "vn-2026");
    ck_assert_str_eq(line.report.unit, "u-1");
    ck_assert_int_eq(line.report.seq, 8);
    ck_assert_str_eq(line.report.as_of_text, AS_OF);
    ck_assert_int_eq(line.report.as_of, THREE);
    ck_assert_int_eq(line.report.voted, 700);
    ck_assert_int_eq(line.report.registered, REGISTERED_ABSENT);
    ck_assert(!line.report.kind_given);
}

TEST(a_report_that_is_held)
{
    struct decision decision = {.status = STATUS_HELD,
                                .code = CODE_TOO_FAST,
                                .violations = UINT32_C(1) << RULE_JUMP | UINT32_C(1) << RULE_CORRECTIONS};
    log_line_write_report(&out, &plain_report, &decision, &silent_state, "token:12345678", slice_of(SENT));
    ck_assert_str_eq(out.bytes,
                     "{\"received\":1773561603123,\"outcome\":\"held\",\"code\":\"too-fast\",\"round\":5,"
                     "\"before\":null,\"flags\":\"too-fast,correction\",\"who\":\"token:12345678\","
                     "\"report\":" SENT "}");
    struct log_line line = read_back();
    ck_assert_int_eq(line.outcome, LOG_HELD);
    ck_assert_int_eq(line.code, CODE_TOO_FAST);
    ck_assert(line.was_silent);
    ck_assert_int_eq(line.voted_before, 0);
    ck_assert_int_eq(line.registered_before, 0);
    ck_assert_str_eq(line.flags, "too-fast,correction");
    check_nothing_else(&line, "token:12345678", "");
}

/* Every rule broken, every text as long as it may be. */
TEST(the_longest_line)
{
    struct report report = {.seq = SEQ_MAX,
                            .as_of_text = AS_OF,
                            .voted = VOTERS_MAX,
                            .registered = VOTERS_MAX,
                            .kind = KIND_CORRECTION,
                            .kind_given = true,
                            .reason = REASON_ROLL_CHANGED};
    memset(report.election, 'e', sizeof report.election - 1);
    memset(report.unit, 'u', sizeof report.unit - 1);
    memset(report.key, 'k', sizeof report.key - 1);
    memset(report.sig, 's', sizeof report.sig - 1);
    for (size_t i = 0; i < NOTE_CHARACTERS_MAX; i++) {
        memcpy(report.note + 4 * i, "\xf0\x9f\x98\x80", 4);
    }
    struct buffer sent = {0};
    report_json_write(&sent, &report);
    struct report_received received = plain_report;
    received.round = ROUNDS_MAX;
    received.received_ms = INT64_MAX;
    struct unit_state before = {.seq = 1, .voted = VOTERS_MAX, .registered = VOTERS_MAX};
    struct decision decision = {.status = STATUS_HELD,
                                .code = CODE_COMPLETE_TOO_EARLY,
                                .violations = (UINT32_C(1) << RULE_COUNT) - 1};
    char who[LOG_WHO_BYTES];
    memset(who, 'w', sizeof who - 1);
    who[sizeof who - 1] = '\0';
    log_line_write_report(&out, &received, &decision, &before, who, (struct slice){sent.bytes, sent.length});
    struct log_line line = read_back();
    ck_assert_int_eq(line.received_ms, INT64_MAX);
    ck_assert_uint_eq(line.round, ROUNDS_MAX);
    ck_assert_int_eq(line.voted_before, VOTERS_MAX);
    ck_assert_str_eq(line.who, who);
    ck_assert_ptr_nonnull(strstr(line.flags, ",correction"));
    ck_assert_str_eq(line.report.note, report.note);
    ck_assert_str_eq(line.report.key, report.key);
    ck_assert_str_eq(line.report.sig, report.sig);
    ck_assert_int_eq(line.report.reason, REASON_ROLL_CHANGED);
    buffer_done(&sent);
}

/* Line ends mean nothing between the tokens of JSON. */
TEST(the_report_is_put_on_one_line)
{
    static const char sent[] =
        "\r\n{\"election\":\"vn-2026\",\r\n\"unit\":\n\"u-1\",\"seq\":8\r,\"as_of\":\"" AS_OF
        "\",\t\"voted\":700}\n";
    struct decision decision = {.status = STATUS_ACCEPTED};
    log_line_write_report(&out, &plain_report, &decision, &prior_state, NULL, slice_of(sent));
    ck_assert_ptr_nonnull(
        strstr(out.bytes, ",\"report\":  {\"election\":\"vn-2026\",  \"unit\": \"u-1\",\"seq\":8 ,"));
    struct log_line line = read_back();
    ck_assert_int_eq(line.report.seq, 8);
    ck_assert_int_eq(line.report.voted, 700);
}

/* What stands before is not touched. */
TEST(lines_are_appended)
{
    struct decision decision = {.status = STATUS_ACCEPTED};
    buffer_append_text(&out, "a\nb\r\n");
    log_line_write_report(&out, &plain_report, &decision, &prior_state, NULL, slice_of(SENT "\n"));
    ck_assert_ptr_eq(strstr(out.bytes, "a\nb\r\n{\"received\""), out.bytes);
    ck_assert_ptr_null(strpbrk(out.bytes + strlen("a\nb\r\n"), "\r\n"));
}

/* What people may write that looks like a part of a line; put into a note, it is a text of the report's alone. */
static const char *const hostile[] = {
    ",\"report\":{\"unit\":\"u-2\"}}",
    "\",\"report\":{}",
    "\\\",\\\"report\\\":",
    "}}",
    "\\",
    "{\"outcome\":\"phase\"}",
    "<script> & 'một' \"hai\" \xe2\x80\xa8",
};

LOOP_TEST(a_note_is_only_a_note, COUNT(hostile))
{
    struct report report = {
        .election = "vn-2026", .unit = "u-1", .seq = 8, .as_of_text = AS_OF, .registered = REGISTERED_ABSENT};
    ck_assert(slice_copy(slice_of(hostile[_i]), report.note, sizeof report.note));
    struct buffer sent = {0};
    report_json_write(&sent, &report);
    struct decision decision = {.status = STATUS_ACCEPTED};
    log_line_write_report(&out, &plain_report, &decision, &prior_state, NULL,
                          (struct slice){sent.bytes, sent.length});
    struct log_line line = read_back();
    ck_assert_int_eq(line.outcome, LOG_ACCEPTED);
    ck_assert_str_eq(line.report.unit, "u-1");
    ck_assert_str_eq(line.report.note, hostile[_i]);
    buffer_done(&sent);
}

/* ---- decisions and changes ---- */

static const struct held_report held_correction = {.received = {.seq = 8,
                                                                .voted = 600,
                                                                .registered = 910,
                                                                .kind = KIND_CORRECTION,
                                                                .reason = REASON_MISTYPED,
                                                                .round = 5,
                                                                .as_of = THREE,
                                                                .received_ms = 1},
                                                   .code = CODE_CORRECTION};

static void write_decision(enum log_outcome outcome, const struct held_report *held,
                           const struct unit_state *before, const char *why)
{
    struct log_decision decision = {.outcome = outcome,
                                    .unit = "u-1",
                                    .now_ms = 1773565203123,
                                    .offset_s = OFFSET_S,
                                    .who = "token:12345678",
                                    .why = why};
    buffer_clear(&out);
    log_line_write_decision(&out, &decision, held, before);
}

TEST(a_decision)
{
    static const enum log_outcome outcomes[] = {LOG_RELEASED, LOG_REJECTED, LOG_SUPERSEDED};
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        write_decision(outcomes[i], &held_correction, &prior_state, "counted again");
        struct log_line line = read_back();
        ck_assert_int_eq(line.outcome, outcomes[i]);
        ck_assert_int_eq(line.received_ms, 1773565203123);
        ck_assert_uint_eq(line.round, 5);
        ck_assert(!line.was_silent);
        ck_assert_int_eq(line.voted_before, 640);
        ck_assert_int_eq(line.registered_before, 912);
        check_nothing_else(&line, "token:12345678", "counted again");
        ck_assert_str_eq(line.report.unit, "u-1");
        ck_assert_int_eq(line.report.seq, 8);
        ck_assert_str_eq(line.report.as_of_text, AS_OF);
        ck_assert_int_eq(line.report.as_of, THREE);
        ck_assert_int_eq(line.report.voted, 600);
        ck_assert_int_eq(line.report.registered, 910);
        ck_assert_int_eq(line.report.kind, KIND_CORRECTION);
        ck_assert(line.report.kind_given);
        ck_assert_int_eq(line.report.reason, REASON_MISTYPED);
    }
}

TEST(a_decision_about_a_plain_report_of_a_silent_unit)
{
    struct held_report held = {.received = plain_report, .code = CODE_TOO_FAST};
    write_decision(LOG_REJECTED, &held, &silent_state, "");
    struct log_line line = read_back();
    ck_assert(line.was_silent);
    ck_assert_int_eq(line.report.registered, REGISTERED_ABSENT);
    ck_assert_int_eq(line.report.kind, KIND_PROGRESS);
    ck_assert_int_eq(line.report.reason, REASON_NONE);
    check_nothing_else(&line, "token:12345678", "");
}

/* All numbers as small as they can be. */
TEST(the_least_line)
{
    static const struct unit_state nobody = {.seq = 1};
    struct held_report held = {.received = {.seq = 1}};
    struct log_decision decision = {.outcome = LOG_REJECTED, .unit = "u", .who = "w", .why = ""};
    log_line_write_decision(&out, &decision, &held, &nobody);
    struct log_line line = read_back();
    ck_assert_int_eq(line.received_ms, 0);
    ck_assert_uint_eq(line.round, 0);
    ck_assert(!line.was_silent);
    ck_assert_int_eq(line.voted_before, 0);
    ck_assert_int_eq(line.registered_before, 0);
    ck_assert_int_eq(line.report.seq, 1);
    ck_assert_int_eq(line.report.voted, 0);
    ck_assert_int_eq(line.report.registered, 0);
    ck_assert_str_eq(line.report.as_of_text, "1970-01-01T00:00:00+00:00");
}

LOOP_TEST(a_reason_is_only_a_reason, COUNT(hostile))
{
    write_decision(LOG_REJECTED, &held_correction, &prior_state, hostile[_i]);
    struct log_line line = read_back();
    ck_assert_int_eq(line.outcome, LOG_REJECTED);
    ck_assert_str_eq(line.report.unit, "u-1");
    ck_assert_str_eq(line.why, hostile[_i]);
}

TEST(a_change_of_the_election)
{
    static const struct {
        enum log_outcome outcome;
        const char *from;
        const char *to;
    } changes[] = {{LOG_PHASE, "rehearsal", "open"}, {LOG_PUBLICATION, "live", "rounds"}};
    for (size_t i = 0; i < COUNT(changes); i++) {
        buffer_clear(&out);
        log_line_write_change(&out, changes[i].outcome, changes[i].from, changes[i].to, "token:12345678",
                              1773565203123);
        struct log_line line = read_back();
        ck_assert_int_eq(line.outcome, changes[i].outcome);
        ck_assert_int_eq(line.received_ms, 1773565203123);
        ck_assert_str_eq(line.from, changes[i].from);
        ck_assert_str_eq(line.to, changes[i].to);
        ck_assert_str_eq(line.who, "token:12345678");
        ck_assert_uint_eq(line.round, 0);
    }
}

/* ---- what is no line ---- */

#define REPORT_LINE                                                                                          \
    "{\"received\":1,\"outcome\":\"held\",\"code\":\"too-fast\",\"round\":5,\"before\":[640,912],"           \
    "\"flags\":\"too-fast\",\"who\":\"w\",\"report\":" SENT "}"
#define DECISION_LINE                                                                                        \
    "{\"received\":1,\"outcome\":\"released\",\"unit\":\"u-1\",\"seq\":8,\"as_of\":\"" AS_OF "\","           \
    "\"voted\":700,\"registered\":900,\"kind\":\"correction\",\"reason\":\"other\",\"round\":5,"             \
    "\"before\":null,\"who\":\"w\",\"why\":\"y\"}"
#define CHANGE_LINE "{\"received\":1,\"outcome\":\"phase\",\"from\":\"open\",\"to\":\"closed\",\"who\":\"w\"}"

#define TEN      "1234567890"
#define HUNDRED  TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG_WHO "\"who\":\"" HUNDRED "123456789012\""

/* What is changed of a sound line; with NULL the first text is the whole line. */
static const struct {
    const char *line;
    const char *was;
    const char *is;
} wrong_lines[] = {
    {"", NULL, NULL},
    {"{}", NULL, NULL},
    {"[]", NULL, NULL},
    {",\"report\":", NULL, NULL},
    {",\"report\":}", NULL, NULL},
    {SENT, NULL, NULL},
    {REPORT_LINE "x", NULL, NULL},
    {REPORT_LINE REPORT_LINE, NULL, NULL},
    {REPORT_LINE, "\"received\":1,", ""},
    {REPORT_LINE, "\"received\":1", "\"received\":-1"},
    {REPORT_LINE, "\"received\":1", "\"received\":\"1\""},
    {REPORT_LINE, "\"received\":1", "\"received\":1.0"},
    {REPORT_LINE, "\"received\":1", "\"received\":1,\"received\":1"},
    {REPORT_LINE, "\"outcome\":\"held\",", ""},
    {REPORT_LINE, "\"held\"", "\"Held\""},
    {REPORT_LINE, "\"held\"", "7"},
    {REPORT_LINE, "\"held\"", "\"released\""},
    {REPORT_LINE, "\"held\"", "\"phase\""},
    {REPORT_LINE, "\"code\":\"too-fast\"", "\"code\":\"too-slow\""},
    {REPORT_LINE, "\"code\":\"too-fast\",", ""},
    {REPORT_LINE, "\"round\":5", "\"round\":49"},
    {REPORT_LINE, "\"round\":5", "\"round\":-1"},
    {REPORT_LINE, "\"round\":5", "\"round\":\"5\""},
    {REPORT_LINE, "\"before\":[640,912],", ""},
    {REPORT_LINE, "[640,912]", "[640]"},
    {REPORT_LINE, "[640,912]", "[640,912,1]"},
    {REPORT_LINE, "[640,912]", "[-1,912]"},
    {REPORT_LINE, "[640,912]", "[640,10000001]"},
    {REPORT_LINE, "[640,912]", "[640,4294967296]"},
    {REPORT_LINE, "[640,912]", "[\"640\",912]"},
    {REPORT_LINE, "[640,912]", "{}"},
    {REPORT_LINE, "\"who\":\"w\"", LONG_WHO},
    {REPORT_LINE, "\"who\":\"w\"", "\"who\":null"},
    {REPORT_LINE, ",\"report\":" SENT, ""},
    {REPORT_LINE, SENT, "null"},
    {REPORT_LINE, SENT, "\"\""},
    {REPORT_LINE, SENT, "{}"},
    {REPORT_LINE, "\"seq\":8", "\"seq\":0"},
    {REPORT_LINE, "700}}", "700}"},
    {REPORT_LINE, "700}}", "700},\"who\":\"x\"}"},
    {DECISION_LINE, "\"unit\":\"u-1\",", ""},
    {DECISION_LINE, "\"seq\":8,", ""},
    {DECISION_LINE, "\"seq\":8", "\"seq\":0"},
    {DECISION_LINE, "\"seq\":8", "\"seq\":2147483648"},
    {DECISION_LINE, AS_OF, "2026-03-15"},
    {DECISION_LINE, "\"voted\":700,", ""},
    {DECISION_LINE, "\"voted\":700", "\"voted\":10000001"},
    {DECISION_LINE, "\"registered\":900", "\"registered\":-1"},
    {DECISION_LINE, "\"kind\":\"correction\",", ""},
    {DECISION_LINE, "\"reason\":\"other\"", "\"reason\":\"none\""},
    {DECISION_LINE, "\"before\":null,", ""},
    {DECISION_LINE, "\"who\":\"w\",", ""},
    {DECISION_LINE, "\"released\"", "\"accepted\""},
    {DECISION_LINE, "\"y\"}", "\"y\",\"report\":" SENT "}"},
    {CHANGE_LINE, "\"from\":\"open\",", ""},
    {CHANGE_LINE, "\"to\":\"closed\",", ""},
    {CHANGE_LINE, ",\"who\":\"w\"", ""},
    {CHANGE_LINE, "\"closed\"", "\"123456789012345678901234567890123\""},
    {CHANGE_LINE, "\"phase\"", "\"accepted\""},
};

LOOP_TEST(what_is_no_line, COUNT(wrong_lines))
{
    const char *sound = wrong_lines[_i].line;
    const char *at = wrong_lines[_i].was == NULL ? NULL : strstr(sound, wrong_lines[_i].was);
    ck_assert((at == NULL) == (wrong_lines[_i].was == NULL));
    struct log_line line = {.received_ms = 99};
    struct error error = {.text = ""};
    if (at == NULL) {
        buffer_append_text(&out, sound);
    } else {
        ck_assert_int_eq(log_line_read(slice_of(sound), &line, &error), TURNOUT_OK);
        buffer_append(&out, sound, (size_t)(at - sound));
        buffer_append_text(&out, wrong_lines[_i].is);
        buffer_append_text(&out, at + strlen(wrong_lines[_i].was));
    }
    line.received_ms = 99;
    ck_assert_msg(log_line_read((struct slice){out.bytes, out.length}, &line, &error) == TURNOUT_BAD_INPUT,
                  "%s", out.bytes);
    ck_assert_int_eq(line.received_ms, 99);
    ck_assert_ptr_nonnull(strstr(error.text, "is not a line of the log"));
}

/* ---- the chain ---- */

/* Each head is sha256sum of the head before and the line. */
TEST(the_chain_is_sha_256)
{
    static const struct {
        struct slice line;
        const char *head;
    } links[] = {
        {{"abc", 3}, "365aa7d8f7f9402c4b9434502b4cc89ddb09fe50d7cd95b493b834c62d5a5370"},
        {{"", 0}, "e68b0c72b1aff9488294900ba6cc1e99075122a8d0c122eb42da506f9c2321a4"},
        {{"{\"received\":1}\n", 16},
         "9d3c2ddcc05414a38c28d28d9afa5d093ff246d78174334b86eb5ea480cf473c"}, /* a NUL is a byte, too */
    };
    unsigned char head[LOG_HEAD_BYTES] = {0};
    for (size_t i = 0; i < COUNT(links); i++) {
        char hex[2 * LOG_HEAD_BYTES + 1];
        log_chain_extend(head, links[i].line);
        ck_assert_str_eq(sodium_bin2hex(hex, sizeof hex, head, sizeof head), links[i].head);
    }
}

SUITE("log_line");
