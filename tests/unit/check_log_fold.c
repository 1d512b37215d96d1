/* Lines that repeat, over days that take no time. */
#include "../../src/base/log_fold.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "suite.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, STAMP_BYTES = sizeof "2026-03-15T02:00:00.123Z " - 1 };

static struct log_fold fold;
static char said[1 << 20]; /* without the times */
static size_t said_length;
static size_t said_lines;

static void set_up(void)
{
    memset(&fold, 0, sizeof fold);
    said_length = 0;
    said_lines = 0;
    said[0] = '\0';
}

static void keep(void *context, const char *bytes, size_t length)
{
    (void)context;
    ck_assert_uint_gt(length, STAMP_BYTES);
    ck_assert(memchr(bytes, '\n', length) == bytes + length - 1);
    ck_assert_uint_lt(said_length + length, sizeof said);
    memcpy(said + said_length, bytes + STAMP_BYTES, length - STAMP_BYTES);
    said_length += length - STAMP_BYTES;
    said[said_length] = '\0';
    said_lines++;
}

static void check_said(const char *expected)
{
    ck_assert_str_eq(said, expected);
    said_length = 0;
    said_lines = 0;
    said[0] = '\0';
}

/* As the thread of log.c does it: what is due is said before what is new. */
static void pass(int64_t now_ms)
{
    if (log_fold_due_ms(&fold) <= now_ms) {
        log_fold_tick(&fold, now_ms, keep, NULL);
    }
}

static void take(int64_t now_ms, const char *event, const char *text, int64_t number)
{
    struct log_line line;
    log_format(LOG_LEVEL_INFO, event, log_fields(log_text("of", text), log_number("n", number)), &line);
    pass(now_ms);
    log_fold_take(&fold, &line, now_ms, keep, NULL);
}

FIXTURE(set_up, NULL);

TEST(what_repeats_is_said_then_counted_then_ended)
{
    take(0, "e", "a", 1);
    check_said("info e of=a n=1\n");
    take(1, "e", "a", 2);
    take(2, "e", "a", 3);
    check_said("");
    ck_assert_int_eq(log_fold_due_ms(&fold), LOG_FOLD_PERIOD_MS);
    pass(LOG_FOLD_PERIOD_MS - 1);
    check_said("");
    pass(LOG_FOLD_PERIOD_MS);
    check_said("info e of=a n=3 repeated=2\n");
    take(LOG_FOLD_PERIOD_MS + 1, "e", "a", 4);
    pass(2 * LOG_FOLD_PERIOD_MS);
    check_said("info e of=a n=4 repeated=1\n");
    pass(3 * LOG_FOLD_PERIOD_MS);
    check_said("info e of=a n=4 ended=yes total=4\n");
    ck_assert_int_eq(log_fold_due_ms(&fold), INT64_MAX);
    take(3 * LOG_FOLD_PERIOD_MS, "e", "a", 5);
    check_said("info e of=a n=5\n");
}

TEST(what_comes_once_is_said_once)
{
    take(0, "e", "a", 1);
    take(0, "f", "a", 1);
    check_said("info e of=a n=1\ninfo f of=a n=1\n");
    pass(LOG_FOLD_PERIOD_MS);
    check_said("");
    ck_assert_int_eq(log_fold_due_ms(&fold), INT64_MAX);
}

/* Level, event, keys and texts make a kind; numbers do not. */
TEST(other_texts_are_another_kind)
{
    struct log_line line;
    take(0, "e", "a", 1);
    take(0, "e", "b", 1);
    take(0, "e", "", 1);
    take(0, "e", "a n=", 1);
    check_said("info e of=a n=1\ninfo e of=b n=1\ninfo e of=\"\" n=1\ninfo e of=\"a n=\" n=1\n");
    log_format(LOG_LEVEL_ERROR, "e", log_fields(log_text("of", "a"), log_number("n", 1)), &line);
    log_fold_take(&fold, &line, 0, keep, NULL);
    log_format(LOG_LEVEL_INFO, "f", log_fields(log_number("of", 1)), &line);
    log_fold_take(&fold, &line, 0, keep, NULL);
    log_format(LOG_LEVEL_INFO, "f", log_fields(log_text("of", "1")), &line);
    log_fold_take(&fold, &line, 0, keep, NULL);
    check_said("error e of=a n=1\ninfo f of=1\ninfo f of=1\n");
}

