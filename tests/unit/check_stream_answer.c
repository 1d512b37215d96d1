/* Answers of the stream intake: the fast way and the thorough way must agree. */
#include <stdbool.h>
#include <string.h>

#include <check.h>

#include "client/stream_answer.h"
#include "suite.h"

struct good_case {
    const char *answer;
    enum report_status status;
    enum report_code code;
    const char *receipt;
    const char *detail;
    uint64_t line;
};

static const struct good_case good_cases[] = {
    {"{\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"line\":12}",
     STATUS_ACCEPTED, CODE_NONE, "7K4Q-9M2D", "", 12},
    {"{\"line\":1,\"unit\":\"u\",\"seq\":7,\"status\":\"duplicate\",\"receipt\":\"7K4Q-9M2D\"}",
     STATUS_DUPLICATE, CODE_NONE, "7K4Q-9M2D", "", 1},
    {"{\"line\":1,\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"generation\":"
     "\"ab\"}",
     STATUS_ACCEPTED, CODE_NONE, "7K4Q-9M2D", "", 1},
    {"{\"line\":1,\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"detail\":"
     "\"a test report, which does not count\",\"generation\":\"ab\",\"test\":true}",
     STATUS_ACCEPTED, CODE_NONE, "7K4Q-9M2D", "a test report, which does not count", 1},
    {"{ \"line\": 3, \"status\": \"accepted\", \"receipt\": \"7K4Q-9M2D\" }", STATUS_ACCEPTED, CODE_NONE,
     "7K4Q-9M2D", "", 3},
    {"{\"unit\":\"u\",\"seq\":7,\"status\":\"superseded\",\"receipt\":\"7K4Q-9M2D\",\"line\":9}",
     STATUS_SUPERSEDED, CODE_NONE, "7K4Q-9M2D", "", 9},
    {"{\"unit\":\"u\",\"seq\":7,\"status\":\"unavailable\",\"code\":\"store-unavailable\",\"line\":4}",
     STATUS_UNAVAILABLE, CODE_STORE_UNAVAILABLE, "", "", 4},
    /* What a text says is not what the answer says. */
    {"{\"status\":\"rejected\",\"code\":\"malformed\",\"detail\":\"\\\"status\\\":\\\"accepted\\\","
     "\\\"line\\\":5\",\"line\":6}",
     STATUS_REJECTED, CODE_MALFORMED, "", "\"status\":\"accepted\",\"line\":5", 6},
    {"{\"line\":9223372036854775807,\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-"
     "9M2D\"}",
     STATUS_ACCEPTED, CODE_NONE, "7K4Q-9M2D", "", INT64_MAX},
    {"{\"x\":{\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"line\":5},\"status\":\"rejected\",\"line\":"
     "6}",
     STATUS_REJECTED, CODE_NONE, "", "", 6},
};

LOOP_TEST(a_good_answer_is_read, COUNT(good_cases))
{
    const struct good_case *c = &good_cases[_i];
    struct report_result result;
    struct error error = {0};
    uint64_t line = 0;
    ck_assert_msg(stream_answer_read(slice_of(c->answer), &result, &line, &error) == TURNOUT_OK, "%s: %s",
                  c->answer, error.text);
    ck_assert_int_eq(result.status, c->status);
    ck_assert_int_eq(result.code, c->code);
    ck_assert_str_eq(result.receipt, c->receipt);
    ck_assert_str_eq(result.detail, c->detail);
    ck_assert_uint_eq(line, c->line);
    ck_assert(result.test == (strstr(c->answer, "\"test\":true") != NULL));
    bool has_generation = strstr(c->answer, "\"generation\":\"ab\"") != NULL;
    ck_assert_str_eq(result.generation, has_generation ? "ab" : "");
}

static const char *const bad_answers[] = {
    "",
    "{}",
    "accepted",
    "{\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"line\":12",  /* cut */
    "{\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"line\":-1}", /* no such line */
    "{\"status\":\"wonderful\",\"line\":12}",
    "{\"status\":\"accepted\"\"receipt\":\"7K4Q-9M2D\",\"line\":1x}", /* not JSON */
    "{\"line\":01,\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\"}",
    "{\"line\":9223372036854775808,\"unit\":\"u\",\"seq\":7,\"status\":\"accepted\",\"receipt\":\"7K4Q-"
    "9M2D\"}",
    "[{\"status\":\"accepted\",\"receipt\":\"7K4Q-9M2D\",\"line\":12}]",
};

LOOP_TEST(a_bad_answer_is_refused, COUNT(bad_answers))
{
    struct report_result result;
    struct error error = {0};
    uint64_t line = 0;
    ck_assert_msg(stream_answer_read(slice_of(bad_answers[_i]), &result, &line, &error) != TURNOUT_OK, "%s",
                  bad_answers[_i]);
    ck_assert_str_ne(error.text, "");
}

TEST(an_answer_without_a_line_says_so)
{
    static const char answer[] = "{\"status\":\"rejected\",\"code\":\"too-many\",\"detail\":\"no room\"}";
    struct report_result result;
    uint64_t line = 77;
    ck_assert_int_eq(stream_answer_read(slice_of(answer), &result, &line, NULL), TURNOUT_OK);
    ck_assert_uint_eq(line, 0);
    ck_assert_int_eq(result.code, CODE_TOO_MANY);
}

SUITE("stream_answer");
