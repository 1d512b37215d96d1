/* Which answers of the HTTP intake take a report out of the spool, and which leave it there. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "client/report_answer.h"
#include "suite.h"

struct answer_case {
    int http_status;
    const char *body;
    enum turnout_error expected;
    enum report_status status; /* for TURNOUT_OK */
    enum report_code code;
};

#define PROBLEM(code)  "{\"type\":\"urn:turnout:problem:" code "\",\"status\":1,\"code\":\"" code "\"}"
#define RESULT(status) "{\"unit\":\"u\",\"seq\":1,\"status\":\"" status "\",\"receipt\":\"7K4Q-9M2D\"}"

static const struct answer_case cases[] = {
    {201, RESULT("accepted"), TURNOUT_OK, STATUS_ACCEPTED, CODE_NONE},
    {200, RESULT("duplicate"), TURNOUT_OK, STATUS_DUPLICATE, CODE_NONE},
    {200, RESULT("superseded"), TURNOUT_OK, STATUS_SUPERSEDED, CODE_NONE},
    {202, RESULT("held"), TURNOUT_OK, STATUS_HELD, CODE_NONE},
    {422, PROBLEM("voted-exceeds-registered"), TURNOUT_OK, STATUS_REJECTED, CODE_VOTED_EXCEEDS_REGISTERED},
    {409, PROBLEM("seq-conflict"), TURNOUT_OK, STATUS_REJECTED, CODE_SEQ_CONFLICT},
    {400, PROBLEM("malformed"), TURNOUT_OK, STATUS_REJECTED, CODE_MALFORMED},
    /* Later, perhaps. */
    {503, PROBLEM("store-unavailable"), TURNOUT_UNAVAILABLE, 0, 0},
    {429, PROBLEM("too-many"), TURNOUT_UNAVAILABLE, 0, 0},
    {200, "{\"unit\":\"u\",\"seq\":1,\"status\":\"unavailable\",\"code\":\"store-unavailable\"}",
     TURNOUT_UNAVAILABLE, 0, 0},
    {500, PROBLEM("malformed"), TURNOUT_UNAVAILABLE, 0, 0},
    /* Not the word of an intake. */
    {502, "<html>Bad Gateway</html>", TURNOUT_UNAVAILABLE, 0, 0},
    {404, "<html>Not Found</html>", TURNOUT_UNAVAILABLE, 0, 0},
    {404, PROBLEM("no-such-page"), TURNOUT_UNAVAILABLE, 0, 0},
    {404, "{\"code\":\"\"}", TURNOUT_UNAVAILABLE, 0, 0},
    {404, "{\"code\":7}", TURNOUT_UNAVAILABLE, 0, 0},
    {404, "[]", TURNOUT_UNAVAILABLE, 0, 0},
    {404, "", TURNOUT_UNAVAILABLE, 0, 0},
    {200, "hello", TURNOUT_UNAVAILABLE, 0, 0},
    {201, "", TURNOUT_UNAVAILABLE, 0, 0},
    {204, "{}", TURNOUT_UNAVAILABLE, 0, 0},
    {301, RESULT("accepted"), TURNOUT_UNAVAILABLE, 0, 0},
};

/* What a hostile server says of a report is shown to a person: nothing of it steers a terminal. */
TEST(what_a_server_says_can_be_shown)
{
    struct report_result result;
    struct error error = {0};
    ck_assert_int_eq(report_answer_read(422,
                                        slice_of("{\"code\":\"malformed\",\"field\":\"a\\u009bm\","
                                                 "\"detail\":\"\\u001b]0;x\\u0007\\u202egood\\r\\n\"}"),
                                        &result, &error),
                     TURNOUT_OK);
    ck_assert_str_eq(result.detail, "?]0;x??good??");
    ck_assert_str_eq(result.field, "a?m");
    ck_assert_int_eq(report_answer_read(201,
                                        slice_of("{\"unit\":\"u\",\"seq\":1,\"status\":\"accepted\","
                                                 "\"receipt\":\"\\u001b[2J\"}"),
                                        &result, &error),
                     TURNOUT_OK);
    ck_assert_str_eq(result.receipt, "?[2J");
    ck_assert_int_eq(report_answer_read(503,
                                        slice_of("{\"code\":\"store-unavailable\",\"detail\":\"\\u001bc\"}"),
                                        &result, &error),
                     TURNOUT_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error.text, "?c"));
}

LOOP_TEST(an_answer_is_judged, COUNT(cases))
{
    const struct answer_case *c = &cases[_i];
    struct report_result result;
    struct error error = {0};
    enum turnout_error code = report_answer_read(c->http_status, slice_of(c->body), &result, &error);
    ck_assert_msg(code == c->expected, "HTTP %d %s: %d %s", c->http_status, c->body, (int)code, error.text);
    if (code == TURNOUT_OK) {
        ck_assert_int_eq(result.status, c->status);
        ck_assert_int_eq(result.code, c->code);
    } else {
        ck_assert_str_ne(error.text, "");
    }
}

TEST(a_problem_tells_the_next_seq)
{
    static const struct {
        const char *members;
        int32_t next_seq;
        bool test;
    } tellings[] = {
        {"\"next_seq\":13", 13, false},    {"\"next_seq\":2147483647,\"test\":true", 2147483647, true},
        {"\"next_seq\":0", 0, false},      {"\"next_seq\":2147483648,\"test\":1", 0, false},
        {"\"next_seq\":\"13\"", 0, false},
    };
    for (int i = 0; i < COUNT(tellings); i++) {
        char body[256];
        struct report_result result;
        (void)snprintf(body, sizeof body, "{\"code\":\"seq-behind\",%s}", tellings[i].members);
        ck_assert_int_eq(report_answer_read(409, slice_of(body), &result, NULL), TURNOUT_OK);
        ck_assert_int_eq(result.next_seq, tellings[i].next_seq);
        ck_assert_int_eq(result.test, tellings[i].test);
    }
}

TEST(texts_for_people_are_cut_between_characters)
{
    char body[2048] = "{\"code\":\"malformed\",\"field\":\"seq\",\"detail\":\"x";
    while (strlen(body) < 1000) {
        (void)strcat(body, "\u1ec7");
    }
    (void)strcat(body, "\"}");
    struct report_result result;
    ck_assert_int_eq(report_answer_read(400, slice_of(body), &result, NULL), TURNOUT_OK);
    ck_assert_str_eq(result.field, "seq");
    ck_assert_uint_ge(strlen(result.detail), sizeof result.detail - 4);
    ck_assert(text_is_utf8(slice_of(result.detail), NULL));
}

SUITE("report_answer");
