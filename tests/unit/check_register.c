/* The register: what is built out of rows, and every fault that rows can have. Faults are gathered as lines,
 * `file:line: field: text`. */
#include <turnout/election/register.h>

#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/base/buffer.h>
#include <turnout/base/limits.h>

#include "suite.h"
#include "told_faults.h"

enum { ROWS_MAX = 12, AREA_CELLS = 5, UNIT_CELLS = 4 };

/* Rows as in the files, cells separated by '|'; their lines count from 2. A NULL ends them. */
struct rows {
    const char *areas[ROWS_MAX];
    const char *units[ROWS_MAX];
};

static void split(const char *row, struct slice *ret_cells, size_t count)
{
    struct slice rest = slice_of(row);
    for (size_t i = 0; i < count; i++) {
        ret_cells[i] = text_split(&rest, '|');
    }
    ck_assert_ptr_null(rest.bytes);
}

static void add_area(struct register_builder *builder, uint32_t line, const char *row)
{
    struct slice cells[AREA_CELLS];
    split(row, cells, AREA_CELLS);
    register_builder_add_area(builder, line, cells[0], cells[1], cells[2], cells[3], cells[4]);
}

static void add_unit(struct register_builder *builder, uint32_t line, const char *row)
{
    struct slice cells[UNIT_CELLS];
    split(row, cells, UNIT_CELLS);
    register_builder_add_unit(builder, line, cells[0], cells[1], cells[2], cells[3]);
}

