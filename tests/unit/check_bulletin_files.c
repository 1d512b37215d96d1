/* The bytes of a bulletin's files. */
#include <turnout/wire/bulletin_files.h>

#include <check.h>
#include <string.h>

#include "suite.h"

static void expect(struct buffer *out, const char *wanted)
{
    ck_assert_str_eq(out->bytes, wanted);
    buffer_done(out);
}

TEST(a_hash_is_hex)
{
    char hex[SHA256_HEX_BYTES];
    sha256_hex(slice_of("abc"), hex); /* FIPS 180-4 */
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(a_commune_has_its_units)
{
    const struct unit units[] = {{.code = "u.1"}, {.code = "u-2"}};
    const struct unit_state states[] = {
        {.seq = 7, .voted = 912, .registered = 1000, .as_of = 1773561600, .kind = KIND_FINAL},
        {.registered = 5}};
    const struct bulletin_line own = {"00070", 1005, 912, 2, 1, 3};
    unsigned char head[LOG_HEAD_BYTES] = {0xab};
    const struct bulletin_log log = {9, head};
    struct buffer out = {0};
    bulletin_write_commune(&out, &own, units, states, &log, 7 * 3600);
    expect(&out, "code,registered,voted,seq,as_of,kind,receipt\n"
                 "u.1,1000,912,7,2026-03-15T15:00:00+07:00,final,0000-0000\n"
                 "u-2,5,0,,,,\n"
                 "00070,1005,912,2,1,3,-\n"
                 "log,9,ab00000000000000000000000000000000000000000000000000000000000000\n");
}

static const struct bulletin_child children[] = {{{"01", 10, 4, 2, 1, 0}, "aa"},
                                                 {{"02", 20, 5, 3, 3, 1}, "bb"}};
static const char nation[] = "code,registered,voted,units,units_reported,held,sha256\n"
                             "01,10,4,2,1,0,aa\n02,20,5,3,3,1,bb\nVN,30,9,5,4,1,-\n";

TEST(an_area_has_its_children_and_their_sum)
{
    struct buffer out = {0};
    bulletin_write_area(&out, "VN", children, 2);
    expect(&out, nation);
    bulletin_write_area(&out, "VN", NULL, 0);
    expect(&out, "code,registered,voted,units,units_reported,held,sha256\nVN,0,0,0,0,0,-\n");
}

TEST(the_sum_is_read_back)
{
    struct bulletin_line sum;
    ck_assert(bulletin_read_sum(slice_of(nation), &sum));
    ck_assert_str_eq(sum.code, "VN");
    ck_assert_int_eq(sum.registered, 30);
    ck_assert_int_eq(sum.voted, 9);
    ck_assert_int_eq(sum.units, 5);
    ck_assert_int_eq(sum.units_reported, 4);
    ck_assert_int_eq(sum.held, 1);
}

static const char *const no_areas[] = {
    "",
    "code\n",
    "code\n01,10,4,2,1,0,aa\n",
    "code\nVN,30,9,5,4,1,-",
    "code\nVN,30,9,5,4,-\n",
    "code\nVN,30,9,5,4,1,-\nx",
    "code\nVN,-1,9,5,4,1,-\n",
    "code\nVN,8,9,5,4,1,-\n",
    "code\nV N,30,9,5,4,1,-\n",
};

LOOP_TEST(what_is_no_area_is_refused, COUNT(no_areas))
{
    struct bulletin_line sum;
    ck_assert(!bulletin_read_sum(slice_of(no_areas[_i]), &sum));
}

/* Columns may be added behind the last one. */
TEST(a_column_more_is_passed_over)
{
    struct bulletin_line sum;
    ck_assert(bulletin_read_sum(slice_of("code,more\n01,10,4,2,1,0,aa,7\nVN,10,4,2,1,0,-,7\n"), &sum));
}

static const char text[] =
    "turnout-bulletin-v1\nvn-2026\n3\n11:00\n2026-03-15T11:15:00+07:00\n-\nVN\nabc\nunofficial\n";

TEST(a_statement_has_nine_lines)
{
    struct bulletin_statement statement;
    struct buffer out = {0};
    ck_assert(bulletin_read_statement(slice_of(text), &statement));
    ck_assert_str_eq(statement.election, "vn-2026");
    ck_assert_int_eq(statement.number, 3);
    ck_assert_str_eq(statement.label, "11:00");
    ck_assert_str_eq(statement.cut, "2026-03-15T11:15:00+07:00");
    ck_assert_str_eq(statement.previous, "-");
    ck_assert_str_eq(statement.nation, "VN");
    ck_assert_str_eq(statement.sha256, "abc");
    ck_assert(!statement.is_rehearsal);
    bulletin_write_statement(&out, &statement);
    expect(&out, text);
    statement.is_rehearsal = true;
    bulletin_write_statement(&out, &statement);
    ck_assert_ptr_nonnull(strstr(out.bytes, "\nrehearsal\n"));
    buffer_done(&out);
}

/* Every beginning of one, and one with a line more. */
TEST(what_is_no_statement_is_refused)
{
    struct bulletin_statement statement;
    for (size_t length = 0; length < sizeof text - 1; length++) {
        ck_assert_msg(!bulletin_read_statement((struct slice){text, length}, &statement), "%zu bytes",
                      length);
    }
    struct buffer longer = {0};
    buffer_printf(&longer, "%s\n", text);
    ck_assert(!bulletin_read_statement((struct slice){longer.bytes, longer.length}, &statement));
    buffer_done(&longer);
}

SUITE("bulletin_files");
