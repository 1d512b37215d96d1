/* Every class of text that RFC 8259 accepts or rejects, as a report or within one, through the intake of a real
 * turnoutd: alone over HTTP, in a batch, and on the stream. A line of tests/conformance/json/NAME.cases is a case:
 *
 *   voted:  1.0       -> malformed voted     the value of a field of an otherwise good report; the code that it is
 *                                            refused with, and the field to blame if there is one
 *   member: "mood":1  -> malformed mood      one more member of a good report
 *   report: {<members>} x -> malformed       a whole report; <members> are those of a good one, <unit> is its unit
 *   note:   "\u0041"  -> same as "A"         taken, and to the server the same report as with the other text
 *
 * Texts are in the notation of vectors.h. Every case reports for a unit of its own, once by each way in, so that at the
 * end as many units have reported as cases were taken, and not one more. */
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/base/text.h>
#include <turnout/election/report.h>

#include "http.h"
#include "small_election.h"
#include "suite.h"
#include "turnoutd.h"
#include "vectors.h"
#include "workspace.h"

enum way { ALONE, IN_A_BATCH, ON_THE_STREAM, WAYS };

enum { CASES_A_FILE_MAX = 160, CASES_LEAST = 120, LINE_BYTES = 8192 };

static const char *const way_names[WAYS] = {"alone", "in a batch", "on the stream"};

static const char folder[] = "json";
static const char file_end[] = ".cases";

struct json_case {
    struct slice line; /* all of it, to be shown */
    struct slice where;
    struct slice text;
    struct slice same_as; /* NULL bytes without one */
    struct slice code;    /* empty: it is taken */
    struct slice field;
};

static struct vector_names names;
static struct workspace workspace;
static struct turnoutd turnoutd;

/* ---- reading cases ---- */

/* The part before the last ` -> `; *ret_outcome is the one behind it. */
static struct slice split_outcome(struct slice line, struct slice *ret_outcome)
{
    static const char arrow[] = "-> ";
    for (size_t at = line.length; at-- > 0;) {
        if (line.length - at > strlen(arrow) && memcmp(line.bytes + at, arrow, strlen(arrow)) == 0) {
            size_t outcome = at + strlen(arrow);
            *ret_outcome = (struct slice){line.bytes + outcome, line.length - outcome};
            return (struct slice){line.bytes, at};
        }
    }
    ck_abort_msg("no outcome: %.*s", (int)line.length, line.bytes);
    return line;
}

static struct json_case read_case(struct slice line)
{
    static const char same_as[] = "same as ";
    struct json_case c = {.line = line};
    struct slice outcome;
    c.text = split_outcome(line, &outcome);
    c.where = text_split(&c.text, ':');
    ck_assert_msg(c.text.bytes != NULL, "no place: %.*s", (int)line.length, line.bytes);
    c.text = slice_trim(c.text);
    if (outcome.length > strlen(same_as) && memcmp(outcome.bytes, same_as, strlen(same_as)) == 0) {
        c.same_as = (struct slice){outcome.bytes + strlen(same_as), outcome.length - strlen(same_as)};
    } else if (!slice_equals(outcome, "accepted")) {
        c.field = outcome;
        c.code = text_split(&c.field, ' ');
        enum report_code code;
        ck_assert_msg(report_code_parse(c.code, &code), "no such code: %.*s", (int)line.length, line.bytes);
    }
    return c;
}

/* The next line that is a case; false at the end. */
static bool next_case(struct slice *rest, struct json_case *ret_case)
{
    while (rest->bytes != NULL) {
        struct slice line = text_split(rest, '\n');
        if (line.length > 0 && line.bytes[0] != '#') {
            *ret_case = read_case(line);
            return true;
        }
    }
    return false;
}

/* ---- making reports ---- */

static const struct {
    const char *name;
    const char *value;
} required[] = {{"election", "\"small\""},
                {"unit", "\"<unit>\""},
                {"seq", "1"},
                {"as_of", "\"2026-03-15T09:00:00+07:00\""},
                {"voted", "1"},
                {"test", "true"}};

/* The members of a good report, one of them perhaps with another value, and one more perhaps. */
static void write_members(struct buffer *out, struct slice where, struct slice text)
{
    bool is_placed = where.length == 0;
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        buffer_printf(out, "%s\"%s\":", i == 0 ? "" : ",", required[i].name);
        if (slice_equals(where, required[i].name)) {
            buffer_append(out, text.bytes, text.length);
            is_placed = true;
        } else {
            buffer_append_text(out, required[i].value);
        }
    }
    if (!is_placed && !slice_equals(where, "member")) {
        buffer_printf(out, ",\"%.*s\":", (int)where.length, where.bytes);
        buffer_append(out, text.bytes, text.length);
    } else if (!is_placed) {
        buffer_append_char(out, ',');
        buffer_append(out, text.bytes, text.length);
    }
}