static struct election_register *build(const struct rows *rows, struct buffer *faults)
{
    struct register_builder *builder = register_builder_new(gather_fault, faults);
    for (uint32_t i = 0; i < ROWS_MAX && rows->areas[i] != NULL; i++) {
        add_area(builder, i + 2, rows->areas[i]);
    }
    for (uint32_t i = 0; i < ROWS_MAX && rows->units[i] != NULL; i++) {
        add_unit(builder, i + 2, rows->units[i]);
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    return reg;
}

/* Every kind of row before what it refers to; a province without communes, a commune without units. */
static const struct rows disorder = {
    .areas = {"c2|commune|p2|C two|", "c1|commune|p1|C one|Com one", "p2|province|VN|P two|",
              "c3|commune|p2|C 3|", "p3|province|VN|P three|", "VN|nation||Việt Nam|Viet Nam",
              "p1|province|VN|P one|"},
    .units = {"u3|c3|U three|30", "u1|c1|U one|1", "u31|c3|U 31|31", "u2|c1|U two|0", "u32|c3|U 32|10000000"},
};

static void assert_area(const struct election_register *reg, uint32_t at, const char *code,
                        enum area_level level, uint32_t parent, uint32_t first_child, uint32_t children)
{
    const struct area *area = &reg->areas[at];
    ck_assert_str_eq(area->code, code);
    ck_assert_int_eq(area->level, level);
    ck_assert_uint_eq(area->parent, parent);
    ck_assert_uint_eq(area->first_child, first_child);
    ck_assert_uint_eq(area->children, children);
    ck_assert_uint_eq(register_find_area(reg, slice_of(code)), at);
    ck_assert_uint_eq(register_find_unit(reg, slice_of(code)), REGISTER_NONE);
}

TIMEOUT(60);

TEST(areas_are_put_in_order)
{
    struct buffer faults = {0};
    struct election_register *reg = build(&disorder, &faults);
    ck_assert_ptr_nonnull(reg);
    ck_assert_uint_eq(faults.length, 0);
    ck_assert_uint_eq(reg->area_count, 7);
    ck_assert_uint_eq(reg->province_count, 3);
    assert_area(reg, 0, "VN", AREA_NATION, REGISTER_NONE, 1, 3);
    assert_area(reg, 1, "p2", AREA_PROVINCE, 0, 4, 2);
    assert_area(reg, 2, "p3", AREA_PROVINCE, 0, 6, 0);
    assert_area(reg, 3, "p1", AREA_PROVINCE, 0, 6, 1);
    assert_area(reg, 4, "c2", AREA_COMMUNE, 1, 0, 0);
    assert_area(reg, 5, "c3", AREA_COMMUNE, 1, 0, 3);
    assert_area(reg, 6, "c1", AREA_COMMUNE, 3, 3, 2);
    ck_assert_str_eq(reg->areas[6].name, "C one");
    ck_assert_str_eq(reg->areas[6].name_en, "Com one");
    ck_assert_str_eq(reg->areas[5].name_en, "");
    ck_assert_uint_eq(register_province_of(reg, 0), REGISTER_NONE);
    ck_assert_uint_eq(register_province_of(reg, 2), 2);
    ck_assert_uint_eq(register_province_of(reg, 6), 3);
    register_release(reg);
    buffer_done(&faults);
}

TEST(units_are_grouped_and_summed)
{
    static const struct unit wanted[] = {{"u3", "U three", 5, 30, ""},
                                         {"u31", "U 31", 5, 31, ""},
                                         {"u32", "U 32", 5, VOTERS_MAX, ""},
                                         {"u1", "U one", 6, 1, ""},
                                         {"u2", "U two", 6, 0, ""}};
    struct buffer faults = {0};
    struct election_register *reg = build(&disorder, &faults);
    ck_assert_ptr_nonnull(reg);
    ck_assert_uint_eq(reg->unit_count, 5);
    for (uint32_t i = 0; i < reg->unit_count; i++) {
        ck_assert_str_eq(reg->units[i].code, wanted[i].code);
        ck_assert_str_eq(reg->units[i].name, wanted[i].name);
        ck_assert_uint_eq(reg->units[i].commune, wanted[i].commune);
        ck_assert_uint_eq(reg->units[i].registered, wanted[i].registered);
        ck_assert_uint_eq(register_find_unit(reg, slice_of(wanted[i].code)), i);
        ck_assert_uint_eq(register_find_area(reg, slice_of(wanted[i].code)), REGISTER_NONE);
    }
    static const struct {
        uint32_t communes, units;
        int64_t registered;
    } sums[] = {{3, 5, 10000062}, {2, 3, 10000061}, {0, 0, 0}, {1, 2, 1},
                {1, 0, 0},        {1, 3, 10000061}, {1, 2, 1}};
    for (uint32_t i = 0; i < reg->area_count; i++) {
        ck_assert_uint_eq(reg->areas[i].communes, sums[i].communes);
        ck_assert_uint_eq(reg->areas[i].units, sums[i].units);
        ck_assert_int_eq(reg->areas[i].registered, sums[i].registered);
    }
    register_release(reg);
    buffer_done(&faults);
}

TEST(what_is_not_there_is_not_found)
{
    static const char *const codes[] = {
        "", "V", "VNN", "vn", "u", "u33", "c1 ", "01", "0000000000000000000000000000000000"};
    struct buffer faults = {0};
    struct election_register *reg = build(&disorder, &faults);
    ck_assert_ptr_nonnull(reg);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        ck_assert_uint_eq(register_find_area(reg, slice_of(codes[i])), REGISTER_NONE);
        ck_assert_uint_eq(register_find_unit(reg, slice_of(codes[i])), REGISTER_NONE);
    }
    ck_assert_uint_eq(register_find_area(reg, (struct slice){NULL, 0}), REGISTER_NONE);
    register_release(reg);
    buffer_done(&faults);
}

TEST(a_nation_alone_is_a_register)
{
    struct buffer faults = {0};
    struct election_register *reg = build(&(struct rows){.areas = {"0|nation||N|"}}, &faults);
    ck_assert_ptr_nonnull(reg);
    ck_assert_uint_eq(reg->area_count, 1);
    ck_assert_uint_eq(reg->unit_count, 0);
    assert_area(reg, 0, "0", AREA_NATION, REGISTER_NONE, 1, 0);
    register_release(reg);
    register_release(NULL);
    register_builder_free(NULL);
}

TEST(a_builder_can_be_dropped_at_any_time)
{
    struct buffer faults = {0};
    struct register_builder *builder = register_builder_new(gather_fault, &faults);
    add_area(builder, 2, "VN|nation||N|");
    add_unit(builder, 2, "u|c|U|1");
    register_builder_free(builder);
    ck_assert_uint_eq(faults.length, 0);
}

#define NATION   "VN|nation||N|"
#define PROVINCE "p|province|VN|P|"
#define COMMUNE  "c|commune|p|C|"
#define TEN      "aaaaaaaaaa"
#define THIRTY   TEN TEN TEN
#define FIVE     "ếếếếế" /* of three bytes each */

