/* Reports and answers as JSON. The examples of proto/ are replayed as they stand there; what no file can show
 * well is in tables here. */
#include <turnout/wire/report_json.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include <turnout/wire/signature.h>

#include "suite.h"

#define EXAMPLES   TURNOUT_SOURCE_DIR "/proto/examples"
#define REPORT     "{\"election\":\"e\",\"unit\":\"u\",\"seq\":1,\"as_of\":\"2026-03-15T08:00:00Z\",\"voted\":3"
#define REPORT_END REPORT "}"

enum { FILE_BYTES_MAX = 8192, PATH_BYTES_MAX = 512, EXAMPLES_MIN = 10 };

struct text {
    char bytes[FILE_BYTES_MAX];
    size_t length;
};

static void read_file(const char *folder, const char *name, const char *ending, struct text *ret_text)
{
    char path[PATH_BYTES_MAX];
    int length = snprintf(path, sizeof path, EXAMPLES "/%s/%s%s", folder, name, ending);
    ck_assert(length > 0 && length < (int)sizeof path);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    ret_text->length = fread(ret_text->bytes, 1, sizeof ret_text->bytes - 1, file);
    ret_text->bytes[ret_text->length] = '\0';
    ck_assert_int_eq(fclose(file), 0);
}

/* Calls `check` with the name of every example in a folder, and says how many there were. */
static size_t each_example(const char *folder, void (*check)(const char *name))
{
    char path[PATH_BYTES_MAX];
    ck_assert_int_gt(snprintf(path, sizeof path, EXAMPLES "/%s", folder), 0);
    DIR *directory = opendir(path);
    ck_assert_msg(directory != NULL, "cannot open %s", path);
    size_t count = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        struct slice name = slice_of(entry->d_name);
        if (name.length > 5 && strcmp(entry->d_name + name.length - 5, ".json") == 0) {
            char stem[256];
            ck_assert(slice_copy((struct slice){name.bytes, name.length - 5}, stem, sizeof stem));
            check(stem);
            count++;
        }
    }
    ck_assert_int_eq(closedir(directory), 0);
    return count;
}

static void check_valid(const char *name)
{
    struct text json;
    struct text lines;
    struct text receipt_line;
    read_file("valid", name, ".json", &json);
    read_file("valid", name, ".lines", &lines);
    read_file("valid", name, ".result", &receipt_line);

    struct report report;
    struct error error;
    enum turnout_error failed = report_json_parse(json.bytes, json.length, &report, &error);
    ck_assert_msg(failed == TURNOUT_OK, "%s: %s %s", name, error.field, error.text);

    struct buffer written = {0};
    signed_lines_write(&written, &report);
    ck_assert_msg(strcmp(written.bytes, lines.bytes) == 0, "%s: %s", name, written.bytes);

    unsigned char digest[REPORT_DIGEST_BYTES];
    char receipt[RECEIPT_BYTES];
    report_digest(&report, digest);
    receipt_from_digest(digest, receipt);
    ck_assert_msg(slice_equals((struct slice){receipt_line.bytes, receipt_line.length - 1}, receipt),
                  "%s: %s", name, receipt);

    /* written by us and read again, it is the same report */
    struct report again;
    struct buffer ours = {0};
    report_json_write(&ours, &report);
    ck_assert_int_eq(report_json_parse(ours.bytes, ours.length, &again, &error), TURNOUT_OK);
    buffer_clear(&written);
    signed_lines_write(&written, &again);
    ck_assert_str_eq(written.bytes, lines.bytes);
    ck_assert_str_eq(again.sig, report.sig);
    ck_assert_int_eq(again.as_of, report.as_of);
    buffer_done(&ours);
    buffer_done(&written);
}

TEST(valid_examples_are_read_and_give_their_receipt)
{
    ck_assert_uint_ge(each_example("valid", check_valid), EXAMPLES_MIN);
}

static void check_invalid(const char *name)
{
    struct text json;
    struct text expected;
    read_file("invalid", name, ".json", &json);
    read_file("invalid", name, ".result", &expected);

    struct report report;
    struct error error;
    enum turnout_error failed = report_json_parse(json.bytes, json.length, &report, &error);
    ck_assert_msg(failed != TURNOUT_OK, "%s was taken", name);
    char found[FILE_BYTES_MAX];
    enum report_code code = failed == TURNOUT_TOO_LARGE ? CODE_TOO_LARGE : CODE_MALFORMED;
    int length = snprintf(found, sizeof found, "%s%s%s\n", report_code_name(code),
                          error.field[0] == '\0' ? "" : " ", error.field);
    ck_assert_int_gt(length, 0);
    ck_assert_msg(strcmp(found, expected.bytes) == 0, "%s: %s (%s)", name, found, error.text);
    ck_assert_uint_gt(strlen(error.text), 0);
}

