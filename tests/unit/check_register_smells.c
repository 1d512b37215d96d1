/* What is lawful in a register, but smells. Each case adds to a sound register, and says what is told of it. */
#include <turnout/election/register_smells.h>

#include <stdio.h>

#include <check.h>

#include "suite.h"
#include "told_faults.h"

enum { ROWS_MAX = 12 };

/* Areas are `code level parent`, units `code commune registered`; NULL ends them. */
static const struct {
    const char *areas[ROWS_MAX];
    const char *units[ROWS_MAX];
    const char *told; /* how each warning begins, one a line; "" for none */
} registers[] = {
    {{NULL}, {NULL}, ""},
    /* codes */
    {{"02 province T", "0101 commune 01", "0102 commune 01"}, {"0101-001 0101 900", "0101-010 0101 900"}, ""},
    {{"00019 commune 01", "19 commune 01"},
     {NULL},
     "areas.csv:0: code: of 2 communes 1 have a code of 2 digits, as 19, and 1 of 5, as 00019; make sure\n"
     "areas.csv:0: code: 00019 and 19 differ only in leading zeros or letter case; make sure"},
    {{"1 province T"},
     {NULL},
     "areas.csv:0: code: of 2 provinces 1 have a code of 1 digits, as 1, and 1 of 2, as 01;\n"
     "areas.csv:0: code: 01 and 1 differ only"},
    {{"HN-1 commune 01", "hn-1 commune 01"}, {NULL}, "areas.csv:0: code: HN-1 and hn-1 differ only"},
    {{"Hue commune 01", "Hanoi commune 01"}, {NULL}, ""},
    {{"A commune 01"},
     {"A-1 A 900", "A-10 A 900", "A-2 A 900", "A-100-1 A 900"},
     "units.csv:0: code: of 3 units 1 have a code of 2 digits, as A-10, and 2 of 1, as A-1;"},
    {{"0101 commune 01"},
     {"0101-010 0101 900", "0101-10 0101 900", "0101-100 0101 900"},
     "units.csv:0: code: of 3 units 1 have a code of 6 digits, as 0101-10, and 2 of 7, as 0101-010;\n"
     "units.csv:0: code: 0101-010 and 0101-10 differ only"},
    {{"0101 commune 01"},
     {"0101-0 0101 900", "101-00 0101 900"},
     "units.csv:0: code: 0101-0 and 101-00 differ only"},
    /* a province and a commune may look alike */
    {{"00001 commune 01"}, {NULL}, ""},
    /* rolls */
    {{"0101 commune 01"},
     {"0101-1 0101 900", "0101-2 0101 905", "0101-3 0101 910", "0101-4 0101 4510", "0101-5 0101 76",
      "0101-6 0101 0", "0101-7 0101 8800"},
     "units.csv:0: registered: 0101-7 has 8800 voters, where units around it have some 910; make sure"},
    {{"0101 commune 01", "0102 commune 01"},
     {"0101-1 0101 900", "0101-2 0101 905", "0101-3 0101 910", "0102-4 0102 900", "0102-5 0102 74",
      "0102-6 0102 1000"},
     "units.csv:0: registered: 0102-5 has 74 voters, where units around it have some 905;"},
    {{"0101 commune 01"}, {"0101-1 0101 900", "0101-2 0101 905", "0101-3 0101 90000"}, ""},
};

static void add_area(struct register_builder *builder, const char *row, const char *name)
{
    struct slice rest = slice_of(row);
    struct slice code = text_split(&rest, ' ');
    struct slice level = text_split(&rest, ' ');
    register_builder_add_area(builder, 1, code, level, rest, slice_of(name), slice_of(""));
}

static void add_unit(struct register_builder *builder, const char *row, const char *name)
{
    struct slice rest = slice_of(row);
    struct slice code = text_split(&rest, ' ');
    struct slice commune = text_split(&rest, ' ');
    register_builder_add_unit(builder, 1, code, commune, slice_of(name), rest);
}

static void check_smells(struct register_builder *builder, const char *wanted)
{
    struct election_register *reg = register_builder_finish(builder);
    ck_assert_ptr_nonnull(reg);
    struct buffer told = {0};
    struct faults faults = {.on_fault = gather_fault, .context = &told};
    buffer_append_text(&told, "");
    register_smells(reg, &faults);
    ck_assert_uint_eq(faults.count, 0);
    if (wanted[0] == '\0') {
        ck_assert_str_eq(told.bytes, "");
    } else {
        (void)check_gathered(&told, wanted);
    }
    buffer_done(&told);
    register_release(reg);
    register_builder_free(builder);
}

LOOP_TEST(what_smells_is_told, COUNT(registers))
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    add_area(builder, "T nation ", "T");
    add_area(builder, "01 province T", "P");
    for (size_t i = 0; i < ROWS_MAX && registers[_i].areas[i] != NULL; i++) {
        add_area(builder, registers[_i].areas[i], "Name");
    }
    for (size_t i = 0; i < ROWS_MAX && registers[_i].units[i] != NULL; i++) {
        add_unit(builder, registers[_i].units[i], "Name");
    }
    check_smells(builder, registers[_i].told);
}

TEST(names_that_turn_are_told)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    add_area(builder, "T nation ", "T");
    add_area(builder, "01 province T", "P \xe2\x80\xae gnud");
    add_area(builder, "0101 commune 01", "C");
    add_unit(builder, "0101-1 0101 9", "U\xe2\x80\x8f");
    check_smells(builder, "areas.csv:0: name: the name of 01 holds a mark that turns\n"
                          "units.csv:0: name: the name of 0101-1 holds a mark");
}

SUITE("register_smells");
