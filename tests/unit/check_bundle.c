/* Texts in one, and out again. */
#include <turnout/wire/bundle.h>

#include <check.h>

#include "suite.h"

TEST(what_was_put_is_found)
{
    struct buffer out = {0};
    bundle_put(&out, "a", slice_of("one\n"));
    bundle_put(&out, "areas/01.csv", slice_of("file a 3\nabc"));
    bundle_put(&out, "empty", slice_of(""));
    struct slice bundle = {out.bytes, out.length};
    ck_assert(slice_equals(bundle_find(bundle, "a"), "one\n"));
    ck_assert(slice_equals(bundle_find(bundle, "areas/01.csv"), "file a 3\nabc"));
    ck_assert(bundle_find(bundle, "empty").bytes != NULL && bundle_find(bundle, "empty").length == 0);
    ck_assert_ptr_null(bundle_find(bundle, "b").bytes);
    buffer_done(&out);
}

static const char *const faulty[] = {
    "file a 3\nab",
    "file a\nab",
    "file  3\nabc",
    "fil a 3\nabc",
    "file a -1\n",
    "file a 99999999999999999999\n",
    "x",
};

LOOP_TEST(what_is_no_bundle_is_refused, COUNT(faulty))
{
    struct slice rest = slice_of(faulty[_i]);
    struct slice name;
    struct slice bytes;
    ck_assert(!bundle_next(&rest, &name, &bytes));
    ck_assert_uint_gt(rest.length, 0);
}

TEST(the_end_is_no_fault)
{
    struct slice rest = {0};
    struct slice name;
    struct slice bytes;
    ck_assert(!bundle_next(&rest, &name, &bytes));
    ck_assert_uint_eq(rest.length, 0);
}

SUITE("bundle");
