/* How held reports are spelt. */
#include <turnout/election/held.h>

#include <string.h>

#include <check.h>

#include "suite.h"

TEST(test_states)
{
    static const char *const names[] = {"held", "released", "rejected", "superseded"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        enum held_state state;
        ck_assert_str_eq(held_state_name((enum held_state)i), names[i]);
        ck_assert(held_state_parse(slice_of(names[i]), &state));
        ck_assert_int_eq(state, (int)i);
    }
    enum held_state state;
    ck_assert(!held_state_parse(slice_of(""), &state));
    ck_assert(!held_state_parse(slice_of("waiting"), &state));
}

static const struct {
    const char *id;
    const char *unit; /* NULL: is no id */
    int32_t seq;
} ids[] = {
    {"19804-003.7", "19804-003", 7},
    {"01.1-001.12", "01.1-001", 12},
    {"u.1", "u", 1},
    {".-.2147483647", ".-", 2147483647},
    {"..3", ".", 3},
    {"u.2147483648", NULL, 0},
    {"u.0", NULL, 0},
    {"u.07", NULL, 0},
    {"u.-1", NULL, 0},
    {"u.", NULL, 0},
    {".7", NULL, 0},
    {"u", NULL, 0},
    {"7", NULL, 0},
    {"", NULL, 0},
    {"u/v.7", NULL, 0},
    {"123456789012345678901234567890123.7", NULL, 0},
};

LOOP_TEST(test_ids, COUNT(ids))
{
    struct slice unit;
    int32_t seq;
    bool is_id = held_id_parse(slice_of(ids[_i].id), &unit, &seq);
    ck_assert_msg(is_id == (ids[_i].unit != NULL), "%s", ids[_i].id);
    if (is_id) {
        char id[HELD_ID_BYTES];
        ck_assert(slice_equals(unit, ids[_i].unit));
        ck_assert_int_eq(seq, ids[_i].seq);
        held_id_write(ids[_i].unit, seq, id);
        ck_assert_str_eq(id, ids[_i].id);
    }
}

TEST(test_the_longest_id_fits)
{
    char unit[AREA_CODE_BYTES];
    char id[HELD_ID_BYTES];
    memset(unit, 'u', sizeof unit - 1);
    unit[sizeof unit - 1] = '\0';
    held_id_write(unit, SEQ_MAX, id);
    ck_assert_str_eq(id + sizeof unit - 1, ".2147483647");
}

SUITE("held");