/* Puts `value` where `mark` stands. */
static void replace(struct buffer *text, const char *mark, const char *value)
{
    struct buffer out = {0};
    const char *at = text->bytes;
    for (const char *found = strstr(at, mark); found != NULL; found = strstr(at, mark)) {
        buffer_append(&out, at, (size_t)(found - at));
        buffer_append_text(&out, value);
        at = found + strlen(mark);
    }
    buffer_append_text(&out, at);
    buffer_done(text);
    *text = out;
}

static void write_report(struct buffer *out, struct slice where, struct slice text, const char *unit)
{
    static const struct slice nowhere = {"", 0};
    struct buffer members = {0};
    struct buffer notation = {0};
    if (slice_equals(where, "report")) {
        write_members(&members, nowhere, nowhere);
        buffer_append(&notation, text.bytes, text.length);
        buffer_append_text(&notation, "");
        replace(&notation, "<members>", members.bytes);
    } else {
        buffer_append_char(&notation, '{');
        write_members(&notation, where, text);
        buffer_append_char(&notation, '}');
    }
    replace(&notation, "<unit>", unit);
    vector_decode((struct slice){notation.bytes, notation.length}, out);
    buffer_done(&members);
    buffer_done(&notation);
}

/* ---- sending them ---- */

/* A line end ends the line wherever it stands, and an empty line is passed over: such a text has no such way. */
static bool has_way(const struct buffer *report, enum way way)
{
    return way == ALONE || (report->length > 0 && memchr(report->bytes, '\n', report->length) == NULL);
}

static json_t *send_over_http(const struct buffer *report, enum way way, int *ret_http_status)
{
    struct http_answer answer;
    const char *type = way == ALONE ? "application/json" : "application/x-ndjson";
    http_post(turnoutd.intake_http_port, "/v1/reports", type, report->bytes, report->length, &answer);
    json_t *result = json_of(answer.body);
    *ret_http_status = answer.status;
    http_answer_done(&answer);
    return result;
}

static json_t *send_on_stream(const struct buffer *report)
{
    char line[LINE_BYTES];
    struct http_link link;
    http_open(&link, turnoutd.intake_stream_port);
    http_send(&link, report->bytes, report->length);
    http_send_text(&link, "\n");
    http_read_line(&link, line, sizeof line);
    http_close(&link);
    return json_of(line);
}

/* Whether a member is this text; an empty one may be absent. */
static bool member_is(const json_t *answer, const char *key, struct slice wanted)
{
    const char *given = json_string_value(json_object_get(answer, key));
    return slice_equals(wanted, given == NULL ? "" : given);
}

/* The answer that a taken report, or one refused with `code`, has to get. */
static bool is_answered(const struct buffer *report, enum way way, const char *taken_as,
                        const struct json_case *c)
{
    int http_status = 200;
    json_t *answer =
        way == ON_THE_STREAM ? send_on_stream(report) : send_over_http(report, way, &http_status);
    struct report_result expected = {.status = c->code.length > 0 ? STATUS_REJECTED : STATUS_ACCEPTED};
    bool is_right;
    if (c->code.length > 0) {
        (void)report_code_parse(c->code, &expected.code);
        is_right = member_is(answer, "code", c->code) && member_is(answer, "field", c->field) &&
                   json_object_get(answer, "receipt") == NULL;
    } else {
        (void)report_status_parse(slice_of(taken_as), &expected.status);
        is_right =
            member_is(answer, "status", slice_of(taken_as)) && json_object_get(answer, "receipt") != NULL;
    }
    is_right = is_right && http_status == (way == ALONE ? report_result_http_status(&expected) : 200);
    if (!is_right) {
        char *shown = json_dumps(answer, JSON_COMPACT);
        (void)fprintf(stderr, "%.*s: %s: %d %s\n", (int)c->line.length, c->line.bytes, way_names[way],
                      http_status, shown);
        free(shown);
    }
    json_decref(answer);
    return is_right;
}

/* The unit of a case and a way. */
static void write_unit(char ret_unit[AREA_CODE_BYTES], size_t file, size_t number, enum way way)
{
    size_t index = (file * CASES_A_FILE_MAX + number) * WAYS + way;
    int length = snprintf(ret_unit, AREA_CODE_BYTES, "u%04zu", index);
    ck_assert(length > 0 && length < AREA_CODE_BYTES);
}

