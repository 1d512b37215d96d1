/* Slices, numbers, codes, UTF-8: the boundaries and just beyond them. */
#include <turnout/base/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

#include <turnout/base/limits.h>

#include "suite.h"

TEST(slices_compare)
{
    ck_assert(slice_equals(slice_of("abc"), "abc"));
    ck_assert(!slice_equals(slice_of("abc"), "ab"));
    ck_assert(!slice_equals(slice_of("ab"), "abc"));
    ck_assert(!slice_equals(slice_of("abC"), "abc"));
    ck_assert(slice_equals((struct slice){0}, ""));
    ck_assert(slice_equals_ignoring_case(slice_of("aBc-1"), "AbC-1"));
    ck_assert(!slice_equals_ignoring_case(slice_of("abc"), "abcd"));
    ck_assert(slice_equals_ignoring_case((struct slice){0}, ""));
}

TEST(slices_are_trimmed_of_blanks_only)
{
    ck_assert(slice_equals(slice_trim(slice_of(" \t a b\t ")), "a b"));
    ck_assert(slice_equals(slice_trim(slice_of(" \t ")), ""));
    ck_assert(slice_equals(slice_trim(slice_of("\na\r")), "\na\r"));
    ck_assert_uint_eq(slice_trim((struct slice){0}).length, 0);
}

TEST(slices_are_copied_only_when_they_fit)
{
    char text[4] = "old";
    ck_assert(!slice_copy(slice_of("abcd"), text, sizeof text));
    ck_assert_str_eq(text, "old");
    ck_assert(slice_copy(slice_of("abc"), text, sizeof text));
    ck_assert_str_eq(text, "abc");
    ck_assert(slice_copy((struct slice){0}, text, sizeof text));
    ck_assert_str_eq(text, "");
    ck_assert(!slice_copy((struct slice){0}, text, 0));
}

