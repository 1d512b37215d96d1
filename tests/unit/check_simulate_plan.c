/* The simulation's plan: everybody once a round, in an order of its own, with counts and times that grow. */
#include <check.h>
#include <stdio.h>

#include "simulate/simulate_plan.h"
#include "suite.h"
#include "told_faults.h"

enum { UNITS = 40 };

static const int64_t opens = 1773529200; /* 2026-03-15T06:00:00+07:00 */
static const int64_t closes = 1773572400;

/* Rolls of 0, 1, and more. */
static struct election_register *make_register(void)
{
    struct register_builder *builder = register_builder_new(refuse_fault, NULL);
    register_builder_add_area(builder, 1, slice_of("N"), slice_of("nation"), slice_of(""), slice_of("N"),
                              slice_of(""));
    register_builder_add_area(builder, 2, slice_of("P"), slice_of("province"), slice_of("N"), slice_of("P"),
                              slice_of(""));
    register_builder_add_area(builder, 3, slice_of("C"), slice_of("commune"), slice_of("P"), slice_of("C"),
                              slice_of(""));
    for (uint32_t i = 0; i < UNITS; i++) {
        char code[8];
        char roll[8];
        (void)snprintf(code, sizeof code, "u%u", i);
        (void)snprintf(roll, sizeof roll, "%u", i < 2 ? i : 37 * i);
        register_builder_add_unit(builder, 4 + i, slice_of(code), slice_of("C"), slice_of(code),
                                  slice_of(roll));
    }
    struct election_register *reg = register_builder_finish(builder);
    register_builder_free(builder);
    ck_assert_ptr_nonnull(reg);
    return reg;
}

static const struct election election = {
    .id = "e", .offset_s = 25200, .opens = 1773529200, .closes = 1773572400};

struct plan_case {
    uint32_t units; /* 0: all */
    uint32_t rounds;
    int64_t now;
};

static const struct plan_case plan_cases[] = {
    {0, 1, 1773600000},
    {0, 7, 1773600000},
    {5, 3, 1773600000},
    {1, 10, 1773600000},
    {UNITS, 2, 1773572400},
    {0, 4, 1773529200 + 3600},                /* in the midst of the day */
    {0, 3, 1773529200},                       /* as the polls open */
    {3, SIMULATE_ROUNDS_MAX, 1773529200 + 5}, /* more rounds than seconds */
};

LOOP_TEST(every_unit_reports_once_a_round_and_grows, COUNT(plan_cases))
{
    const struct plan_case *c = &plan_cases[_i];
    struct election_register *reg = make_register();
    struct simulate_plan plan;
    simulate_plan_init(&plan, &election, reg, c->units, c->rounds, 7, c->now);
    uint32_t units = c->units == 0 ? UNITS : c->units;
    ck_assert_uint_eq(simulate_plan_total(&plan), (uint64_t)units * c->rounds);
    struct report last[UNITS] = {0};
    for (uint32_t round = 1; round <= c->rounds; round++) {
        for (uint32_t i = 0; i < units; i++) {
            uint32_t unit = simulate_plan_peek(&plan);
            struct report report = {.registered = REGISTERED_ABSENT};
            ck_assert_uint_lt(unit, UNITS);
            simulate_plan_take(&plan, &report);
            int64_t as_of = 0;
            ck_assert_str_eq(report.unit, reg->units[unit].code);
            ck_assert_str_eq(report.election, "e");
            ck_assert_int_eq(report.seq, (int32_t)round);
            ck_assert_int_eq(last[unit].seq, (int32_t)round - 1);
            ck_assert_int_ge(report.voted, last[unit].voted);
            ck_assert_int_le(report.voted, (int32_t)reg->units[unit].registered);
            ck_assert_int_ge(report.as_of, last[unit].as_of);
            ck_assert(report.as_of >= opens && report.as_of <= closes && report.as_of <= c->now);
            ck_assert(rfc3339_parse(slice_of(report.as_of_text), &as_of, NULL));
            ck_assert_int_eq(as_of, report.as_of);
            ck_assert(round < c->rounds || report.voted >= (int32_t)(reg->units[unit].registered * 6 / 10));
            last[unit] = report;
        }
    }
    ck_assert_uint_eq(simulate_plan_peek(&plan), REGISTER_NONE);
    simulate_plan_done(&plan);
    register_release(reg);
}

/* Writes which units report, and what they say, into `ret_text`. */
static void tell(uint64_t seed, char *ret_text, size_t capacity)
{
    struct election_register *reg = make_register();
    struct simulate_plan plan;
    size_t at = 0;
    simulate_plan_init(&plan, &election, reg, 10, 2, seed, closes);
    while (simulate_plan_peek(&plan) != REGISTER_NONE) {
        struct report report = {.registered = REGISTERED_ABSENT};
        simulate_plan_take(&plan, &report);
        int written = snprintf(ret_text + at, capacity - at, "%s %d %s\n", report.unit, report.voted,
                               report.as_of_text);
        ck_assert(written > 0 && (size_t)written < capacity - at);
        at += (size_t)written;
    }
    simulate_plan_done(&plan);
    register_release(reg);
}

TEST(the_seed_alone_decides)
{
    char first[2048];
    char again[2048];
    char other[2048];
    tell(1, first, sizeof first);
    tell(1, again, sizeof again);
    tell(2, other, sizeof other);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
}

TEST(rounds_differ_in_their_order)
{
    struct election_register *reg = make_register();
    struct simulate_plan plan;
    uint32_t orders[2][UNITS];
    simulate_plan_init(&plan, &election, reg, 0, 2, 1, closes);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < UNITS; i++) {
            struct report report = {.registered = REGISTERED_ABSENT};
            orders[round][i] = simulate_plan_peek(&plan);
            simulate_plan_take(&plan, &report);
        }
    }
    ck_assert_mem_ne(orders[0], orders[1], sizeof orders[0]);
    simulate_plan_done(&plan);
    register_release(reg);
}

SUITE("simulate_plan");
