/* Excuses: there and back, and when they stand. */
#include <check.h>
#include <string.h>

#include <turnout/wire/excuse.h>

#include "suite.h"

static const struct excuse excuses[] = {
    {.status = EXCUSE_NO_SIGNAL, .given_ms = 5000, .note = "bờ \"sông\" \\", .who = "office (7K4Q9M2D)"},
    {.status = EXCUSE_NOT_OPENING, .given_ms = 1},
    {.status = EXCUSE_MERGED, .into = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", .given_ms = INT64_MAX},
    {.status = EXCUSE_EXPECTED, .until = 1773561600},
};

LOOP_TEST(an_excuse_goes_there_and_back, COUNT(excuses))
{
    struct buffer out = {0};
    struct excuse read;
    struct error error;
    excuse_write(&out, &excuses[_i]);
    ck_assert_int_eq(excuse_read((struct slice){out.bytes, out.length}, &read, &error), TURNOUT_OK);
    ck_assert_int_eq(read.status, excuses[_i].status);
    ck_assert_str_eq(read.into, excuses[_i].into);
    ck_assert_int_eq(read.until, excuses[_i].until);
    ck_assert_int_eq(read.given_ms, excuses[_i].given_ms);
    ck_assert_str_eq(read.note, excuses[_i].note);
    ck_assert_str_eq(read.who, excuses[_i].who);
    buffer_done(&out);
}

static const char *const unsound[] = {
    "",
    "{}",
    "[]",
    "{\"status\":\"asleep\",\"into\":\"\",\"until\":0,\"given\":0,\"note\":\"\",\"who\":\"\"}",
    "{\"status\":\"none\",\"into\":\"\",\"until\":-1,\"given\":0,\"note\":\"\",\"who\":\"\"}",
    "{\"status\":\"none\",\"into\":\"\",\"until\":\"0\",\"given\":0,\"note\":\"\",\"who\":\"\"}",
    "{\"status\":\"none\",\"into\":\"\",\"until\":0,\"given\":0,\"note\":\"\"}",
    "{\"status\":\"merged\",\"into\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456\",\"until\":0,\"given\":0,\"note\":"
    "\"\",\"who\":\"\"}",
};

LOOP_TEST(what_is_no_excuse, COUNT(unsound))
{
    struct excuse read;
    struct error error;
    ck_assert_int_eq(excuse_read(slice_of(unsound[_i]), &read, &error), TURNOUT_BAD_INPUT);
}

static const struct {
    const char *what;
    enum excuse_status status;
    int32_t seq;
    int64_t received_ms;
    int64_t now;
    enum excuse_status stands;
} moments[] = {
    {"silent", EXCUSE_NO_SIGNAL, 0, 0, 10, EXCUSE_NO_SIGNAL},
    {"heard before", EXCUSE_NO_SIGNAL, 3, 5000, 10, EXCUSE_NO_SIGNAL},
    {"heard since", EXCUSE_NO_SIGNAL, 3, 5001, 10, EXCUSE_NONE},
    {"counts though it is not to open", EXCUSE_NOT_OPENING, 1, 5000, 10, EXCUSE_NONE},
    {"counts though it is merged", EXCUSE_MERGED, 1, 1, 10, EXCUSE_NONE},
    {"merged", EXCUSE_MERGED, 0, 0, 10, EXCUSE_MERGED},
    {"not yet expected", EXCUSE_EXPECTED, 0, 0, 99, EXCUSE_EXPECTED},
    {"expected by now", EXCUSE_EXPECTED, 0, 0, 100, EXCUSE_NONE},
    {"none", EXCUSE_NONE, 0, 0, 10, EXCUSE_NONE},
};

LOOP_TEST(an_excuse_stands_until_the_unit_is_heard, COUNT(moments))
{
    struct excuse excuse = {.status = moments[_i].status, .given_ms = 5000, .until = 100};
    struct unit_state state = {.seq = moments[_i].seq, .received_ms = moments[_i].received_ms};
    ck_assert_msg(excuse_stands(&excuse, &state, moments[_i].now) == moments[_i].stands, "%s",
                  moments[_i].what);
}

SUITE("excuse");
