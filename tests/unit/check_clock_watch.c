/* Whether the clock is believed: over clocks of the test's own, which take the place of those of base/clock.h. */
#include <check.h>
#include <stdint.h>
#include <string.h>

#include <turnout/base/clock.h>
#include <turnout/service/clock_watch.h>

#include "suite.h"

enum { TOLERANCE_MS = 120000, HOUR_MS = 3600000, UNITS = 100 };

static int64_t wall_ms, boot_ms;
static bool is_synchronised;
static struct clock_watch *watch;

int64_t clock_wall_ms(void)
{
    return wall_ms;
}

int64_t clock_monotonic_ms(void)
{
    return boot_ms;
}

int64_t clock_monotonic_us(void)
{
    return boot_ms * 1000;
}

int64_t clock_boot_ms(void)
{
    return boot_ms;
}

bool clock_is_synchronised(void)
{
    return is_synchronised;
}

static void set_up(void)
{
    wall_ms = INT64_C(1773561600000);
    boot_ms = 5000;
    is_synchronised = false;
    watch = clock_watch_new(TOLERANCE_MS, UNITS);
}

static void tear_down(void)
{
    clock_watch_free(watch);
}

/* Both clocks go on. */
static void pass(int64_t ms)
{
    wall_ms += ms;
    boot_ms += ms;
}

static void expect_believed(void)
{
    char why[CLOCK_WHY_BYTES];
    bool is_believed = clock_watch_look(watch, why);
    ck_assert_msg(is_believed && why[0] == '\0' && !clock_watch_is_doubted(watch), "%s", why);
}

static void expect_doubted(const char *words)
{
    char why[CLOCK_WHY_BYTES];
    bool is_believed = clock_watch_look(watch, why);
    ck_assert_msg(!is_believed && strstr(why, words) != NULL && clock_watch_is_doubted(watch), "%s", why);
}

/* Units from..to count something that is so far ahead. */
static void count(uint32_t from, uint32_t to, int64_t ahead_ms)
{
    for (uint32_t unit = from; unit < to; unit++) {
        clock_watch_note_count(watch, unit, (wall_ms + ahead_ms) / 1000, wall_ms);
    }
}

FIXTURE(set_up, tear_down);

TEST(a_jump_is_doubted_until_the_clock_is_back)
{
    is_synchronised = true; /* where it stood, it was right */
    expect_believed();
    pass(HOUR_MS);
    wall_ms += TOLERANCE_MS;
    expect_believed();
    wall_ms += 1;
    ck_assert(clock_watch_is_doubted(watch)); /* before anybody has looked */
    expect_doubted("jumped by 120 s");
    pass(HOUR_MS);
    expect_doubted("jumped by 120 s");
    wall_ms -= 1;
    expect_believed();
    wall_ms -= 2 * TOLERANCE_MS + 1000;
    expect_doubted("jumped by -121 s");
}

/* The server was started on a wrong clock, and somebody sets it right. */
TEST(a_clock_that_nobody_vouched_for_is_believed_when_it_was_set)
{
    wall_ms += HOUR_MS;
    expect_doubted("it is believed in a minute");
    pass(CLOCK_SETTLED_MS - 1);
    expect_doubted("jumped by 3600 s");
    pass(1);
    expect_believed();
    pass(HOUR_MS);
    expect_believed();
}

TEST(one_that_goes_on_jumping_is_not)
{
    wall_ms += HOUR_MS;
    expect_doubted("jumped by 3600 s");
    pass(CLOCK_SETTLED_MS / 2);
    wall_ms += HOUR_MS;
    expect_doubted("jumped by 7200 s");
    pass(CLOCK_SETTLED_MS / 2);
    expect_doubted("jumped by 7200 s");
    pass(CLOCK_SETTLED_MS / 2);
    expect_believed();
}

/* Set back by mistake: what fitted before does not speak for it. */
TEST(one_that_a_unit_contradicts_is_not)
{
    count(0, 50, 0);
    wall_ms -= HOUR_MS;
    expect_doubted("jumped by -3600 s");
    pass(CLOCK_SETTLED_MS / 2);
    count(7, 8, HOUR_MS);
    pass(CLOCK_SETTLED_MS);
    expect_doubted("jumped by -3600 s");
    wall_ms += HOUR_MS;
    expect_believed();
}

TEST(small_jumps_add_up)
{
    for (int i = 0; i < 2; i++) {
        wall_ms += TOLERANCE_MS / 2;
        expect_believed();
    }
    wall_ms += TOLERANCE_MS / 2;
    expect_doubted("jumped by 180 s");
}

TEST(a_jump_as_the_kernel_finds_the_time_is_believed)
{
    is_synchronised = true;
    wall_ms += HOUR_MS;
    expect_believed();
    wall_ms -= HOUR_MS;
    expect_doubted("jumped by -3600 s");
}

/* It was synchronised before: then something else has moved it. */
TEST(a_jump_of_a_synchronised_clock_is_doubted)
{
    is_synchronised = true;
    expect_believed();
    wall_ms += HOUR_MS;
    expect_doubted("jumped");
}

TEST(units_contradict_it)
{
    count(0, CLOCK_CONTRADICTING_MIN - 1, HOUR_MS);
    count(0, CLOCK_CONTRADICTING_MIN - 1, HOUR_MS); /* a unit has one voice */
    expect_believed();
    count(CLOCK_CONTRADICTING_MIN - 1, CLOCK_CONTRADICTING_MIN, HOUR_MS);
    expect_doubted("3 units report counts of this machine's future, 0 do not");
    count(10, 10 + CLOCK_CONTRADICTING_MIN, -60000); /* as many fit */
    expect_believed();
    count(0, 50, HOUR_MS);
    expect_doubted("50 units");
    count(0, 50, 0); /* each unit's last count counts */
    expect_believed();
}

TEST(a_synchronised_clock_needs_more_voices)
{
    is_synchronised = true;
    count(0, CLOCK_CONTRADICTING_SYNCHRONISED_MIN - 1, HOUR_MS);
    expect_believed();
    count(0, CLOCK_CONTRADICTING_SYNCHRONISED_MIN, HOUR_MS);
    expect_doubted("10 units");
}

TEST(an_old_count_says_nothing)
{
    count(10, 50, -2 * HOUR_MS);
    count(0, 3, HOUR_MS);
    expect_doubted("3 units report counts of this machine's future, 0 do not");
}

TEST(redis_has_another_time)
{
    clock_watch_note_store(watch, TOLERANCE_MS);
    expect_believed();
    clock_watch_note_store(watch, TOLERANCE_MS + 1);
    expect_doubted("Redis's clock is 120 s ahead");
    clock_watch_note_store(watch, -HOUR_MS);
    expect_doubted("Redis's clock is -3600 s ahead");
    clock_watch_note_store(watch, 0);
    expect_believed();
}

/* What was wrong from the start is set right while it runs. */
TEST(a_jump_that_ends_a_doubt_is_believed)
{
    count(0, 5, HOUR_MS);
    expect_doubted("5 units");
    wall_ms += HOUR_MS;
    expect_believed();
    count(0, 2, HOUR_MS); /* what was counted against the wrong clock is forgotten */
    expect_believed();
    clock_watch_note_store(watch, HOUR_MS);
    expect_doubted("Redis");
    wall_ms += HOUR_MS;
    expect_believed();
    wall_ms -= HOUR_MS;
    expect_doubted("jumped by -3600 s");
}

TEST(nobody_watches)
{
    ck_assert(!clock_watch_is_doubted(NULL));
}

SUITE("clock_watch");
