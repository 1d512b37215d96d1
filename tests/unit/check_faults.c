/* Faults: told whole, in order, and counted through as many hands as they pass. */
#include <turnout/base/faults.h>

#include <string.h>

#include <check.h>

#include "suite.h"

struct told {
    char file[16];
    uint32_t line;
    struct error error;
    int times;
};

static void keep(void *context, const char *file, uint32_t line, const struct error *error)
{
    struct told *told = context;
    ck_assert_uint_lt(strlen(file), sizeof told->file);
    memcpy(told->file, file, strlen(file) + 1);
    told->line = line;
    told->error = *error;
    told->times++;
}

TEST(a_fault_is_told_and_counted)
{
    struct told told = {.times = 0};
    struct faults outer = {.on_fault = keep, .context = &told};
    struct faults inner = {.on_fault = faults_pass_on, .context = &outer};
    faults_add(&inner, "units.csv", 7, "registered", "%d is more than %s", 8, "seven");
    ck_assert_str_eq(told.file, "units.csv");
    ck_assert_uint_eq(told.line, 7);
    ck_assert_str_eq(told.error.field, "registered");
    ck_assert_str_eq(told.error.text, "8 is more than seven");
    faults_add(&outer, "areas.csv", 0, "", "empty");
    ck_assert_str_eq(told.error.field, "");
    ck_assert_int_eq(told.times, 2);
    ck_assert_uint_eq(inner.count, 1);
    ck_assert_uint_eq(outer.count, 2);
}

/* Cut like any error, and not told twice for it. */
TEST(a_long_fault_is_cut)
{
    char text[2 * ERROR_TEXT_BYTES];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    struct told told = {.times = 0};
    struct faults faults = {.on_fault = keep, .context = &told};
    faults_add(&faults, "keys.csv", 1, "key", "%s", text);
    ck_assert_uint_eq(strlen(told.error.text), ERROR_TEXT_BYTES - 1);
    ck_assert_int_eq(told.times, 1);
}

SUITE("faults");