TEST(invalid_examples_are_refused_for_their_reason)
{
    ck_assert_uint_ge(each_example("invalid", check_invalid), EXAMPLES_MIN);
}

TEST(a_report_is_read_whole)
{
    static const char json[] =
        "{\"note\":\"a \\\"b\\\" \\u1ec7\",\"reason\":\"wrong-unit\",\"kind\":\"correction\","
        "\"registered\":905,\"voted\":812,\"as_of\":\"2026-03-15T15:00:00+07:00\",\"seq\":7,"
        "\"unit\":\"19804-003\",\"key\":\"k.1\",\"election\":\"vn-2026\",\"test\":true,\"sig\":\"-_"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}";
    struct report report;
    memset(&report, 'x', sizeof report);
    struct error error;
    ck_assert_msg(report_json_parse(json, sizeof json - 1, &report, &error) == TURNOUT_OK, "%s", error.text);
    ck_assert_str_eq(report.election, "vn-2026");
    ck_assert_str_eq(report.unit, "19804-003");
    ck_assert_int_eq(report.seq, 7);
    ck_assert_str_eq(report.as_of_text, "2026-03-15T15:00:00+07:00");
    ck_assert_int_eq(report.as_of, 1773561600);
    ck_assert_int_eq(report.voted, 812);
    ck_assert_int_eq(report.registered, 905);
    ck_assert(report.kind_given);
    ck_assert_int_eq(report.kind, KIND_CORRECTION);
    ck_assert_int_eq(report.reason, REASON_WRONG_UNIT);
    ck_assert_str_eq(report.note, "a \"b\" ệ");
    ck_assert(report.test);
    ck_assert_str_eq(report.key, "k.1");
    ck_assert_uint_eq(strlen(report.sig), SIGNATURE_TEXT_BYTES);
}

TEST(what_is_absent_is_so_in_the_report)
{
    struct report report;
    memset(&report, 'x', sizeof report);
    struct error error;
    ck_assert_int_eq(report_json_parse(REPORT_END, sizeof REPORT_END - 1, &report, &error), TURNOUT_OK);
    ck_assert_int_eq(report.registered, REGISTERED_ABSENT);
    ck_assert(!report.kind_given);
    ck_assert_int_eq(report.kind, KIND_PROGRESS);
    ck_assert_int_eq(report.reason, REASON_NONE);
    ck_assert_str_eq(report.note, "");
    ck_assert(!report.test);
    ck_assert_str_eq(report.key, "");
    ck_assert_str_eq(report.sig, "");
}

static const char *const accepted[] = {
    REPORT_END,
    " \r\n\t" REPORT_END "\n ",
    REPORT ",\"kind\":\"correction\"}", /* the missing reason is for the rules to refuse */
    REPORT ",\"note\":\"\"}",
    REPORT ",\"note\":\"a-b\",\"registered\":0}",       /* a minus in a string is none before a zero */
    REPORT ",\"registered\":0,\"note\":\"\\\\\\\"-\"}", /* nor behind escapes */
};

LOOP_TEST(what_is_unusual_but_right_is_taken, COUNT(accepted))
{
    struct report report;
    struct error error;
    ck_assert_msg(report_json_parse(accepted[_i], strlen(accepted[_i]), &report, &error) == TURNOUT_OK,
                  "%s: %s", accepted[_i], error.text);
}

TEST(the_largest_report_is_4096_bytes)
{
    char json[REPORT_BYTES_MAX + 1];
    memset(json, ' ', sizeof json);
    memcpy(json, REPORT_END, sizeof REPORT_END - 1);
    struct report report;
    struct error error;
    ck_assert_int_eq(report_json_parse(json, REPORT_BYTES_MAX, &report, &error), TURNOUT_OK);
    ck_assert_int_eq(report_json_parse(json, REPORT_BYTES_MAX + 1, &report, &error), TURNOUT_TOO_LARGE);
    ck_assert_str_eq(error.text, "4097 bytes, a report has at most 4096");
}

/* Every head of a report is no report, and no byte behind it is read (each has memory of its own). */
TEST(half_a_report_is_malformed)
{
    for (size_t length = 0; length < sizeof REPORT_END - 1; length++) {
        char *head = malloc(length + (length == 0));
        ck_assert_ptr_nonnull(head);
        memcpy(head, REPORT_END, length);
        struct report report;
        struct error error;
        ck_assert_int_eq(report_json_parse(head, length, &report, &error), TURNOUT_BAD_INPUT);
        ck_assert_str_eq(error.field, "");
        free(head);
    }
}

