/* Comparing two registers: a table of one change each, and what is said of it. */
#include <turnout/election/register_change.h>

#include <string.h>

#include <check.h>

#include "suite.h"
#include "told_faults.h"

static const char areas[] = "VN,nation,,Nation,\n"
                            "01,province,VN,North,\n"
                            "02,province,VN,South,\n"
                            "001,commune,01,One,\n"
                            "002,commune,01,Two,\n"
                            "003,commune,02,Three,\n";
static const char units[] = "001-01,001,A,800\n"
                            "001-02,001,B,905\n"
                            "003-01,003,C,100\n";

static struct rules rules;

static void set_rules(void)
{
    rules_init(&rules);
}

FIXTURE(set_rules, NULL);

/* Rows of text, without quoting. */
static struct election_register *register_of(const char *area_rows, const char *unit_rows)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    uint32_t line = 2;
    for (struct slice rest = slice_of(area_rows); rest.length > 0; line++) {
        struct slice row = text_split(&rest, '\n');
        struct slice cells[5];
        for (size_t i = 0; i < 5; i++) {
            cells[i] = text_split(&row, ',');
        }
        register_builder_add_area(builder, line, cells[0], cells[1], cells[2], cells[3], cells[4]);
    }
    line = 2;
    for (struct slice rest = slice_of(unit_rows); rest.length > 0; line++) {
        struct slice row = text_split(&rest, '\n');
        struct slice cells[5];
        for (size_t i = 0; i < 5; i++) {
            cells[i] = text_split(&row, ',');
        }
        register_builder_add_unit(builder, line, cells[0], cells[1], cells[2], cells[3]);
        register_builder_add_contact(builder, line, cells[4].bytes == NULL ? slice_of("") : cells[4]);
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

/* The text with the first `from` in it replaced. */
static char *replaced(const char *text, const char *from, const char *to)
{
    struct buffer out = {0};
    const char *at = strstr(text, from);
    ck_assert_ptr_nonnull(at);
    buffer_append(&out, text, (size_t)(at - text));
    buffer_append_text(&out, to);
    buffer_append_text(&out, at + strlen(from));
    size_t length;
    return buffer_take(&out, &length);
}

static struct register_change *change_of(const char *area_rows, const char *unit_rows)
{
    struct election_register *before = register_of(areas, units);
    struct election_register *after = register_of(area_rows, unit_rows);
    struct rules same;
    rules_init(&same);
    struct register_change *change = register_change_new(before, &same, after, &rules);
    register_release(before);
    register_release(after);
    return change;
}

/* One line a row: its kind, what is said of it. */
static void check_rows(const char *area_rows, const char *unit_rows, const char *wanted)
{
    struct register_change *change = change_of(area_rows, unit_rows);
    struct buffer out = {0};
    size_t impossible = 0;
    buffer_append_text(&out, "");
    for (size_t i = 0; i < change->count; i++) {
        const struct register_row *row = &change->rows[i];
        buffer_printf(&out, "%s: ", register_row_name(row->kind));
        register_row_describe(&out, change, row);
        buffer_append_char(&out, '\n');
        impossible += register_row_is_impossible(row->kind) ? 1 : 0;
        bool may_be_refused = register_row_is_impossible(row->kind) || register_row_needs_silence(row->kind);
        ck_assert(may_be_refused == (register_row_remedy(row->kind)[0] != '\0'));
    }
    ck_assert_str_eq(out.bytes, wanted);
    ck_assert_uint_eq(change->impossible, impossible);
    buffer_done(&out);
    register_change_release(change);
}

/* `from` and `to` in one of the tables. */
static const struct {
    bool in_areas;
    const char *from, *to;
    const char *told;
} changes[] = {
    {false, "001-02,", "001-03,001,New,70\n001-02,",
     "unit-added: unit 001-03 is added to commune 001 with 70 registered\n"},
    {false, "001-02,001,B,905\n", "",
     "unit-withdrawn: unit 001-02 of commune 001, 905 registered, is withdrawn\n"},
    {false, "001-02,001", "001-02,002", "unit-moved: unit 001-02 moves from commune 001 to commune 002\n"},
    {false, "001-02,001", "001-02,003", "unit-moved: unit 001-02 moves from commune 001 to commune 003\n"},
    {false, "905", "950", "roll-mended: unit 001-02 has 950 registered instead of 905\n"},
    {false, "B,905", "Bee,905", "unit-renamed: unit 001-02 is called \"Bee\" instead of \"B\"\n"},
    {false, "905", "905,555-0101", "contact-changed: unit 001-02 has another contact\n"},
    {false, "001-02,001,B,905", "001-02,002,Bee,9",
     "unit-moved: unit 001-02 moves from commune 001 to commune 002\n"
     "roll-mended: unit 001-02 has 9 registered instead of 905\n"
     "unit-renamed: unit 001-02 is called \"Bee\" instead of \"B\"\n"},
    {false, "001-02,001,B", "001-2,001,B",
     "unit-added: unit 001-2 is added to commune 001 with 905 registered\n"
     "unit-withdrawn: unit 001-02 of commune 001, 905 registered, is withdrawn\n"},
    {true, "002,commune", "004,commune,01,Four,\n002,commune", "commune-added: commune 004 is added to 01\n"},
    {true, "Two", "Zwei", "area-renamed: commune 002 is called \"Zwei\" instead of \"Two\"\n"},
    {true, "North,", "North,Nord", "area-renamed: province 01 is called \"Nord\" instead of \"\"\n"},
    {true, "Nation,", "Land,", "area-renamed: nation VN is called \"Land\" instead of \"Nation\"\n"},
    {true, "02,province", "03,province,VN,East,\n02,province",
     "province-added: province 03 is added to VN\n"},
    {true, "002,commune,01,Two,\n", "", "area-withdrawn: commune 002 is gone\n"},
    {true, "002,commune,01", "002,commune,02", "area-moved: commune 002 moves from 01 to 02\n"},
    {true, "002,commune,01,Two,", "002,province,VN,Two,",
     "level-changed: 002 stands for something else than before\n"},
    {true, "002,commune,01,Two,\n", "001-02x,commune,01,Two,\n",
     "commune-added: commune 001-02x is added to 01\narea-withdrawn: commune 002 is gone\n"},
};

LOOP_TEST(each_change_is_told, COUNT(changes))
{
    char *changed = replaced(changes[_i].in_areas ? areas : units, changes[_i].from, changes[_i].to);
    check_rows(changes[_i].in_areas ? changed : areas, changes[_i].in_areas ? units : changed,
               changes[_i].told);
    free(changed);
}

TEST(the_order_of_rows_is_no_change)
{
    check_rows("003,commune,02,Three,\n002,commune,01,Two,\n001,commune,01,One,\n02,province,VN,South,\n"
               "01,province,VN,North,\nVN,nation,,Nation,\n",
               "003-01,003,C,100\n001-02,001,B,905\n001-01,001,A,800\n", "");
}

TEST(a_code_that_was_a_units_cannot_be_an_areas)
{
    check_rows("VN,nation,,Nation,\n01,province,VN,North,\n02,province,VN,South,\n001,commune,01,One,\n"
               "002,commune,01,Two,\n003,commune,02,Three,\n003-01,commune,02,Unit,\n",
               "001-01,001,A,800\n001-02,001,B,905\n",
               "level-changed: 003-01 stands for something else than before\n");
    check_rows("VN,nation,,Nation,\n01,province,VN,North,\n02,province,VN,South,\n001,commune,01,One,\n"
               "003,commune,02,Three,\n",
               "001-01,001,A,800\n001-02,001,B,905\n003-01,003,C,100\n002,003,Two,5\n",
               "level-changed: 002 stands for something else than before\n");
}

TEST(another_nation_is_none_of_ours)
{
    check_rows("XX,nation,,Nation,\n01,province,XX,North,\n02,province,XX,South,\n001,commune,01,One,\n"
               "002,commune,01,Two,\n003,commune,02,Three,\n",
               units,
               "area-moved: province 01 moves from VN to XX\narea-moved: province 02 moves from VN to XX\n"
               "area-withdrawn: nation VN is gone\n");
}

TEST(each_rule_is_named)
{
    rules.modes[RULE_OVER_ROLL] = MODE_HOLD;
    rules.voters_an_hour++;
    rules.complete_not_before = 5;
    check_rows(
        areas, units,
        "rule-changed: the rule over-roll is another\nrule-changed: the rule voters-an-hour is another\n"
        "rule-changed: the rule complete-not-before is another\n");
}

SUITE("register_change");
