/* What a caller finds in its struct error. */
#include <turnout/base/error.h>

#include <errno.h>
#include <string.h>

#include <check.h>

#include <turnout/base/text.h>

#include "suite.h"

TEST(fills_field_and_text)
{
    struct error error;
    ck_assert_int_eq(error_fail(&error, TURNOUT_CONFLICT, "seq", "%d comes after %d", 3, 7),
                     TURNOUT_CONFLICT);
    ck_assert_str_eq(error.field, "seq");
    ck_assert_str_eq(error.text, "3 comes after 7");
}

TEST(needs_neither_field_nor_error)
{
    struct error error = {.field = "stale", .text = "stale"};
    ck_assert_int_eq(error_fail(&error, TURNOUT_BAD_INPUT, NULL, "no"), TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "");
    ck_assert_str_eq(error.text, "no");
    ck_assert_int_eq(error_fail(NULL, TURNOUT_NOT_FOUND, "x", "y"), TURNOUT_NOT_FOUND);
    ck_assert_int_eq(error_fail_system(NULL, EPERM, "x", "y"), TURNOUT_SYSTEM);
}

TEST(appends_the_words_of_the_system)
{
    struct error error;
    ck_assert_int_eq(error_fail_system(&error, ENOENT, "election", "cannot open %s", "areas.csv"),
                     TURNOUT_SYSTEM);
    ck_assert_str_eq(error.field, "election");
    ck_assert_str_eq(error.text, "cannot open areas.csv: No such file or directory");
}

/* Also when it quotes somebody. */
TEST(can_be_shown)
{
    struct error error;
    ck_assert_int_eq(
        error_fail(&error, TURNOUT_BAD_INPUT, "a\x1b", "Redis says \"%s\"", "\x1b[2J\n\xe2\x80\xae"),
        TURNOUT_BAD_INPUT);
    ck_assert_str_eq(error.field, "a?");
    ck_assert_str_eq(error.text, "Redis says \"?[2J??\"");
}

TEST(cuts_what_is_too_long)
{
    char much[1000];
    memset(much, 'a', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    struct error error;
    (void)error_fail(&error, TURNOUT_TOO_LARGE, much, "%s", much);
    ck_assert_uint_eq(strlen(error.field), ERROR_FIELD_BYTES - 1);
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_BYTES - 1);
    (void)error_fail_system(&error, ENOENT, much, "%s", much);
    ck_assert_uint_eq(strlen(error.text), ERROR_TEXT_BYTES - 1);
}

/* _i bytes of ASCII before the Vietnamese, so that the cut falls on every byte of a character. */
LOOP_TEST(never_cuts_inside_a_character, 4)
{
    char much[1000] = "";
    memset(much, 'a', (size_t)_i);
    for (size_t at = (size_t)_i; at + sizeof "ệ" <= sizeof much; at += sizeof "ệ" - 1) {
        memcpy(much + at, "ệ", sizeof "ệ");
    }
    struct error error;
    (void)error_fail(&error, TURNOUT_BAD_INPUT, much, "%s", much);
    ck_assert(text_is_utf8(slice_of(error.field), NULL));
    ck_assert(text_is_utf8(slice_of(error.text), NULL));
    ck_assert_uint_ge(strlen(error.text), ERROR_TEXT_BYTES - 3);
    (void)error_fail_system(&error, ENOENT, "x", "%s", much);
    ck_assert(text_is_utf8(slice_of(error.text), NULL));
}

SUITE("error");