static const struct {
    const char *text;
    uint64_t most;
    bool ok;
    uint64_t value;
} unsigneds[] = {
    {"0", 0, true, 0},
    {"007", 7, true, 7},
    {"8", 7, false, 0},
    {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
    {"18446744073709551616", UINT64_MAX, false, 0},
    {"99999999999999999999", UINT64_MAX, false, 0},
    {"", 9, false, 0},
    {"+1", 9, false, 0},
    {"-1", 9, false, 0},
    {" 1", 9, false, 0},
    {"1 ", 9, false, 0},
    {"1x", 99, false, 0},
    {"0x1", 99, false, 0},
    {"1.0", 99, false, 0},
};

LOOP_TEST(unsigned_numbers, COUNT(unsigneds))
{
    uint64_t value = 12345;
    ck_assert_int_eq(text_parse_unsigned(slice_of(unsigneds[_i].text), unsigneds[_i].most, &value),
                     unsigneds[_i].ok);
    ck_assert_uint_eq(value, unsigneds[_i].ok ? unsigneds[_i].value : 12345);
}

static const struct {
    const char *text;
    int64_t least, most;
    bool ok;
    int64_t value;
} integers[] = {
    {"-5", -5, 5, true, -5},
    {"-6", -5, 5, false, 0},
    {"5", -5, 5, true, 5},
    {"6", -5, 5, false, 0},
    {"9223372036854775807", INT64_MIN, INT64_MAX, true, INT64_MAX},
    {"9223372036854775808", INT64_MIN, INT64_MAX, false, 0},
    {"-9223372036854775807", INT64_MIN, INT64_MAX, true, -INT64_MAX},
    {"-9223372036854775808", INT64_MIN, INT64_MAX, true, INT64_MIN},
    {"-9223372036854775809", INT64_MIN, INT64_MAX, false, 0},
    {"-", -5, 5, false, 0},
    {"", -5, 5, false, 0},
    {"--1", -5, 5, false, 0},
    {"+1", -5, 5, false, 0},
};

LOOP_TEST(signed_numbers, COUNT(integers))
{
    int64_t value = 12345;
    ck_assert_int_eq(
        text_parse_integer(slice_of(integers[_i].text), integers[_i].least, integers[_i].most, &value),
        integers[_i].ok);
    ck_assert_int_eq(value, integers[_i].ok ? integers[_i].value : 12345);
}

/* Around every power of ten and of two, and their negatives. */
TEST(numbers_are_put_in_plain_decimal)
{
    uint64_t power = 1;
    for (int i = 0; i < 64 + 20; i++) {
        power = i == 64 ? 1 : power;
        for (uint64_t value = power - 1; value != power + 2; value++) {
            char expected[32];
            char put[DECIMAL_BYTES_MAX + 1];
            ck_assert_int_gt(snprintf(expected, sizeof expected, "%" PRIu64, value), 0);
            *text_put_unsigned(put, value) = '\0';
            ck_assert_str_eq(put, expected);
            ck_assert_int_gt(snprintf(expected, sizeof expected, "%" PRId64, (int64_t)value), 0);
            *text_put_integer(put, (int64_t)value) = '\0';
            ck_assert_str_eq(put, expected);
        }
        power *= i < 64 ? 2 : 10;
    }
}

TEST(names_are_found_in_a_table)
{
    static const char *const names[] = {"off", NULL, "on", "", "on", "o"};
    static const struct {
        const char *name;
        size_t place; /* COUNT(names): nowhere */
    } searches[] = {{"off", 0}, {"on", 2}, {"", 3}, {"o", 5}, {"of", 6}, {"offf", 6}, {"ON", 6}};
    for (size_t i = 0; i < COUNT(searches); i++) {
        size_t place = COUNT(names);
        bool is_there = text_find(slice_of(searches[i].name), names, COUNT(names), &place);
        ck_assert_uint_eq(place, searches[i].place);
        ck_assert(is_there == (place < COUNT(names)));
    }
    size_t place = 9;
    ck_assert(!text_find(slice_of("off"), names, 0, &place));
    ck_assert(!text_find((struct slice){"off\0", 4}, names, COUNT(names), &place));
    ck_assert(text_find((struct slice){0}, names, COUNT(names), &place));
    ck_assert_uint_eq(place, 3);
}

TEST(codes)
{
    static const char longest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    ck_assert_uint_eq(strlen(longest), AREA_CODE_BYTES_MAX);
    ck_assert(text_is_code(slice_of(longest)));
    ck_assert(!text_is_code(slice_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456")));
    ck_assert(text_is_code(slice_of("00019804-003._az")));
    static const char *const wrong[] = {"", "a b", "a/b", "a:b", "{a}", "é", "a\n", "a@b", "a[b", "a`b"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ck_assert_msg(!text_is_code(slice_of(wrong[i])), "%s", wrong[i]);
    }
    ck_assert(!text_is_code((struct slice){"a\0b", 3}));
}

TEST(key_ids_may_be_longer)
{
    char id[KEY_BYTES_MAX + 2];
    memset(id, 'k', sizeof id);
    ck_assert(text_is_key_id((struct slice){id, KEY_BYTES_MAX}));
    ck_assert(!text_is_key_id((struct slice){id, KEY_BYTES_MAX + 1}));
    ck_assert(!text_is_key_id((struct slice){id, 0}));
    ck_assert(!text_is_key_id(slice_of("a b")));
}

static const struct {
    const char *bytes;
    int characters; /* -1: not UTF-8 */
} encoded[] = {
    {"", 0},
    {"abc", 3},
    {"Việt Nam", 8},
    {"\x7f", 1},
    {"\xc2\x80", 1},
    {"\xdf\xbf", 1},
    {"\xe0\xa0\x80", 1},
    {"\xed\x9f\xbf", 1},
    {"\xee\x80\x80", 1},
    {"\xef\xbf\xbf", 1},
    {"\xf0\x90\x80\x80", 1},
    {"\xf4\x8f\xbf\xbf", 1},
    {"\x80", -1},
    {"\xbf", -1},
    {"\xc0\x80", -1},         /* overlong NUL */
    {"\xc1\xbf", -1},         /* overlong */
    {"\xe0\x9f\xbf", -1},     /* overlong */
    {"\xf0\x8f\xbf\xbf", -1}, /* overlong */
    {"\xed\xa0\x80", -1},     /* surrogate */
    {"\xed\xbf\xbf", -1},     /* surrogate */
    {"\xf4\x90\x80\x80", -1}, /* beyond the last code point */
    {"\xf8\x88\x80\x80\x80", -1},
    {"\xff", -1},
    {"\xc3", -1}, /* cut */
    {"\xe1\xbb", -1},
    {"\xf0\x9f\x98", -1},
    {"\xc3(", -1},
    {"\xe1\xbb(", -1},
};

LOOP_TEST(utf8, COUNT(encoded))
{
    size_t characters = 0;
    struct slice slice = slice_of(encoded[_i].bytes);
    ck_assert_int_eq(text_is_utf8(slice, &characters), encoded[_i].characters >= 0);
    if (encoded[_i].characters >= 0) {
        ck_assert_uint_eq(characters, (size_t)encoded[_i].characters);
    }
    ck_assert_int_eq(text_is_utf8(slice, NULL), encoded[_i].characters >= 0);
}

TEST(control_characters)
{
    static const char *const with[] = {"\n", "a\tb", "\x1f", "\x7f", "\xc2\x80", "x\xc2\x9f"};
    static const char *const without[] = {"", " ", "~", "\xc2\xa0", "Việt Nam", "\xe2\x80\xa8"};
    for (size_t i = 0; i < COUNT(with); i++) {
        ck_assert(text_has_control(slice_of(with[i])));
    }
    for (size_t i = 0; i < COUNT(without); i++) {
        ck_assert(!text_has_control(slice_of(without[i])));
    }
    ck_assert(text_has_control((struct slice){"a\0b", 3}));
}

TEST(what_misleads_who_reads_it_is_not_showable)
{
    static const char *const showable[] = {"",
                                           "plain",
                                           "Việt Nam",
                                           "\xe2\x80\xa7",
                                           "\xe2\x80\xaf",
                                           "\xe2\x81\xa5",
                                           "\xe2\x81\xaa",
                                           "\xef\xb7\x8f",
                                           "\xef\xb7\xb0",
                                           "\xef\xbf\xbd",
                                           "\xf0\x9f\x98\x80"};
    static const char *const others[] = {
        "a\nb",         "\x1b[2J",      "\x7f",         "\xc2\x9b",         "stray \xff",
        "\xd8\x9c",     "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8",     "\xe2\x80\xa9",
        "\xe2\x80\xaa", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9",     "\xef\xbf\xbe",
        "\xef\xbf\xbf", "\xef\xb7\x90", "\xef\xb7\xaf", "\xf0\x9f\xbf\xbe", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < COUNT(showable); i++) {
        ck_assert_msg(text_is_showable(slice_of(showable[i])), "%zu", i);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        ck_assert_msg(!text_is_showable(slice_of(others[i])), "%zu", i);
    }
}

TEST(a_text_is_made_showable)
{
    static const char *const texts[][2] = {
        {"", ""},
        {"Việt Nam", "Việt Nam"},
        {"\x1b[2J\r\n", "?[2J??"},
        {"a\xc2\x9b"
         "b",
         "a?b"},
        {"\xe2\x80\xaegood", "?good"},
        {"\xff\xfe", "??"},
        {"\xe1\xbb", "??"}, /* the beginning of a character */
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        char text[32];
        ck_assert(slice_copy(slice_of(texts[i][0]), text, sizeof text));
        text_make_showable(text);
        ck_assert_str_eq(text, texts[i][1]);
    }
}

/* The values of FNV-1a are published; folded, they must not be all alike. */
TEST(hashes_follow_the_bytes)
{
    ck_assert_uint_eq(slice_hash((struct slice){0}), UINT32_C(0xcbf29ce4) ^ UINT32_C(0x84222325));
    ck_assert_uint_eq(slice_hash(slice_of("a")), UINT32_C(0xaf63dc4c) ^ UINT32_C(0x8601ec8c));
    ck_assert_uint_ne(slice_hash(slice_of("ab")), slice_hash(slice_of("ba")));
    ck_assert_uint_eq(slice_hash((struct slice){"ab", 1}), slice_hash(slice_of("a")));
}

static const struct {
    const char *bytes;
    size_t whole;
} cuts[] = {
    {"", 0},       {"abc", 3},        {"ab\xe1\xbb\x87", 5}, {"ab\xe1\xbb", 2},       {"ab\xe1", 2},
    {"ab\xc3", 2}, {"ab\xc3\xa9", 4}, {"\xf0\x9f\x98", 0},   {"\xf0\x9f\x98\x80", 4}, {"\xe1", 0},
};

LOOP_TEST(whole_length_drops_a_part_of_a_character, COUNT(cuts))
{
    ck_assert_uint_eq(text_whole_length(slice_of(cuts[_i].bytes)), cuts[_i].whole);
}

TEST(splits_to_the_last_part)
{
    struct slice rest = slice_of("a,,b,");
    static const char *const parts[] = {"a", "", "b", ""};
    for (size_t i = 0; i < COUNT(parts); i++) {
        ck_assert_ptr_nonnull(rest.bytes);
        ck_assert(slice_equals(text_split(&rest, ','), parts[i]));
    }
    ck_assert_ptr_null(rest.bytes);
    ck_assert_uint_eq(text_split(&rest, ',').length, 0);
}

TEST(a_text_is_split_from_its_end)
{
    struct slice rest = slice_of("a.b..c");
    struct slice part;
    ck_assert(text_split_last(&rest, '.', &part));
    ck_assert(slice_equals(part, "c") && slice_equals(rest, "a.b."));
    ck_assert(text_split_last(&rest, '.', &part));
    ck_assert(slice_equals(part, "") && slice_equals(rest, "a.b"));
    ck_assert(text_split_last(&rest, '.', &part));
    ck_assert(slice_equals(part, "b") && slice_equals(rest, "a"));
    ck_assert(!text_split_last(&rest, '.', &part));
    ck_assert(slice_equals(rest, "a"));
    rest = slice_of("");
    ck_assert(!text_split_last(&rest, '.', &part));
}

TEST(a_hexadecimal_digit_is_of_either_case)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    unsigned wanted[256];
    for (int c = 0; c < 256; c++) {
        wanted[c] = 16;
    }
    for (unsigned i = 0; digits[i] != '\0'; i++) {
        wanted[(unsigned char)digits[i]] = i % 16;
    }
    for (int c = 0; c < 256; c++) {
        ck_assert_msg(text_hex_digit((char)c) == wanted[c], "%d", c);
    }
}

SUITE("text");
