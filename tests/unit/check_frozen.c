/* Figures that are kept, and read back. */
#include <turnout/wire/frozen.h>

#include <check.h>
#include <string.h>

#include "register_rows.h"
#include "suite.h"

static const struct register_rows rows = {.areas = {{"VN", "nation", ""},
                                                    {"01", "province", "VN"},
                                                    {"101", "commune", "01"},
                                                    {"102", "commune", "01"}},
                                          .units = {{"u1", "101", "100"}, {"u2", "102", "50"}}};

static struct election_register *reg;
static struct area_figures areas[4];
static struct area_figures restored[4];
static struct buffer out;

static void setup(void)
{
    reg = register_of_rows(&rows);
    memset(areas, 0, sizeof areas);
    memset(restored, 0xff, sizeof restored);
    areas[1] = (struct area_figures){.verified = true, .ledger_id = "1773561600000-0"};
    areas[2].totals = (struct totals){.voted = 100,
                                      .registered = 100,
                                      .units_reported = 1,
                                      .registered_reported = 100,
                                      .units_final = 1,
                                      .units_complete = 1,
                                      .revision = 4,
                                      .as_of = 1773561600,
                                      .rounds = {1, 0, 1}};
    areas[3].totals = (struct totals){.registered = 50, .held = 2, .revision = 2};
    areas[3].excused = (struct excused){.not_expected = 3, .no_signal = {0, 2}};
}

static void teardown(void)
{
    register_release(reg);
    buffer_done(&out);
}

static bool read_back(struct frozen_head *ret_head)
{
    return frozen_read((struct slice){out.bytes, out.length}, reg, 1, restored, ret_head);
}

FIXTURE(setup, teardown);

TEST(what_was_shown_is_shown_again)
{
    struct frozen_head head = {1773561603, true};
    frozen_write(&out, reg, 1, areas, &head);
    ck_assert_str_eq(out.bytes,
                     "turnout-frozen-1 1773561603 rehearsal verified - 1773561600000-0\n"
                     "101 100 100 1 1 1 100 0 4 1773561600 1,0,1 0 0 0\n102 50 0 0 0 0 0 2 2 0 0 0 0,2 3\n");
    head = (struct frozen_head){0};
    ck_assert(read_back(&head));
    ck_assert_int_eq(head.generated_at, 1773561603);
    ck_assert(head.is_rehearsal);
    ck_assert_int_eq(memcmp(&restored[2].totals, &areas[2].totals, sizeof areas[2].totals), 0);
    ck_assert_int_eq(memcmp(&restored[3].totals, &areas[3].totals, sizeof areas[3].totals), 0);
    ck_assert(restored[1].verified && restored[2].verified && restored[3].verified);
    ck_assert_int_eq(restored[1].totals.registered, 150);
    ck_assert_int_eq(restored[1].totals.revision, 6);
    ck_assert_int_eq(restored[1].totals.as_of, 1773561600);
    ck_assert_uint_eq(restored[1].communes_complete, 1);
    ck_assert_int_eq(restored[1].excused.not_expected, 3);
    ck_assert_int_eq(restored[3].excused.no_signal[1], 2);
    ck_assert_str_eq(restored[1].ledger_id, "1773561600000-0");
    figures_sum_nation(reg, restored);
    ck_assert(restored[0].verified && !restored[0].withheld);
    ck_assert_int_eq(restored[0].totals.voted, 100);
    ck_assert_uint_eq(restored[0].communes_complete, 1);
}

/* What was under verification, or was not shown, is not shown now either. */
TEST(what_was_not_shown_is_not_shown)
{
    struct frozen_head head = {1, false};
    areas[1] = (struct area_figures){.verified = false};
    frozen_write(&out, reg, 1, areas, &head);
    ck_assert(read_back(&head));
    figures_sum_nation(reg, restored);
    ck_assert(!restored[0].verified && !restored[1].verified && !restored[2].verified);
    buffer_clear(&out);
    areas[1] = (struct area_figures){.verified = true, .withheld = true};
    frozen_write(&out, reg, 1, areas, &head);
    ck_assert(read_back(&head));
    figures_sum_nation(reg, restored);
    ck_assert(restored[0].withheld && restored[1].withheld && restored[3].withheld);
}

/* The register may have changed since. */
TEST(communes_may_come_and_go)
{
    struct frozen_head head;
    buffer_append_text(&out,
                       "turnout-frozen-1 1 unofficial verified - -\n101 100 7 1 0 0 100 0 1 0 0 0 0 0\n999 "
                       "10 3 1 0 0 10 0 1 0 0 0 0 0\n");
    ck_assert(read_back(&head));
    ck_assert_int_eq(restored[1].totals.voted, 10);
    ck_assert_int_eq(restored[2].totals.voted, 7);
    ck_assert(restored[3].withheld);
}

static const char *const faulty[] = {
    "",
    "turnout-frozen-2 1 unofficial verified - -\n",
    "turnout-frozen-1 x unofficial verified - -\n",
    "turnout-frozen-1 1 unofficial verified - -\n101 100 7 1 0 0 100 0 1\n",
    "turnout-frozen-1 1 unofficial verified - -\n101 100 7 1 0 0 100 0 1 0 0 0 0 0 0\n",
    "turnout-frozen-1 1 unofficial verified - -\n101 100 7 1 0 0 100 0 1 0 0,x 0 0 0\n",
    "turnout-frozen-1 1 unofficial verified - -\n101 100 101 1 0 0 100 0 1 0 0 0 0 0\n",
    "turnout-frozen-1 1 unofficial verified - -\n101 100 -1 1 0 0 100 0 1 0 0 0 0 0\n",
};

LOOP_TEST(what_is_no_such_text_is_refused, COUNT(faulty))
{
    struct frozen_head head;
    buffer_append_text(&out, faulty[_i]);
    ck_assert(!read_back(&head));
}

SUITE("frozen");