TEST(depth_is_survived)
{
    static const char openings[] = {'[', '{'};
    for (size_t i = 0; i < sizeof openings; i++) {
        char json[REPORT_BYTES_MAX];
        memset(json, openings[i], sizeof json);
        struct report report;
        struct error error;
        ck_assert_int_eq(report_json_parse(json, sizeof json, &report, &error), TURNOUT_BAD_INPUT);
    }
    char nested[REPORT_BYTES_MAX];
    size_t length = sizeof "{\"note\":" - 1;
    memcpy(nested, "{\"note\":", length);
    memset(nested + length, '[', 1500);
    memset(nested + length + 1500, ']', 1500);
    nested[length + 3000] = '}';
    struct report report;
    struct error error;
    ck_assert_int_eq(report_json_parse(nested, length + 3001, &report, &error), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "election"); /* it is JSON, and lacks the first field */
}

static const struct {
    const char *json, *unit;
    int32_t seq;
    bool test;
} identities[] = {
    {"{\"unit\":\"19804-003\",\"seq\":8}", "19804-003", 8, false},
    {"{\"unit\":\"19804-003\",\"seq\":8,\"test\":true}", "19804-003", 8, true},
    {"{\"test\":true,\"x\":null}", "", 0, true},
    {REPORT ",\"test\":1}", "u", 1, false},
    {REPORT ",\"test\":true", "", 0, false},
    {"{\"unit\":\"19804-003\",\"seq\":8,\"x\":1}", "19804-003", 8, false},
    {"{\"seq\":8,\"unit\":\"no code\"}", "", 8, false},
    {"{\"seq\":0,\"unit\":\"u\"}", "u", 0, false},
    {"{\"seq\":\"8\",\"unit\":5}", "", 0, false},
    {REPORT ",\"registered\":-5}", "u", 1, false},
    {"{\"unit\":\"u\",\"unit\":\"u\"}", "", 0, false},
    {"[]", "", 0, false},
    {"", "", 0, false},
};

LOOP_TEST(a_refused_report_still_says_whose_it_is, COUNT(identities))
{
    struct report report;
    memset(&report, 'x', sizeof report);
    ck_assert_int_eq(report_json_parse(identities[_i].json, strlen(identities[_i].json), &report, NULL),
                     TURNOUT_BAD_INPUT);
    ck_assert_str_eq(report.unit, identities[_i].unit);
    ck_assert_int_eq(report.seq, identities[_i].seq);
    ck_assert_int_eq(report.test, identities[_i].test);
}