/* `faults`: how each reported line begins, one a line, in order. */
static const struct {
    struct rows rows;
    const char *faults;
} faulty[] = {
    /* codes */
    {{{NATION, "|province|VN|P|"}, {0}}, "areas.csv:3: code: \"\" is not a code;"},
    {{{NATION, "p p|province|VN|P|"}, {0}}, "areas.csv:3: code: \"p p\" is not a code;"},
    {{{NATION, THIRTY "123|province|VN|P|"}, {0}}, "areas.csv:3: code: \"" THIRTY "123\" is not a code;"},
    {{{NATION, "p\x1b[2J|province|VN|P|"}, {0}}, "areas.csv:3: code: \"p?[2J\" is not a code;"},
    {{{NATION, "Huế|province|VN|P|"}, {0}}, "areas.csv:3: code: \"Huế\" is not a code;"},
    /* what is too long to show is cut, but not inside a character */
    {{{NATION, THIRTY TEN "bbbbbbbb|province|VN|P|"}, {0}},
     "areas.csv:3: code: \"" THIRTY TEN "bbbbbbbb\" is not a code;"},
    {{{NATION, THIRTY TEN "bbbbbbbbb|province|VN|P|"}, {0}},
     "areas.csv:3: code: \"" THIRTY TEN "bbbbbbbb...\" is not a code;"},
    {{{NATION, FIVE FIVE FIVE "ếế|province|VN|P|"}, {0}},
     "areas.csv:3: code: \"" FIVE FIVE FIVE "ế...\" is not a code;"},
    {{{NATION, "x" FIVE FIVE FIVE "ếế|province|VN|P|"}, {0}},
     "areas.csv:3: code: \"x" FIVE FIVE FIVE "...\" is not a code;"},
    {{{NATION, PROVINCE, PROVINCE}, {0}}, "areas.csv:4: code: p stands in areas.csv line 3 already;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|1", "u|c|V|2"}},
     "units.csv:3: code: u stands in units.csv line 2 already;"},
    {{{NATION, PROVINCE, COMMUNE}, {"p|c|U|1"}}, "units.csv:2: code: p stands in areas.csv line 3 already;"},
    {{{NATION, PROVINCE, COMMUNE}, {"|c|U|1"}}, "units.csv:2: code: \"\" is not a code;"},
    /* levels and the nation */
    {{{NATION, "p|Province|VN|P|"}, {0}}, "areas.csv:3: level: \"Province\" is not a level;"},
    {{{NATION, "p||VN|P|"}, {0}}, "areas.csv:3: level: \"\" is not a level;"},
    {{{NATION, "p|unit|VN|P|"}, {0}}, "areas.csv:3: level: \"unit\" is not a level;"},
    {{{0}, {0}}, "areas.csv:0: level: there is no nation;"},
    {{{PROVINCE, COMMUNE}, {0}}, "areas.csv:0: level: there is no nation;"},
    {{{NATION, "LA|nation||L|"}, {0}}, "areas.csv:3: level: a second nation, after the one of line 2;"},
    /* parents */
    {{{"VN|nation|VN|N|"}, {0}}, "areas.csv:2: parent: the nation has no parent;"},
    {{{NATION, "p|province||P|"}, {0}},
     "areas.csv:3: parent: \"\" is not a code; write the code of a nation"},
    {{{NATION, PROVINCE, "c|commune||C|"}, {0}},
     "areas.csv:4: parent: \"\" is not a code; write the code of a prov"},
    {{{NATION, "p|province|V N|P|"}, {0}}, "areas.csv:3: parent: \"V N\" is not a code;"},
    {{{NATION, "p|province|LA|P|"}, {0}},
     "areas.csv:3: parent: no sound row of areas.csv has the code \"LA\";"},
    {{{NATION, PROVINCE, "q|province|p|Q|"}, {0}},
     "areas.csv:4: parent: p is a province (areas.csv line 3);"},
    {{{NATION, PROVINCE, "c|commune|VN|C|"}, {0}}, "areas.csv:4: parent: VN is a nation (areas.csv line 2);"},
    {{{NATION, PROVINCE, COMMUNE, "d|commune|c|D|"}, {0}},
     "areas.csv:5: parent: c is a commune (areas.csv line 4);"},
    {{{NATION, PROVINCE, COMMUNE, "d|commune|u|D|"}, {"u|c|U|1"}},
     "areas.csv:5: parent: u is a unit (units.csv line 2);"},
    {{{NATION, "p|province|p|P|"}, {0}}, "areas.csv:3: parent: p is a province (areas.csv line 3);"},
    /* names */
    {{{"VN|nation|| \t|"}, {0}}, "areas.csv:2: name: the name is empty;"},
    {{{"VN|nation||\xff|"}, {0}}, "areas.csv:2: name: the name is not UTF-8;"},
    {{{"VN|nation||a\nb|"}, {0}}, "areas.csv:2: name: the name holds a control character"},
    {{{"VN|nation||N|\xc2\x85"}, {0}}, "areas.csv:2: name_en: the name holds a control character"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c||1"}}, "units.csv:2: name: the name is empty;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|\xc0\xaf|1"}}, "units.csv:2: name: the name is not UTF-8;"},
    /* rolls */
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|"}}, "units.csv:2: registered: \"\" is not a roll;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|-1"}}, "units.csv:2: registered: \"-1\" is not a roll;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|1.0"}}, "units.csv:2: registered: \"1.0\" is not a roll;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U| 1"}}, "units.csv:2: registered: \" 1\" is not a roll;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|10000001"}},
     "units.csv:2: registered: \"10000001\" is not a roll;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|99999999999999999999"}}, "units.csv:2: registered: \"9999"},
    /* communes */
    {{{NATION, PROVINCE, COMMUNE}, {"u||U|1"}}, "units.csv:2: commune: \"\" is not a code;"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|d|U|1", "v|d|V|1", "w|c|W|1"}},
     "units.csv:2: commune: no sound row of areas.csv has the code \"d\";\n"
     "units.csv:3: commune: no sound row of areas.csv has the code \"d\";"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|p|U|1"}}, "units.csv:2: commune: p is a province (areas.csv line 3);"},
    {{{NATION, PROVINCE, COMMUNE}, {"u|c|U|1", "v|u|V|1"}},
     "units.csv:3: commune: u is a unit (units.csv line 2);"},
    /* many at once: every one is told of, and those below a row with a faulty name are not blamed for it */
    {{{NATION, "p|province|VN||", "c|commune|p|C|\xff", "c|town|q|C|"}, {"u|c|U|x", "c|c||1", "v|c|V|5"}},
     "areas.csv:3: name: the name is empty;\n"
     "areas.csv:4: name_en: the name is not UTF-8;\n"
     "areas.csv:5: code: c stands in areas.csv line 4 already;\n"
     "areas.csv:5: level: \"town\" is not a level;\n"
     "units.csv:2: registered: \"x\" is not a roll;\n"
     "units.csv:3: name: the name is empty;\n"
     "units.csv:3: code: c stands in areas.csv line 4 already;"},
};

