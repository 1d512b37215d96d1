/* Lines and waiting reports, also against a plain model in a seeded random walk. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/under_way.h"
#include "suite.h"

enum { WINDOW = 8 };

static struct pending *put(struct under_way *under_way, uint64_t tag)
{
    struct pending *pending = under_way_take_free(under_way);
    ck_assert_ptr_nonnull(pending);
    pending->tag = tag;
    under_way_put_on_line(under_way, pending);
    return pending;
}

TEST(a_window_is_a_window)
{
    struct under_way under_way;
    under_way_init(&under_way, WINDOW);
    ck_assert_ptr_null(under_way_oldest(&under_way));
    for (uint64_t tag = 1; tag <= WINDOW; tag++) {
        (void)put(&under_way, tag);
    }
    ck_assert_ptr_null(under_way_take_free(&under_way));
    ck_assert_uint_eq(under_way_oldest(&under_way)->tag, 1);
    under_way_done(&under_way);
}

TEST(only_lines_that_await_an_answer_have_one)
{
    struct under_way under_way;
    under_way_init(&under_way, WINDOW);
    ck_assert_ptr_null(under_way_take_off_line(&under_way, 0));
    ck_assert_ptr_null(under_way_take_off_line(&under_way, 1));
    for (uint64_t tag = 1; tag <= 3; tag++) {
        (void)put(&under_way, tag);
    }
    struct pending *second = under_way_take_off_line(&under_way, 2);
    ck_assert_uint_eq(second->tag, 2);
    ck_assert_ptr_null(under_way_take_off_line(&under_way, 2));
    ck_assert_ptr_null(under_way_take_off_line(&under_way, 4));
    ck_assert_ptr_null(under_way_take_off_line(&under_way, UINT64_MAX));
    ck_assert_uint_eq(under_way_oldest(&under_way)->tag, 1);
    ck_assert_uint_eq(under_way_take_off_line(&under_way, 1)->tag, 1);
    ck_assert_uint_eq(under_way_oldest(&under_way)->tag, 3);
    under_way_done(&under_way);
}

/* One answer is missing while all others come: sending stops before the ring would bite its tail. */
TEST(answers_may_run_ahead_but_not_for_ever)
{
    struct under_way under_way;
    under_way_init(&under_way, WINDOW);
    (void)put(&under_way, 1);
    uint64_t line = 1;
    while (under_way_has_line(&under_way)) {
        (void)put(&under_way, ++line);
        under_way_release(&under_way, under_way_take_off_line(&under_way, line));
        ck_assert_uint_lt(line, 1000);
    }
    ck_assert_uint_ge(line, WINDOW);
    under_way_release(&under_way, under_way_take_off_line(&under_way, 1));
    ck_assert(under_way_has_line(&under_way));
    (void)put(&under_way, 7);
    ck_assert_uint_eq(under_way_take_off_line(&under_way, line + 1)->tag, 7);
    under_way_done(&under_way);
}

TEST(waiting_keeps_its_order_and_its_time)
{
    struct under_way under_way;
    under_way_init(&under_way, WINDOW);
    for (uint64_t tag = 1; tag <= 4; tag++) {
        (void)put(&under_way, tag);
    }
    struct pending *second = under_way_take_off_line(&under_way, 2);
    second->retry_at_ms = 100;
    under_way_wait(&under_way, second);
    ck_assert_ptr_null(under_way_take_due(&under_way, 99));
    /* The connection breaks: 1, 3, 4 are due at once and before 2. */
    ck_assert_uint_eq(under_way_take_back_lines(&under_way), 3);
    ck_assert_uint_eq(under_way_take_back_lines(&under_way), 0);
    static const uint64_t order[] = {1, 3, 4};
    for (size_t i = 0; i < 3; i++) {
        struct pending *pending = under_way_take_due(&under_way, 0);
        ck_assert_uint_eq(pending->tag, order[i]);
        under_way_put_on_line(&under_way, pending);
    }
    ck_assert_ptr_null(under_way_take_due(&under_way, 99));
    ck_assert_uint_eq(under_way_take_due(&under_way, 100)->tag, 2);
    ck_assert_uint_eq(under_way_take_off_line(&under_way, 1)->tag, 1); /* lines begin at 1 again */
    under_way_done(&under_way);
}

/* Reports never get lost or doubled, whatever order things come in. */
TEST(nothing_is_lost_in_a_random_walk)
{
    enum { STEPS = 200000, SEED = 315 };
    (void)printf("seed %d\n", SEED);
    uint64_t random = SEED;
    struct under_way under_way;
    uint64_t on_lines = 0;
    uint64_t waiting = 0;
    uint64_t breaks = 0;
    under_way_init(&under_way, WINDOW);
    for (uint64_t step = 0; step < STEPS; step++) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        uint32_t dice = (uint32_t)(random >> 33) % 100;
        if (dice < 45 && under_way_has_line(&under_way)) {
            struct pending *pending = under_way_take_due(&under_way, 0);
            bool again = pending != NULL;
            pending = again ? pending : under_way_take_free(&under_way);
            ck_assert_int_eq(pending == NULL, on_lines == WINDOW);
            if (pending != NULL) {
                under_way_put_on_line(&under_way, pending);
                on_lines++;
                waiting -= again ? 1 : 0;
            }
        } else if (dice < 99) {
            uint64_t range = under_way.last_line - under_way.oldest_line + 1;
            uint64_t line = under_way.oldest_line + (range == 0 ? 0 : (random >> 40) % range);
            struct pending *pending = under_way_take_off_line(&under_way, line);
            if (pending != NULL) {
                on_lines--;
            }
            if (pending != NULL && dice < 60) {
                pending->retry_at_ms = 0;
                under_way_wait(&under_way, pending);
                waiting++;
            } else if (pending != NULL) {
                under_way_release(&under_way, pending);
            }
        } else {
            ck_assert_uint_eq(under_way_take_back_lines(&under_way), on_lines);
            waiting += on_lines;
            on_lines = 0;
            breaks++;
        }
        ck_assert_uint_le(on_lines + waiting, WINDOW);
        ck_assert_int_eq(under_way_oldest(&under_way) == NULL, on_lines == 0);
    }
    ck_assert_uint_gt(breaks, 100);
    under_way_done(&under_way);
}

SUITE("under_way");