TEST(faults_are_told_in_words_that_help)
{
    static const struct {
        const char *json, *field, *text;
    } faults[] = {
        {REPORT ",\"registered\":-1}", "registered", "must be a whole number, 0 to 10000000, or absent"},
        {REPORT ",\"test\":false}", "test", "must be true in a test report, and absent in any other"},
        {REPORT ",\"test\":null,\"key\":1}", "test",
         "must be true in a test report, and absent in any other"},
        {"{\"election\":\"e\"}", "unit", "missing"},
        {"{\"voted\":1,\"votes\":2}", "votes", "not a field of a report"},
        {"{\"voted\":1,}", "", "not JSON, at byte 12 of 12"},
        {"{\"voted\":1,\"voted\":1}", "", "a key is given twice, at byte 18 of 21"},
        {"{\"voted\":99999999999999999999}", "", "a number is too large, at byte 29 of 30"},
        {"3", "", "must be a JSON object"},
        {"", "", "empty, must be a JSON object"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct report report;
        struct error error;
        ck_assert_int_eq(report_json_parse(faults[i].json, strlen(faults[i].json), &report, &error),
                         TURNOUT_BAD_INPUT);
        ck_assert_str_eq(error.field, faults[i].field);
        ck_assert_str_eq(error.text, faults[i].text);
    }
}

static const struct {
    struct report_result result;
    uint64_t line;
    const char *json;
} answers[] = {
    {{.unit = "19804-003", .seq = 7, .status = STATUS_ACCEPTED, .receipt = "7K4Q-9M2D"},
     0,
     "{\"unit\":\"19804-003\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\"}"},
    {{.unit = "19804-003",
      .seq = 8,
      .status = STATUS_REJECTED,
      .code = CODE_VOTED_EXCEEDS_REGISTERED,
      .field = "voted",
      .detail = "912 voted, 905 registered"},
     12,
     "{\"line\":12,\"unit\":\"19804-003\",\"seq\":8,\"status\":\"rejected\",\"code\":\"voted-exceeds-"
     "registered\","
     "\"detail\":\"912 voted, 905 registered\",\"field\":\"voted\"}"},
    {{.status = STATUS_UNAVAILABLE, .code = CODE_STORE_UNAVAILABLE, .detail = "say \"again\""},
     1,
     "{\"line\":1,\"status\":\"unavailable\",\"code\":\"store-unavailable\",\"detail\":\"say "
     "\\\"again\\\"\"}"},
    {{.unit = "u", .seq = SEQ_MAX, .status = STATUS_HELD, .receipt = "00000000-"},
     UINT32_MAX,
     "{\"line\":4294967295,\"unit\":\"u\",\"seq\":2147483647,\"status\":\"held\",\"receipt\":\"00000000-\"}"},
    {{.unit = "u",
      .seq = 3,
      .status = STATUS_REJECTED,
      .code = CODE_SEQ_BEHIND,
      .field = "seq",
      .detail = "d",
      .next_seq = 8,
      .generation = "0123456789abcdef0123456789abcdef",
      .test = true},
     0,
     "{\"unit\":\"u\",\"seq\":3,\"status\":\"rejected\",\"code\":\"seq-behind\",\"detail\":\"d\",\"field\":"
     "\"seq\","
     "\"next_seq\":8,\"generation\":\"0123456789abcdef0123456789abcdef\",\"test\":true}"},
};

LOOP_TEST(answers_are_written_and_read_again, COUNT(answers))
{
    struct buffer out = {0};
    result_json_write(&out, &answers[_i].result, answers[_i].line);
    ck_assert_str_eq(out.bytes, answers[_i].json);

    struct report_result back;
    uint64_t line = 99;
    struct error error;
    ck_assert_int_eq(result_json_parse(out.bytes, out.length, &back, &line, &error), TURNOUT_OK);
    const struct report_result *sent = &answers[_i].result;
    ck_assert_str_eq(back.unit, sent->unit);
    ck_assert_int_eq(back.seq, sent->seq);
    ck_assert_int_eq(back.status, sent->status);
    ck_assert_int_eq(back.code, sent->code);
    ck_assert_str_eq(back.receipt, sent->receipt);
    ck_assert_str_eq(back.field, sent->field);
    ck_assert_str_eq(back.detail, sent->detail);
    ck_assert_int_eq(back.next_seq, sent->next_seq);
    ck_assert_str_eq(back.generation, sent->generation);
    ck_assert_int_eq(back.test, sent->test);
    ck_assert_uint_eq(line, answers[_i].line);
    buffer_done(&out);
}

TEST(answers_may_hold_more_than_we_know)
{
    static const char json[] = "{\"status\":\"accepted\",\"weather\":{\"rain\":[true]},\"seq\":3}";
    struct report_result result;
    uint64_t line;
    struct error error;
    ck_assert_int_eq(result_json_parse(json, sizeof json - 1, &result, &line, &error), TURNOUT_OK);
    ck_assert_int_eq(result.seq, 3);
    ck_assert_str_eq(result.unit, "");
}

static const struct {
    const char *json, *field;
} no_answers[] = {
    {"", ""},
    {"[]", ""},
    {"{\"status\":\"accepted\"", ""},
    {"{}", "status"},
    {"{\"status\":\"fine\"}", "status"},
    {"{\"status\":201}", "status"},
    {"{\"status\":\"rejected\",\"code\":\"nonsense\"}", "status"},
    {"{\"status\":\"held\",\"seq\":-1}", "seq"},
    {"{\"status\":\"held\",\"seq\":2147483648}", "seq"},
    {"{\"status\":\"held\",\"seq\":\"1\"}", "seq"},
    {"{\"status\":\"held\",\"line\":-1}", "line"},
    {"{\"status\":\"held\",\"unit\":7}", "unit"},
    {"{\"status\":\"held\",\"unit\":\"123456789012345678901234567890123\"}", "unit"},
    {"{\"status\":\"held\",\"receipt\":\"7K4Q-9M2D5\"}", "receipt"},
    {"{\"status\":\"held\",\"next_seq\":-1}", "next_seq"},
    {"{\"status\":\"held\",\"next_seq\":2147483648}", "next_seq"},
    {"{\"status\":\"held\",\"next_seq\":\"8\"}", "next_seq"},
    {"{\"status\":\"held\",\"generation\":7}", "generation"},
    {"{\"status\":\"held\",\"generation\":\"0123456789abcdef0123456789abcdef0\"}", "generation"},
    {"{\"status\":\"held\",\"test\":1}", "test"},
};

LOOP_TEST(no_answer_is_guessed_at, COUNT(no_answers))
{
    struct report_result result = {.seq = 77};
    uint64_t line = 77;
    struct error error;
    ck_assert_int_eq(
        result_json_parse(no_answers[_i].json, strlen(no_answers[_i].json), &result, &line, &error),
        TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, no_answers[_i].field);
    ck_assert_int_eq(result.seq, 77);
    ck_assert_uint_eq(line, 77);
}

SUITE("report_json");