TEST(many_texts_of_one_event_are_folded_together)
{
    char text[16];
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "text%d", i);
        take(i, "e", text, 1);
    }
    ck_assert_uint_eq(said_lines, LOG_FOLD_KINDS_AN_EVENT + 1);
    ck_assert_ptr_nonnull(strstr(said, "of=text5 n=1\n"));
    take(1000, "other", "a", 1); /* another event is not concerned */
    ck_assert_ptr_nonnull(strstr(said, "info other of=a n=1\n"));
    set_up();
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(text, sizeof text, "text%d", i);
        take(i, "e", text, 1);
    }
    check_said("info e of=text0 n=1\ninfo e of=text1 n=1\ninfo e of=text2 n=1\ninfo e of=text3 n=1\n"
               "info e of=text4 n=1\ninfo e of=text5 n=1\n");
    pass(LOG_FOLD_PERIOD_MS);
    pass(LOG_FOLD_PERIOD_MS + 5); /* when the others were said */
    check_said("info e of=text999 n=1 texts=various repeated=994\n");
}

/* How a flood comes: how many lines a second, of how many texts, and the pattern of its pauses. */
static const struct {
    int a_second, texts;
    int64_t on_ms, off_ms;
} floods[] = {
    {7000, 1, MINUTE_MS, 0},
    {1000, 50, MINUTE_MS, 0},
    {1000, 6, MINUTE_MS, 0},
    {100, 6, 2 * SECOND_MS,
     10 * SECOND_MS}, /* so that each kind is said, counted and ended again and again */
    {100, 6, 9 * SECOND_MS, 11 * SECOND_MS},
    {100, 50, 2 * SECOND_MS, 18 * SECOND_MS},
    {1, 1000, MINUTE_MS, 0},
};

LOOP_TEST(no_flood_makes_sixty_lines_a_minute, COUNT(floods))
{
    enum { MINUTES = 5 };
    const int64_t step_us = 1000000 / floods[_i].a_second;
    const int64_t cycle_ms = floods[_i].on_ms + floods[_i].off_ms;
    int count = 0;
    for (int minute = 0; minute < MINUTES; minute++) {
        said_length = 0;
        said_lines = 0;
        for (int64_t us = 0; us < MINUTE_MS * 1000; us += step_us) {
            int64_t now_ms = minute * MINUTE_MS + us / 1000;
            if (now_ms % cycle_ms < floods[_i].on_ms) {
                char text[16];
                (void)snprintf(text, sizeof text, "text%d", count++ % floods[_i].texts);
                take(now_ms, "e", text, count);
            } else {
                pass(now_ms);
            }
        }
        ck_assert_msg(said_lines < 60, "minute %d: %zu lines:\n%s", minute, said_lines, said);
    }
}

/* Nothing is forgotten without a word when more kinds come than are kept. */
TEST(the_table_is_bounded)
{
    char event[16];
    take(0, "first", "a", 1);
    take(1, "first", "a", 2);
    for (int i = 0; i < LOG_FOLD_KINDS_MAX; i++) {
        (void)snprintf(event, sizeof event, "event%d", i);
        take(2 + i, event, "a", 1);
    }
    ck_assert_uint_eq(said_lines, 1 + 1 + LOG_FOLD_KINDS_MAX);
    ck_assert_ptr_nonnull(strstr(said, "info first of=a n=2 ended=yes total=2\n"));
}

TEST(what_is_unsaid_is_said_at_the_end)
{
    take(0, "e", "a", 1);
    take(1, "e", "a", 2);
    take(2, "f", "a", 1);
    check_said("info e of=a n=1\ninfo f of=a n=1\n");
    log_fold_finish(&fold, keep, NULL);
    check_said("info e of=a n=2 repeated=1\n");
}

/* The longest line has room for what is added. */
TEST(long_lines_fold_too)
{
    char much[3000];
    memset(much, 'a', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    take(0, "e", much, 1);
    take(1, "e", much, 2);
    log_fold_finish(&fold, keep, NULL);
    ck_assert_uint_eq(said_lines, 2);
    ck_assert_ptr_nonnull(strstr(said, "aaa... repeated=1\n"));
}

SUITE("log_fold");
