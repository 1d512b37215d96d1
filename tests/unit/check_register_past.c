/* A register that was changed, looked at as it was before: rolls, and whose units were where. */
#include <turnout/wire/register_past.h>

#include <string.h>

#include "register_rows.h"
#include "suite.h"

/* As it is now: u-1 had 90, then 95; u-2 has come from c-2; u-4 is withdrawn; c-3 was added. */
static const struct register_rows now = {
    .areas = {{"N", "nation", ""},
              {"P", "province", "N"},
              {"c-1", "commune", "P"},
              {"c-2", "commune", "P"},
              {"c-3", "commune", "P"}},
    .units = {{"u-1", "c-1", "100"}, {"u-2", "c-1", "20"}, {"u-3", "c-2", "30"}}};

static const char *const ledger[] = {
    "{\"received\":1000,\"outcome\":\"phase\",\"from\":\"rehearsal\",\"to\":\"open\",\"who\":\"x\"}",
    "{\"received\":2000,\"outcome\":\"register\",\"change\":\"roll-mended\",\"unit\":\"u-1\",\"area\":\"c-"
    "1\","
    "\"from\":\"90\",\"to\":\"95\",\"who\":\"x\"}",
    "{\"received\":3000,\"outcome\":\"register\",\"change\":\"roll-mended\",\"unit\":\"u-1\",\"area\":\"c-"
    "1\","
    "\"from\":\"95\",\"to\":\"100\",\"who\":\"x\"}",
    "{\"received\":3000,\"outcome\":\"register\",\"change\":\"unit-moved\",\"unit\":\"u-2\",\"area\":\"c-1\","
    "\"from\":\"c-2\",\"to\":\"c-1\",\"who\":\"x\"}",
    "{\"received\":4000,\"outcome\":\"register\",\"change\":\"unit-withdrawn\",\"unit\":\"u-4\",\"area\":\"c-"
    "2\","
    "\"from\":\"40\",\"who\":\"x\"}",
    "{\"received\":5000,\"outcome\":\"register\",\"change\":\"commune-added\",\"area\":\"c-3\",\"to\":\"P\","
    "\"who\":\"x\"}",
};

static struct election_register *reg;
static struct register_past past;

static void set_up(void)
{
    reg = register_of_rows(&now);
    for (size_t i = 0; i < sizeof ledger / sizeof ledger[0]; i++) {
        struct log_line line;
        struct error error;
        ck_assert_msg(log_line_read(slice_of(ledger[i]), &line, &error) == TURNOUT_OK, "%s", ledger[i]);
        register_past_add(&past, &line);
    }
}

static void tear_down(void)
{
    register_past_done(&past);
    register_release(reg);
}

FIXTURE(set_up, tear_down);

static const struct {
    const char *unit;
    int64_t when_ms;
    int32_t listed; /* -1: nobody knows */
} rolls[] = {
    {"u-1", 0, 90},     {"u-1", 1999, 90}, {"u-1", 2000, 95}, {"u-1", 2999, 95}, {"u-1", 3000, 100},
    {"u-1", 9000, 100}, {"u-2", 0, 20},    {"u-4", 3999, 40}, {"u-4", 4000, -1}, {"u-5", 0, -1},
};

LOOP_TEST(a_roll_is_the_one_that_was_listed_then, COUNT(rolls))
{
    int32_t listed = -1;
    ck_assert(register_past_roll(&past, reg, slice_of(rolls[_i].unit), rolls[_i].when_ms, &listed) ==
              (rolls[_i].listed >= 0));
    ck_assert_int_eq(listed, rolls[_i].listed);
}

TEST(a_unit_that_has_moved_is_known)
{
    ck_assert(!register_past_has_moved(&past, slice_of("u-1")));
    ck_assert(register_past_has_moved(&past, slice_of("u-2")));
    ck_assert(register_past_has_moved(&past, slice_of("u-4")));
}

static const struct {
    const char *area;
    int64_t until_ms; /* before this moment its children were others */
} children[] = {{"c-1", 3000}, {"c-2", 4000}, {"c-3", 0}, {"P", 5000}, {"N", 0}};

LOOP_TEST(children_were_others_before_a_change, COUNT(children))
{
    uint32_t area = register_find_area(reg, slice_of(children[_i].area));
    int64_t until_ms = children[_i].until_ms;
    ck_assert(!register_past_has_other_children(&past, reg, area, until_ms));
    ck_assert(until_ms == 0 || register_past_has_other_children(&past, reg, area, until_ms - 1));
}

SUITE("register_past");