/* Returns whether all is as it should be; *ret_taken is whether a report was to be taken. */
static bool check_case(const struct json_case *c, const char *unit, enum way way, bool sends, bool *ret_taken)
{
    struct buffer report = {0};
    write_report(&report, c->where, c->text, unit);
    buffer_append_text(&report, "");
    bool is_right = true;
    *ret_taken = c->code.length == 0 && has_way(&report, way);
    if (sends && has_way(&report, way)) {
        if (c->same_as.bytes != NULL) {
            struct buffer first = {0};
            write_report(&first, c->where, c->same_as, unit);
            is_right = is_answered(&first, way, "accepted", c);
            buffer_done(&first);
        }
        is_right =
            is_answered(&report, way, c->same_as.bytes != NULL ? "duplicate" : "accepted", c) && is_right;
    }
    buffer_done(&report);
    return is_right;
}

/* Goes through a file, sending or only counting. Returns how many reports were to be taken. */
static size_t go_through(size_t file, bool sends, size_t *ret_cases, size_t *ret_wrong)
{
    char *text = vector_read(folder, names.names[file], file_end);
    struct slice rest = slice_of(text);
    struct json_case c;
    size_t taken = 0;
    size_t number = 0;
    *ret_wrong = 0;
    while (next_case(&rest, &c)) {
        ck_assert_uint_lt(number, CASES_A_FILE_MAX);
        for (enum way way = ALONE; way < WAYS; way++) {
            char unit[AREA_CODE_BYTES];
            bool is_taken;
            write_unit(unit, file, number, way);
            *ret_wrong += !check_case(&c, unit, way, sends, &is_taken);
            taken += is_taken;
        }
        number++;
    }
    free(text);
    *ret_cases = number;
    return taken;
}

/* Before the server is started, because the names are counted before any test is run. */
static int list_cases(void)
{
    vectors_list(folder, file_end, &names);
    return (int)names.count;
}

/* An election with as many units as there can be cases. */
static void add_wide_election(void)
{
    struct buffer units = {0};
    buffer_append_text(&units, "code,commune,name,registered\nlast,0102,Last,1\n");
    for (size_t file = 0; file < names.count; file++) {
        for (size_t number = 0; number < CASES_A_FILE_MAX; number++) {
            for (enum way way = ALONE; way < WAYS; way++) {
                char unit[AREA_CODE_BYTES];
                write_unit(unit, file, number, way);
                buffer_printf(&units, "%s,0101,A unit,%d\n", unit, VOTERS_MAX);
            }
        }
    }
    workspace_add_small_election(&workspace, "election");
    workspace_write(&workspace, "election/units.csv", units.bytes);
    buffer_done(&units);
}

static void start_server(void)
{
    workspace_init(&workspace);
    add_wide_election();
    turnoutd_start(&turnoutd, &workspace, NULL);
}

static void stop_server(void)
{
    turnoutd_stop(&turnoutd);
    workspace_done(&workspace);
}

SHARED_FIXTURE(start_server, stop_server);

LOOP_TEST(every_text_has_its_one_answer, list_cases())
{
    size_t cases;
    size_t wrong;
    (void)go_through((size_t)_i, true, &cases, &wrong);
    ck_assert_msg(wrong == 0, "%s: %zu answers are not what they should be", names.names[_i], wrong);
}

static int64_t units_reported(void)
{
    json_t *document = json_get(turnoutd.public_port, "/v1/turnout", 200);
    int64_t count = json_integer_of(json_object_of(document, "nation"), "units_reported");
    json_decref(document);
    return count;
}

/* The last one, for it looks back on all of them. One report more is shown no sooner than all that were taken before
 * it. */
TEST(as_many_were_counted_as_were_taken)
{
    enum { ASK_AGAIN_MS = 20 };
    size_t expected = 1;
    size_t total = 0;
    for (size_t file = 0; file < names.count; file++) {
        size_t cases;
        size_t wrong;
        expected += go_through(file, false, &cases, &wrong);
        total += cases;
    }
    ck_assert_uint_ge(total, CASES_LEAST);

    small_report_expect(turnoutd.intake_http_port, &(struct small_report){.unit = "last", .seq = 1}, 201);
    int64_t deadline = clock_monotonic_ms() + PROCESS_DEADLINE_MS;
    while (units_reported() < (int64_t)expected) {
        ck_assert_msg(clock_monotonic_ms() < deadline, "%lld units have reported, not %zu",
                      (long long)units_reported(), expected);
        ck_assert_int_eq(poll(NULL, 0, ASK_AGAIN_MS), 0);
    }
    ck_assert_int_eq(units_reported(), (int64_t)expected);
}

SUITE("json");
