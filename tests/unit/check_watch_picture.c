/* What `turnout watch` draws. Columns are those of a terminal, not bytes. */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "suite.h"
#include "watch/watch_picture.h"

static void set_up(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
}

struct name_case {
    const char *name;
    uint32_t columns;
    const char *expected;
};

static const struct name_case name_cases[] = {
    {"Ha Noi", 8, "Ha Noi  "},
    {"Ha Noi", 6, "Ha Noi"},
    {"Ha Noi", 5, "Ha No"},
    {"Ha Noi", 0, ""},
    {"", 3, "   "},
    {"H\u00e0 N\u1ed9i", 8, "H\u00e0 N\u1ed9i  "},
    {"H\u00e0 N\u1ed9i", 2, "H\u00e0"},
    {"a\u0302\u0301b", 3, "a\u0302\u0301b "}, /* combining marks take no column */
    {"\u5317\u4eac", 5, "\u5317\u4eac "},     /* wide characters take two */
    {"\u5317\u4eac", 3, "\u5317 "},           /* and are not cut in half */
    {"a\033[2Jb", 7, "a?[2Jb "},              /* nobody steers the terminal */
    {"a\nb\tc\x7f", 6, "a?b?c?"},
    {"a\xff"
     "b",
     4, "a?b "},
    {"a\xe1\xbb", 4, "a?? "}, /* cut short */
};

FIXTURE(set_up, NULL);

LOOP_TEST(names_fill_their_columns, COUNT(name_cases))
{
    const struct name_case *c = &name_cases[_i];
    struct buffer out = {0};
    watch_picture_name(&out, c->name, c->columns);
    ck_assert_str_eq(out.length == 0 ? "" : out.bytes, c->expected);
    buffer_done(&out);
}

static struct document_area area_of(const char *name, int64_t voted, int64_t registered, int32_t percent)
{
    struct document_area area = {
        .verified = true, .voted = voted, .registered = registered, .percent = percent};
    (void)strcpy(area.code, name);
    (void)strcpy(area.name, name);
    (void)strcpy(area.as_of, "2026-03-15T20:00:00+07:00");
    area.units = 10;
    area.units_reported = 9;
    return area;
}

static struct turnout_document document_of(struct document_area *provinces, size_t count)
{
    struct turnout_document document = {
        .generated_at = 1000, .provinces = provinces, .province_count = count};
    document.nation = area_of("Vi\u1ec7t Nam", 76043527, 76516637, 9938);
    (void)strcpy(document.nation.name_en, "Viet Nam");
    return document;
}

TEST(the_nation_in_one_line)
{
    struct turnout_document document = document_of(NULL, 0);
    struct watch_picture picture = {.document = &document, .now = 1003, .utf8 = true};
    struct buffer out = {0};
    watch_picture_nation(&out, &picture);
    ck_assert_str_eq(out.bytes,
                     "Vi\u1ec7t Nam  99.38%  76,043,527 of 76,516,637 voted  9 of 10 units reported, "
                     "as of 2026-03-15T20:00:00+07:00, published 3 s ago");
    buffer_clear(&out);
    picture.utf8 = false;
    document.test = true;
    picture.now = 1000 + 7300;
    document.nation.percent = -1;
    document.nation.voted = 0;
    document.nation.as_of[0] = '\0';
    watch_picture_nation(&out, &picture);
    ck_assert_str_eq(out.bytes,
                     "Viet Nam  -  0 of 76,516,637 voted  [TEST]  9 of 10 units reported, as of -, "
                     "published 2 h ago");
    buffer_clear(&out);
    document.nation.verified = false;
    watch_picture_nation(&out, &picture);
    ck_assert_str_eq(out.bytes, "Viet Nam  under verification  [TEST]  published 2 h ago");
    buffer_done(&out);
}

/* The names stand in their order: five slowest, then five fastest, and neither the doubtful nor the empty. */
TEST(provinces_are_ranked)
{
    struct document_area provinces[9];
    for (size_t i = 0; i < 7; i++) {
        const char name[] = {(char)('a' + (char)i), 'a', 'a', '\0'};
        provinces[i] = area_of(name, 9990 + (int64_t)i, 10000, 9999); /* alike when rounded */
    }
    provinces[7] = area_of("doubtful", 1, 10000, 1);
    provinces[7].verified = false;
    provinces[8] = area_of("empty", 0, 0, -1);
    struct turnout_document document = document_of(provinces, 9);
    struct watch_picture picture = {.document = &document, .now = 1003};
    struct buffer out = {0};
    watch_picture_write(&out, &picture);
    static const char *const order[] = {"slowest",
                                        "aaa",
                                        "baa",
                                        "caa",
                                        "daa",
                                        "eaa",
                                        "fastest",
                                        "gaa",
                                        "faa",
                                        "eaa",
                                        "daa",
                                        "caa",
                                        "2 without a percentage"};
    const char *at = out.bytes;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = strstr(at, order[i]);
        ck_assert_msg(at != NULL, "%s is not in its place in:\n%s", order[i], out.bytes);
        at += strlen(order[i]);
    }
    ck_assert_ptr_null(strstr(out.bytes, "doubtful"));
    ck_assert_ptr_null(strstr(out.bytes, "empty"));
    ck_assert_ptr_null(strstr(out.bytes, "away"));
    buffer_done(&out);
}

/* Every province's line is as wide as every other, and no wider than a terminal. */
TEST(columns_are_aligned)
{
    struct document_area provinces[] = {
        area_of("H\u00e0 N\u1ed9i", 1, 6000000, 1),
        area_of("Th\u00e0nh ph\u1ed1 H\u1ed3 Ch\u00ed Minh v\u00e0 h\u01a1n n\u1eefa", 9999999, 9999999,
                10000),
        area_of("x", 500, 1000, 5000),
    };
    struct turnout_document document = document_of(provinces, 3);
    struct watch_picture picture = {
        .document = &document, .now = 1003, .utf8 = true, .away = "why", .away_s = 5};
    struct buffer out = {0};
    watch_picture_write(&out, &picture);
    size_t lines = 0;
    char *rest = NULL;
    for (char *line = strtok_r(out.bytes, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        wchar_t wide[256];
        size_t characters = mbstowcs(wide, line, 256);
        ck_assert_msg(characters < 256, "%s", line);
        ck_assert_int_le(wcswidth(wide, characters), 80);
        if (strncmp(line, "  ", 2) == 0) {
            ck_assert_int_eq(wcswidth(wide, characters), 78);
            lines++;
        }
        bool all = strstr(line, "100.00%") != NULL;
        bool none = strstr(line, "  0.01%") != NULL;
        ck_assert(!all || strstr(line, "\u2591") == NULL);  /* a full bar */
        ck_assert(!none || strstr(line, "\u2588") == NULL); /* an empty one */
    }
    ck_assert_uint_eq(lines, 6);
    buffer_done(&out);
}

TEST(a_server_that_is_away_is_told)
{
    struct turnout_document document = document_of(NULL, 0);
    struct watch_picture picture = {.document = &document, .now = 1003, .away = "refused\033", .away_s = 61};
    struct buffer out = {0};
    watch_picture_write(&out, &picture);
    ck_assert_ptr_nonnull(strstr(out.bytes, "server away for 61 s; these are the last figures\nrefused?\n"));
    ck_assert_ptr_nonnull(strstr(out.bytes, "76,043,527"));
    buffer_clear(&out);
    picture.document = NULL;
    watch_picture_write(&out, &picture);
    ck_assert_str_eq(out.bytes, "server away for 61 s; no figures yet\nrefused?\n");
    buffer_done(&out);
}

SUITE("watch_picture");
