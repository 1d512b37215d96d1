/* The areas of a bulletin as text, and back. */
#include <turnout/wire/frozen_register.h>

#include <string.h>

#include <check.h>

#include "suite.h"

static struct buffer out;

static struct election_register *read_back(const char *text)
{
    bool is_durable;
    return frozen_register_read(slice_of(text), &is_durable);
}

static void tear_down(void)
{
    buffer_done(&out);
}

FIXTURE(NULL, tear_down);

#define TITLE "turnout-frozen-register-1 strict\n"
#define WHOLE                                                                                                \
    TITLE "T,nation,,Land,Land,5\n01,province,T,\"East, \"\"1\"\"\",,5\n02,province,T,West,,0\n"             \
          "0102,commune,01,B,,2\n0101,commune,01,A,,3\n0201,commune,02,C,,0\n"

TEST(it_is_read_back_as_it_was)
{
    bool is_durable = false;
    struct election_register *reg = frozen_register_read(slice_of(WHOLE), &is_durable);
    ck_assert_ptr_nonnull(reg);
    ck_assert(is_durable);
    ck_assert_uint_eq(reg->area_count, 6);
    ck_assert_uint_eq(reg->areas[REGISTER_NATION].units, 5);
    ck_assert_uint_eq(reg->areas[REGISTER_NATION].communes, 3);
    ck_assert_str_eq(reg->areas[1].name, "East, \"1\"");
    ck_assert_uint_eq(reg->areas[register_find_area(reg, slice_of("0102"))].units, 2);
    ck_assert_uint_eq(reg->areas[register_find_area(reg, slice_of("0201"))].units, 0);
    frozen_register_write(&out, reg, true);
    ck_assert_str_eq(out.bytes, WHOLE);
    register_release(reg);
}

TEST(what_may_be_lost_is_said)
{
    bool is_durable = true;
    struct election_register *reg =
        frozen_register_read(slice_of("turnout-frozen-register-1 relaxed\nT,nation,,Land,,0\n"), &is_durable);
    ck_assert_ptr_nonnull(reg);
    ck_assert(!is_durable);
    register_release(reg);
}

static const char *const damaged[] = {
    "",
    TITLE,
    "turnout-frozen-register-2 strict\nT,nation,,Land,,0\n",
    TITLE "T,nation,,Land,\n",
    TITLE "T,nation,,Land,,x\n",
    TITLE "T,nation,,Land,,0\n01,province,X,East,,0\n",
    TITLE "T,nation,,Land,,0\nT,nation,,Land,,0\n",
    TITLE "T,nation,,\"Land,,0\n",
};

LOOP_TEST(what_is_no_register_is_refused, COUNT(damaged))
{
    ck_assert_ptr_null(read_back(damaged[_i]));
}

SUITE("frozen_register");