LOOP_TEST(faults_are_told, COUNT(faulty))
{
    struct buffer faults = {0};
    struct election_register *reg = build(&faulty[_i].rows, &faults);
    ck_assert_ptr_null(reg);
    ck_assert_ptr_nonnull(faults.bytes);
    (void)check_gathered(&faults, faulty[_i].faults);
    buffer_done(&faults);
}

TEST(bounds_are_bounds)
{
    char name[NAME_BYTES_MAX + 2];
    memset(name, 'n', sizeof name);
    struct buffer faults = {0};
    struct register_builder *builder = register_builder_new(gather_fault, &faults);
    struct slice longest = {name, NAME_BYTES_MAX};
    register_builder_add_area(builder, 2, slice_of("VN"), slice_of("nation"), slice_of(""), longest, longest);
    register_builder_add_area(builder, 3, slice_of(THIRTY "12"), slice_of("province"), slice_of("VN"),
                              longest, slice_of(""));
    ck_assert_uint_eq(faults.length, 0);
    struct slice too_long = {name, NAME_BYTES_MAX + 1};
    register_builder_add_area(builder, 4, slice_of("q"), slice_of("province"), slice_of("VN"), too_long,
                              too_long);
    (void)check_gathered(&faults, "areas.csv:4: name: the name has 257 bytes;\n"
                                  "areas.csv:4: name_en: the name has 257 bytes;");
    ck_assert_ptr_null(register_builder_finish(builder));
    register_builder_free(builder);
    buffer_done(&faults);
}

