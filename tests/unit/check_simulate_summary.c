/* The summary adds up, and its JSON can be read by a program. */
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include <turnout/base/memory.h>

#include "simulate/simulate_summary.h"
#include "suite.h"

static struct simulate_summary *make_summary(void)
{
    struct simulate_summary *summary = memory_new(sizeof *summary);
    summary->planned = 100;
    summary->sent.taken = 100;
    summary->sent.answered = 100;
    summary->sent.resent = 3;
    summary->by_status[STATUS_ACCEPTED] = 90;
    summary->by_status[STATUS_DUPLICATE] = 10;
    summary->duration_us = 500000;
    summary->connections = 4;
    summary->seed = 7;
    latency_add(&summary->latency, 40);
    return summary;
}

struct clean_case {
    uint64_t accepted;
    uint64_t duplicate;
    uint64_t superseded;
    bool clean;
    uint64_t renewed;
};

static const struct clean_case clean_cases[] = {
    {100, 0, 0, true, 0},  {0, 100, 0, true, 0}, {60, 40, 0, true, 0}, {60, 39, 0, false, 0},
    {60, 39, 1, false, 0}, {0, 0, 0, false, 0},  {60, 39, 1, true, 1}, {60, 38, 2, false, 1},
};

LOOP_TEST(clean_is_all_counted, COUNT(clean_cases))
{
    const struct clean_case *c = &clean_cases[_i];
    struct simulate_summary *summary = make_summary();
    summary->by_status[STATUS_ACCEPTED] = c->accepted;
    summary->by_status[STATUS_DUPLICATE] = c->duplicate;
    summary->by_status[STATUS_SUPERSEDED] = c->superseded;
    summary->renewed = c->renewed;
    ck_assert_int_eq(simulate_summary_is_clean(summary), c->clean);
    free(summary);
}

static int64_t integer_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    ck_assert_msg(json_is_integer(value), "%s", key);
    return json_integer_value(value);
}

TEST(json_holds_everything)
{
    struct simulate_summary *summary = make_summary();
    summary->by_status[STATUS_REJECTED] = 2;
    summary->by_code[CODE_TOO_MANY] = 2;
    struct buffer out = {0};
    simulate_summary_write_json(&out, summary);
    ck_assert_ptr_eq(strchr(out.bytes, '\n'), out.bytes + out.length - 1);
    json_t *root = json_loadb(out.bytes, out.length, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(integer_at(root, "planned"), 100);
    ck_assert_int_eq(integer_at(root, "answered"), 100);
    ck_assert_int_eq(integer_at(root, "resent"), 3);
    ck_assert_int_eq(integer_at(root, "reports_a_second"), 200);
    ck_assert_int_eq(integer_at(root, "seed"), 7);
    ck_assert_int_eq(integer_at(json_object_get(root, "by_status"), "accepted"), 90);
    ck_assert_int_eq(integer_at(json_object_get(root, "by_status"), "rejected"), 2);
    ck_assert_int_eq(integer_at(json_object_get(root, "by_code"), "too-many"), 2);
    ck_assert_uint_eq(json_object_size(json_object_get(root, "by_code")), 1);
    ck_assert_int_eq(integer_at(json_object_get(root, "latency_us"), "p99"), 40);
    ck_assert_int_eq(integer_at(json_object_get(root, "latency_us"), "max"), 40);
    json_decref(root);
    buffer_done(&out);
    free(summary);
}

TEST(words_tell_what_was_not_counted)
{
    struct simulate_summary *summary = make_summary();
    summary->by_status[STATUS_REJECTED] = 2;
    summary->by_code[CODE_TOO_MANY] = 2;
    summary->interrupted = true;
    struct buffer out = {0};
    simulate_summary_write(&out, summary);
    static const char *const parts[] = {"100 planned",   "interrupted",
                                        "accepted   90", "rejected   2",
                                        "too-many 2",    "200 reports/s for 0.50 s over 4 connections",
                                        "p99 0.04 ms"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ck_assert_msg(strstr(out.bytes, parts[i]) != NULL, "no `%s` in\n%s", parts[i], out.bytes);
    }
    ck_assert_ptr_null(strstr(out.bytes, "held"));
    buffer_done(&out);
    free(summary);
}

/* Nothing ran: no division by zero. */
TEST(an_empty_summary_is_zero)
{
    struct simulate_summary *summary = memory_new(sizeof *summary);
    struct buffer out = {0};
    simulate_summary_write(&out, summary);
    ck_assert_ptr_nonnull(strstr(out.bytes, "0 reports/s for 0.00 s"));
    buffer_done(&out);
    free(summary);
}

SUITE("simulate_summary");
