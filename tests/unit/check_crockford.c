/* Crockford's base32: what is written, and what is a word of it. */
#include "../../src/wire/crockford.h"

#include <check.h>

#include "suite.h"

static const struct {
    unsigned char bytes[CROCKFORD_WORD_BYTES];
    const char *text;
} words[] = {
    {{0, 0, 0, 0, 0}, "00000000"},
    {{0, 0, 0, 0, 31}, "0000000Z"},
    {{0, 0, 0, 0, 32}, "00000010"},
    {{0xff, 0xff, 0xff, 0xff, 0xff}, "ZZZZZZZZ"},
    {{0x00, 0x44, 0x32, 0x14, 0xc7}, "01234567"},
    {{0x42, 0x54, 0xb6, 0x35, 0xcf}, "89ABCDEF"},
};

LOOP_TEST(bits_are_written_as_digits, COUNT(words))
{
    char text[CROCKFORD_WORD_DIGITS + 1] = "";
    crockford_write(words[_i].bytes, text);
    ck_assert_str_eq(text, words[_i].text);
    ck_assert(crockford_is_word(slice_of(text)));
}

TEST(every_digit_is_one_and_nothing_else_is)
{
    for (int c = 0; c < 256; c++) {
        char text[CROCKFORD_WORD_DIGITS] = {'0', '0', '0', (char)c, '0', '0', '0', '0'};
        bool is_digit = c != 0 && strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ", c) != NULL;
        ck_assert_msg(crockford_is_word((struct slice){text, sizeof text}) == is_digit, "%d", c);
    }
    ck_assert(!crockford_is_word(slice_of("")));
    ck_assert(!crockford_is_word(slice_of("0000000")));
    ck_assert(!crockford_is_word(slice_of("000000000")));
}

/* Each as somebody types 7K01-9M2D, and what is another word. */
static const struct {
    const char *typed;
    bool is_it;
} typed_words[] = {
    {"7K01-9M2D", true},  {"7k01-9m2d", true},   {"7K019M2D", true},
    {"7koi 9m2d", true},  {" 7KOL-9M2D ", true}, {"7-K-0-1-9M2D", true},
    {"7K01-9M2", false},  {"7K01-9M2D0", false}, {"7K01-9M2C", false},
    {"", false},          {"-", false},          {"7K01_9M2D", false},
    {"7KQ1-9M2D", false},
};

LOOP_TEST(a_word_is_taken_as_people_type_it, COUNT(typed_words))
{
    ck_assert(crockford_is_typed(slice_of(typed_words[_i].typed), "7K01-9M2D") == typed_words[_i].is_it);
}

SUITE("crockford");