/* One nation, `provinces` provinces, `communes` communes in the first of them. */
static struct election_register *build_many(uint32_t provinces, uint32_t communes, struct buffer *faults)
{
    struct register_builder *builder = register_builder_new(gather_fault, faults);
    add_area(builder, 2, NATION);
    uint32_t line = 2;
    for (uint32_t i = 0; i < provinces + communes; i++) {
        char row[64];
        bool is_province = i < provinces;
        int length = snprintf(row, sizeof row, is_province ? "p%u|province|VN|P|" : "c%u|commune|p0|C|", i);
        ck_assert_int_gt(length, 0);
        add_area(builder, ++line, row);
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    return reg;
}

TEST(as_many_areas_as_allowed)
{
    struct buffer faults = {0};
    struct election_register *reg = build_many(PROVINCES_MAX, COMMUNES_MAX, &faults);
    ck_assert_ptr_nonnull(reg);
    ck_assert_uint_eq(reg->area_count, 1 + PROVINCES_MAX + COMMUNES_MAX);
    ck_assert_uint_eq(reg->areas[1].children, COMMUNES_MAX);
    for (uint32_t i = 0; i < reg->area_count; i++) {
        ck_assert_uint_eq(register_find_area(reg, slice_of(reg->areas[i].code)), i);
    }
    register_release(reg);

    ck_assert_ptr_null(build_many(PROVINCES_MAX + 3, COMMUNES_MAX + 3, &faults));
    (void)check_gathered(&faults, "areas.csv:1003: level: more than 1000 provinces;\n"
                                  "areas.csv:101006: level: more than 100000 communes;");
    buffer_done(&faults);
}

/* A register in any order of its rows is the same set of things: here 5,000 units in 50 communes,
 * shuffled. */
TEST(any_order_of_rows_will_do)
{
    enum { COMMUNES = 50, UNITS = 5000 };
    uint64_t seed = UINT64_C(76516637);
    (void)printf("seed %llu\n", (unsigned long long)seed);
    uint32_t order[UNITS];
    for (uint32_t i = 0; i < UNITS; i++) {
        order[i] = i;
    }
    for (uint32_t i = UNITS - 1; i > 0; i--) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint32_t other = (uint32_t)((seed >> 33) % (i + 1));
        uint32_t held = order[i];
        order[i] = order[other];
        order[other] = held;
    }

    struct buffer faults = {0};
    struct register_builder *builder = register_builder_new(gather_fault, &faults);
    char row[64];
    for (uint32_t i = 0; i < UNITS; i++) {
        (void)snprintf(row, sizeof row, "u%u|c%u|U|%u", order[i], order[i] % COMMUNES, order[i]);
        add_unit(builder, i + 2, row);
    }
    for (uint32_t i = 0; i < COMMUNES; i++) {
        (void)snprintf(row, sizeof row, "c%u|commune|p|C|", i);
        add_area(builder, i + 2, row);
    }
    add_area(builder, COMMUNES + 2, PROVINCE);
    add_area(builder, COMMUNES + 3, NATION);
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    ck_assert_int_eq(reg->areas[REGISTER_NATION].registered, (int64_t)UNITS * (UNITS - 1) / 2);

    for (uint32_t i = 0; i < UNITS; i++) {
        (void)snprintf(row, sizeof row, "u%u", i);
        uint32_t unit = register_find_unit(reg, slice_of(row));
        ck_assert_uint_ne(unit, REGISTER_NONE);
        ck_assert_uint_eq(reg->units[unit].registered, i);
        (void)snprintf(row, sizeof row, "c%u", i % COMMUNES);
        const struct area *commune = &reg->areas[reg->units[unit].commune];
        ck_assert_str_eq(commune->code, row);
        ck_assert_uint_ge(unit, commune->first_child);
        ck_assert_uint_lt(unit, commune->first_child + commune->children);
    }
    register_release(reg);
}

TEST(levels_have_names)
{
    ck_assert_str_eq(area_level_name(AREA_NATION), "nation");
    ck_assert_str_eq(area_level_name(AREA_PROVINCE), "province");
    ck_assert_str_eq(area_level_name(AREA_COMMUNE), "commune");
}

SUITE("register");
