/* The snapshot as a table, to the byte. */
#include <stdio.h>

#include <check.h>

#include "nation_of_two.h"
#include "suite.h"

FIXTURE(set_up, tear_down);

#define CSV_HEAD                                                                                             \
    "code,level,parent,name,registered,voted,remaining,percent,units,units_reported,as_of,revision,test\r\n"

TEST(the_table_quotes_and_guards_its_cells)
{
    document_snapshot_csv(&out, &figures, ',', false);
    ck_assert_str_eq(out.bytes, CSV_HEAD
                     "VN,nation,,Việt Nam,1150,150,1000,13.04,3,2,2026-03-15T15:00:00+07:00,5,true\r\n"
                     "15,province,VN,Miền Trung,150,150,0,100.00,2,2,2026-03-15T15:00:00+07:00,5,true\r\n"
                     "46,province,VN,Huế,1000,0,1000,0.00,1,0,,5,true\r\n"
                     "19753,commune,15,\"Xã, một\",150,150,0,100.00,2,2,2026-03-15T15:00:00+07:00,5,true\r\n"
                     "20333,commune,15,\"'=Xã \"\"hai\"\"\",0,0,0,,0,0,,5,true\r\n"
                     "'-4,commune,46,Xã ba,1000,0,1000,0.00,1,0,,5,true\r\n");
}

/* A table may have every field; what is not verified is an empty cell there too. */
TEST(a_table_of_everything)
{
    struct selection selection = {.fields = UINT32_MAX};
    struct error error;
    ck_assert_int_eq(selection_read_levels("commune", &selection, &error), TURNOUT_OK);
    counted[SILENT].verified = false;
    counted[FULL].milestones[MARK_90] = (struct milestone){.is_reached = true, .as_of = 1773532800};
    document_selection_csv(&out, &figures, ',', false, &selection);
    ck_assert_str_eq(
        out.bytes,
        "code,level,parent,name,name_en,registered,voted,remaining,percent,units,units_reported,"
        "units_final,units_complete,communes,communes_complete,registered_reported,percent_of_reported,"
        "percent_low,percent_high,held,as_of,verified,previous,first_report_at,reached_50_at,reached_90_at,"
        "reached_100_at,revision,test\r\n"
        "19753,commune,15,\"Xã, một\",,150,150,0,100.00,2,2,1,2,1,1,150,100.00,100.00,100.00,1,"
        "2026-03-15T15:00:00+07:00,true,,,,2026-03-15T07:00:00+07:00,,5,true\r\n"
        "20333,commune,15,\"'=Xã \"\"hai\"\"\",,0,0,0,,0,0,0,0,1,0,0,,,,0,,true,,,,,,5,true\r\n"
        "'-4,commune,46,Xã ba,,,,,,1,,,,1,,,,,,,,false,,,,,,5,true\r\n");
}

TEST(the_table_is_made_for_spreadsheets_when_asked)
{
    document_snapshot_csv(&out, &figures, ';', true);
    ck_assert_int_eq(strncmp(out.bytes,
                             "\xef\xbb\xbf"
                             "code;level;parent;name;",
                             26),
                     0);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\r\n19753;commune;15;\"Xã, một\";150;150;0;100.00;2;2;"));
    buffer_clear(&out);
    document_snapshot_csv(&out, &figures, '\t', false);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\r\n46\tprovince\tVN\tHuế\t1000\t0\t"));
}

static const struct {
    const char *name, *cell;
} formulas[] = {{"=1+1", "'=1+1"},
                {"+1", "'+1"},
                {"-1", "'-1"},
                {"@SUM(A1)", "'@SUM(A1)"},
                {"\tx", "?x"},
                {"a=1", "a=1"},
                {"1-2", "1-2"},
                {"", ""},
                {"a;=1+1", "a;'=1+1"},
                {"a,=1", "\"a,'=1\""},
                {"a,@x", "\"a,'@x\""},
                {"a; \"=1", "\"a; \"\"'=1\""},
                {"a;b=1", "a;b=1"},
                {"\xef\xbc\x9d"
                 "1",
                 "'\xef\xbc\x9d"
                 "1"}};

LOOP_TEST(no_name_becomes_a_formula, COUNT(formulas))
{
    char expected[64];
    ck_assert_int_gt(snprintf(expected, sizeof expected, "\r\n46,province,VN,%s,1000,", formulas[_i].cell),
                     0);
    areas[SOUTHERN].name = formulas[_i].name;
    document_snapshot_csv(&out, &figures, ',', false);
    ck_assert_msg(strstr(out.bytes, expected) != NULL, "%s", out.bytes);
}

TEST(a_table_of_some_fields_and_levels)
{
    struct selection selection = {0};
    struct error error;
    ck_assert_int_eq(selection_read_fields("percent,voted,parent,as_of", &selection, &error), TURNOUT_OK);
    ck_assert_int_eq(selection_read_levels("province,nation", &selection, &error), TURNOUT_OK);
    document_selection_csv(&out, &figures, ';', false, &selection);
    ck_assert_str_eq(out.bytes, "code;parent;voted;percent;as_of;test\r\n"
                                "VN;;150;13.04;2026-03-15T15:00:00+07:00;true\r\n"
                                "15;VN;150;100.00;2026-03-15T15:00:00+07:00;true\r\n46;VN;0;0.00;;true\r\n");
}

SUITE("snapshot_csv");
