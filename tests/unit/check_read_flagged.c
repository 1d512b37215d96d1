/* The words of reports that broke rules: there and back, and what is none. */
#include "../../src/store/words.h"

#include <check.h>

#include "suite.h"

static const char sound[] = "01.1-001 8 700 1773561600 1773561603123 too-fast,correction";

TEST(a_flagged_report_goes_there_and_back)
{
    struct words_flagged read;
    struct buffer out = {0};
    ck_assert(words_read_flagged(slice_of(sound), &read));
    ck_assert(slice_equals(read.unit, "01.1-001"));
    ck_assert_int_eq(read.seq, 8);
    ck_assert_int_eq(read.voted, 700);
    ck_assert_int_eq(read.as_of, 1773561600);
    ck_assert_int_eq(read.received_ms, 1773561603123);
    ck_assert(slice_equals(read.flags, "too-fast,correction"));
    words_write_flagged(&out, &read);
    ck_assert_str_eq(out.bytes, sound);
    buffer_done(&out);
}

static const char *const unsound[] = {
    "",
    "01.1-001 8 700 1773561600 1773561603123",
    "01.1-001 8 700 1773561600 1773561603123 ",
    "01.1-001 8 700 1773561600 1773561603123 too-fast correction",
    "01.1/001 8 700 1773561600 1773561603123 too-fast",
    " 8 700 1773561600 1773561603123 too-fast",
    "01.1-001 2147483648 700 1773561600 1773561603123 too-fast",
    "01.1-001 8 10000001 1773561600 1773561603123 too-fast",
    "01.1-001 8 -1 1773561600 1773561603123 too-fast",
    "01.1-001 8 700 x 1773561603123 too-fast",
    "01.1-001 8 700 1773561600 9223372036854775808 too-fast",
};

LOOP_TEST(what_is_no_flagged_report, COUNT(unsound))
{
    struct words_flagged read;
    ck_assert(!words_read_flagged(slice_of(unsound[_i]), &read));
}

SUITE("read_flagged");
