/* Ten of a kind are told, the rest is counted. */
#include <turnout/base/fault_limit.h>

#include <stdio.h>

#include <check.h>

#include "suite.h"
#include "told_faults.h"

static struct buffer told;
static struct fault_limit limit;
static struct faults faults;

static void set_up(void)
{
    limit = (struct fault_limit){.on_fault = gather_fault, .context = &told};
    faults = (struct faults){.on_fault = fault_limit_tell, .context = &limit};
}

static void tear_down(void)
{
    buffer_done(&told);
}

static size_t count_told(const char *words)
{
    size_t count = 0;
    const char *at = told.length == 0 ? NULL : strstr(told.bytes, words);
    for (; at != NULL; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

FIXTURE(set_up, tear_down);

TEST(ten_of_a_kind_are_told_and_the_rest_counted)
{
    for (uint32_t line = 2; line < 60002; line++) {
        faults_add(&faults, "units.csv", line, "registered", "\"x%u\" is not a roll; write a number", line);
        if (line % 2 == 0) {
            faults_add(&faults, "units.csv", line, "name", "the name of %u is empty; fill it in", line);
        }
    }
    faults_add(&faults, "areas.csv", 7, "name", "the name of 7 is empty; fill it in");
    fault_limit_end(&limit);
    ck_assert_uint_eq(faults.count, 90001);
    ck_assert_uint_eq(count_told("is not a roll"), 10);
    ck_assert_uint_eq(count_told("is empty"), 11);
    ck_assert_uint_eq(count_told("\n"), 23);
    ck_assert_uint_eq(count_told("units.csv:0: registered: 59990 more of this kind\n"), 1);
    ck_assert_uint_eq(count_told("units.csv:0: name: 29990 more of this kind\n"), 1);
}

TEST(ten_are_not_too_many)
{
    for (uint32_t line = 1; line <= 10; line++) {
        faults_add(&faults, "units.csv", line, "", "is wrong");
        faults_warn(&faults, "units.csv", line, "", "is wrong");
    }
    fault_limit_end(&limit);
    ck_assert_uint_eq(count_told("\n"), 20);
    ck_assert_uint_eq(faults.count, 10);
}

TEST(more_kinds_than_can_be_counted_are_all_told)
{
    for (uint32_t kind = 0; kind < FAULT_KINDS_MAX + 12; kind++) {
        for (int i = 0; i < 11; i++) {
            char field[16];
            (void)snprintf(field, sizeof field, "field-%u", kind);
            faults_add(&faults, "units.csv", 1, field, "is wrong");
        }
    }
    fault_limit_end(&limit);
    ck_assert_uint_eq(count_told("more of this kind"), FAULT_KINDS_MAX);
    ck_assert_uint_eq(count_told("is wrong"), FAULT_KINDS_MAX * 10 + 12 * 11);
}

SUITE("fault_limit");
